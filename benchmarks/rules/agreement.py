"""Whether a way finds the winners that ours finds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.rules.contenders.contender import Contender
from rules.route.facts import Facts

LEAST = 200
"""Events that every way is asked for, however long it takes."""


@dataclass(frozen=True)
class Agreement:
    """Of ``asked`` events ``differ`` have another winner than ours says."""

    name: str
    asked: int
    differ: int


def compare(
    way: Contender, events: Sequence[Facts], ours: Sequence[str], seconds: float
) -> tuple[Agreement, list[Any]]:
    """The way's winners beside ours, on as many events as it does in ``seconds`` but at least
    :data:`LEAST`; and those events as the way is handed them."""
    given: list[Any] = []
    differ, spent = 0, 0.0
    for facts, winner in zip(events, ours, strict=True):
        one = way.given(facts)
        began = time.process_time()
        decided = way.decide(one)
        spent += time.process_time() - began
        given.append(one)
        differ += way.winner(decided) != winner
        if spent > seconds and len(given) >= LEAST:
            break
    return Agreement(way.name, len(given), differ), given
