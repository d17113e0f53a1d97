"""rule-engine: a language of its own, evaluated in Python."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rule_engine import Chain, Context

from benchmarks.rules.conditions import Asks, Flat
from benchmarks.rules.contenders.contender import Contender
from rules.route.facts import Facts


class RuleEngine(Contender):
    """Its own chain, which answers with the value of the first rule that matches. It reads the
    facts as they are. Types are not declared: checking them takes longer than the rules."""

    name = "rule-engine"

    def __init__(self, routes: Sequence[Flat]) -> None:
        rules = [(" and ".join(map(_rule, route.asks)) or "true", route.name) for route in routes]
        self._chain = Chain(rules, context=Context(resolver=getattr))

    def given(self, facts: Facts) -> Facts:
        return facts

    def decide(self, given: Facts) -> Any:
        return self._chain.evaluate(given)


def _rule(asks: Asks) -> str:
    fact, values = asks.fact, asks.values
    first: Any = values[0]
    match asks.how:
        case "one_of" if len(values) > 1 and isinstance(first, str):
            # Several times as fast as `in` with a list; codes have no letter of a regex's own.
            return f'{fact} =~ "({"|".join(map(str, values))})$"'
        case "one_of":
            return _any([f"{fact} == {json.dumps(value)}" for value in values])
        case "prefix":
            return f'{fact} =~ "{first}"'
        case "is":
            return fact if first else f"not {fact}"
        case "at_least":
            return f"{fact} >= {first}"
        case "spans":
            spans: Any = values
            return _any([f"({fact} >= {low} and {fact} < {high})" for low, high in spans])
        case _:
            routine = asks.how == "mode"
            return _any(
                [
                    f"not {fact}"
                    if routine and value == "routine"
                    else f"{json.dumps(value)} in {fact}"
                    for value in values
                ]
            )


def _any(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else "(" + " or ".join(parts) + ")"
