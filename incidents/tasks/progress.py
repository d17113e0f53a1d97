"""How far the tasks of each street are; every task is counted in exactly one column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from incidents.tasks.outcome import State
from incidents.tasks.recheck import agreement
from messages.task import Outcome


class Share(NamedTuple):
    """``tasks`` of a street that stand alike."""

    district: str
    street: str
    state: State
    outcome: Outcome | None
    tasks: int


class Progress(NamedTuple):
    """One street, or the whole. ``recheck_open``: sampled, and not answered yet. ``rechecked``:
    answered, of which ``agreement`` (0 to 1) found the same; ``unresolved`` reached nobody."""

    district: str
    street: str
    total: int
    waiting: int
    released: int
    confirmed: int
    absent: int
    corrected: int
    unreachable: int
    recheck_open: int
    rechecked: int
    unresolved: int
    agreement: float | None

    @property
    def balances(self) -> bool:
        """Whether every task is waiting, released, or has one outcome."""
        done = self.confirmed + self.absent + self.corrected + self.unreachable
        return self.total == self.waiting + self.released + done


def progress(shares: Iterable[Share]) -> list[Progress]:
    """By district and street, and under them the whole, whose codes are empty."""
    streets: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in shares:
        for place in ((one.district, one.street), ("", "")):
            streets[place]["total"] += one.tasks
            streets[place][one.state] += one.tasks
            if one.outcome is not None:
                streets[place][one.outcome] += one.tasks
    whole = streets.pop(("", ""), Counter())
    return [*(_street(*found) for found in sorted(streets.items())), _street(("", ""), whole)]


def _street(place: tuple[str, str], n: Counter[str]) -> Progress:
    return Progress(
        *place,
        total=n["total"],
        waiting=n["waiting"],
        released=n["released"],
        confirmed=n["confirmed"],
        absent=n["absent"],
        corrected=n["corrected"],
        unreachable=n["unreachable"],
        recheck_open=n["recheck_waiting"] + n["recheck_released"],
        rechecked=n["agreed"] + n["contradicted"],
        unresolved=n["unresolved"],
        agreement=agreement(n["agreed"], n["contradicted"]),
    )
