"""The control: plain Python, one closure a route, walked in order until the first yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.rules.conditions import Asks, Flat
from benchmarks.rules.contenders.contender import Contender
from rules.route.facts import Facts


class Closures(Contender):
    """As somebody would write it who has no engine at all."""

    name = "plain Python, in order"

    def __init__(self, routes: Sequence[Flat]) -> None:
        self._routes = [(_closure(route), route.name) for route in routes]

    def given(self, facts: Facts) -> Facts:
        return facts

    def decide(self, given: Facts) -> str:
        for takes, name in self._routes:
            if takes(given):
                return name
        raise LookupError("the last route takes every event")


def _closure(route: Flat) -> Callable[[Facts], Any]:
    """From source, so that a route costs one call however much it asks."""
    source = " and ".join(map(_python, route.asks)) or "True"
    closure: Callable[[Facts], Any] = eval(f"lambda f: {source}")
    return closure


def _python(asks: Asks) -> str:
    fact, values = f"f[{Facts._fields.index(asks.fact)}]", asks.values
    first: Any = values[0]
    match asks.how:
        case "one_of":
            return f"{fact} == {first!r}" if len(values) == 1 else f"{fact} in {set(values)!r}"
        case "prefix":
            return f"{fact}[:{len(first)}] == {first!r}"
        case "is":
            return fact if first else f"not {fact}"
        case "at_least":
            return f"{fact} >= {first}"
        case "spans":
            spans: Any = values
            return "(" + " or ".join(f"{low} <= {fact} < {high}" for low, high in spans) + ")"
        case _:
            routine = [f"not {fact}"] if asks.how == "mode" and "routine" in values else []
            named = [f"{value!r} in {fact}" for value in values if value != "routine"]
            return "(" + " or ".join(routine + named) + ")"
