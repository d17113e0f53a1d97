"""Who takes part, by the name on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Each is imported when it takes part: the others need not be installed.


def _cel() -> list[Any]:
    from benchmarks.rules.contenders.cel_way import Cel, CelReady

    return [Cel, CelReady]


def _json_logic() -> list[Any]:
    from benchmarks.rules.contenders.json_logic import JsonLogic

    return [JsonLogic]


def _json_logic_in_rust() -> list[Any]:
    from benchmarks.rules.contenders.json_logic_rust import JsonLogicInRust, JsonLogicReady

    return [JsonLogicInRust, JsonLogicReady]


def _rule_engine() -> list[Any]:
    from benchmarks.rules.contenders.rule_engine_way import RuleEngine

    return [RuleEngine]


PEERS: dict[str, Callable[[], list[Any]]] = {
    "json-logic": _json_logic,
    "json-logic-rust": _json_logic_in_rust,
    "cel": _cel,
    "rule-engine": _rule_engine,
}
