"""JsonLogic by datalogic-py: in Rust, compiled once. Shown beside the one in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datalogic_py import DataHandle, Engine

from benchmarks.rules.conditions import Asks, Flat
from benchmarks.rules.contenders.cel_way import variables
from benchmarks.rules.contenders.contender import Contender
from rules.route.facts import Facts


class JsonLogicInRust(Contender):
    """The whole list as one ``if`` with as many branches: one call an event, in Rust to its end."""

    name = "json-logic in Rust"
    judged = False

    def __init__(self, routes: Sequence[Flat]) -> None:
        self._names = [route.name for route in routes]
        self._facts = sorted({asks.fact for route in routes for asks in route.asks})
        engine = Engine()
        branches = [part for at, route in enumerate(routes) for part in (_all(route), at)]
        self._rule = engine.compile({"if": [*branches, -1]})
        self._evaluate = engine.session().evaluate_int

    def given(self, facts: Facts) -> Any:
        return variables(facts, self._facts)

    def decide(self, given: Any) -> str:
        return self._names[self._evaluate(self._rule, DataHandle(given))]


class JsonLogicReady(JsonLogicInRust):
    """With each event's data handle made before."""

    name = "json-logic in Rust, handles made before"
    ready = True

    def given(self, facts: Facts) -> Any:
        return DataHandle(super().given(facts))

    def decide(self, given: Any) -> str:
        return self._names[self._evaluate(self._rule, given)]


def _all(route: Flat) -> Any:
    parts = [_logic(asks) for asks in route.asks]
    return parts[0] if len(parts) == 1 else {"and": parts} if parts else True


def _logic(asks: Asks) -> Any:
    fact, values = {"val": asks.fact}, asks.values
    first: Any = values[0]
    match asks.how:
        case "one_of":
            return {"===": [fact, first]} if len(values) == 1 else {"in": [fact, list(values)]}
        case "prefix":
            return {"starts_with": [fact, first]}
        case "is":
            return {"===": [fact, first]}
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
