"""CEL by common-expression-language: Google's language, evaluated in Rust."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import cel

from benchmarks.rules.conditions import Asks, Flat
from benchmarks.rules.contenders.contender import Contender
from rules.route.facts import Facts

_A_PROGRAM: Final = 64
"""Routes a program, as one chain of ``a ? 0 : b ? 1 : …``: a third of the time of a program each.
The library's parser refuses a hundred in a chain."""

_FEW: Final = 3  # values up to which a chain of == is faster than a list


class Cel(Contender):
    """Compiled programs, walked in order. One context object, which takes each event's values: of
    the facts that some route asks for, because each takes a microsecond or more to hand over."""

    name = "CEL"

    def __init__(self, routes: Sequence[Flat]) -> None:
        self._names = [route.name for route in routes]
        self._facts = sorted({asks.fact for route in routes for asks in route.asks})
        self._programs = [cel.compile(source) for source in _chains(routes)]
        self._context = cel.Context()

    def given(self, facts: Facts) -> Any:
        return variables(facts, self._facts)

    def decide(self, given: Any) -> str:
        context = self._context
        context.update(given)
        return self._walk(context)

    def _walk(self, context: cel.Context) -> str:
        for program in self._programs:
            found = program.execute(context)
            if found >= 0:
                return self._names[found]
        raise LookupError("the last route takes every event")


class CelReady(Cel):
    """With each event's context made before."""

    name = "CEL, contexts made before"
    ready = True

    def given(self, facts: Facts) -> Any:
        return cel.Context(variables=super().given(facts))

    def decide(self, given: Any) -> str:
        return self._walk(given)


def variables(facts: Facts, names: Sequence[str]) -> dict[str, object]:
    """What the Rust libraries take: lists, and no tuples."""
    values = ((name, getattr(facts, name)) for name in names)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}


def _chains(routes: Sequence[Flat]) -> Iterator[str]:
    for first in range(0, len(routes), _A_PROGRAM):
        some = enumerate(routes[first : first + _A_PROGRAM], first)
        yield " : ".join(f"{_condition(route)} ? {number}" for number, route in some) + " : -1"


def _condition(route: Flat) -> str:
    return " && ".join(map(_cel, route.asks)) or "true"


def _cel(asks: Asks) -> str:
    fact, values = asks.fact, asks.values
    first: Any = values[0]
    match asks.how:
        case "one_of" if len(values) > _FEW:
            return f"{fact} in {json.dumps(values)}"
        case "one_of":
            return _any(f"{fact} == {json.dumps(value)}" for value in values)
        case "prefix":
            return f"{fact}.startsWith({json.dumps(first)})"
        case "is":
            return fact if first else f"!{fact}"
        case "at_least":
            return f"{fact} >= {first}"
        case "spans":
            spans: Any = values
            return _any(f"({fact} >= {low} && {fact} < {high})" for low, high in spans)
        case _:
            routine = asks.how == "mode"
            return _any(
                f"{fact} == []"
                if routine and value == "routine"
                else f"{json.dumps(value)} in {fact}"
                for value in values
            )


def _any(parts: Any) -> str:
    some = list(parts)
    return some[0] if len(some) == 1 else "(" + " || ".join(some) + ")"
