"""JsonLogic in Python, by panzi-json-logic: the quickest of those that run on this Python.

json-logic 0.6.3 fails on Python 3 and json-logic-qubit takes 1.4 times as long;
maykin-json-logic-py needs a newer Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from json_logic import jsonLogic

from benchmarks.rules.conditions import Asks, Flat
from benchmarks.rules.contenders.cel_way import variables
from benchmarks.rules.contenders.contender import Contender
from rules.route.facts import Facts


class JsonLogic(Contender):
    """The whole list as one ``if`` with as many branches."""

    name = "json-logic"

    def __init__(self, routes: Sequence[Flat]) -> None:
        self._facts = sorted({asks.fact for route in routes for asks in route.asks})
        branches = [part for route in routes for part in (_all(route), route.name)]
        self._rule = {"if": branches}

    def given(self, facts: Facts) -> Any:
        return variables(facts, self._facts)

    def decide(self, given: Any) -> Any:
        return jsonLogic(self._rule, given)


def _all(route: Flat) -> Any:
    parts = [_logic(asks) for asks in route.asks]
    return parts[0] if len(parts) == 1 else {"and": parts} if parts else True


def _logic(asks: Asks) -> Any:
    fact, values = {"var": asks.fact}, asks.values
    first: Any = values[0]
    match asks.how:
        case "one_of" if len(values) > 1:
            return {"in": [fact, list(values)]}
        case "one_of":
            return {"===": [fact, first]}
        case "prefix":
            return {"===": [{"substr": [fact, 0, len(first)]}, first]}
        case "is":
            return fact if first else {"!": fact}
        case "at_least":
            return {">=": [fact, first]}
        case "spans":
            spans: Any = values
            return _any([{"<=": [low, fact, high - 1]} for low, high in spans])
        case _:
            routine = asks.how == "mode"
            return _any(
                [
                    {"!": fact} if routine and value == "routine" else {"in": [value, fact]}
                    for value in values
                ]
            )


def _any(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {"or": parts}
