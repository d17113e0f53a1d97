"""The feeder's own list against what a run put out: every id, counted outside the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sinks.run_folder import RunFolder

Place: TypeAlias = tuple[str, int, int]
"""Topic, partition and offset, as the broker acknowledged them."""


@dataclass(slots=True)
class Account:
    """What became of every record the feeder posted.

    ``lost``: ids without an outcome. ``doubled``: ids of records with two different outcomes.
    ``repeats``: outcomes published more than once, alike. ``wrong``: ids whose outcome names
    another event. ``others``: outcomes of records that somebody else posted, which is no fault.
    """

    posted: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    others: int = 0
    repeats: int = 0

    @property
    def complete(self) -> bool:
        """Every id has exactly one outcome."""
        return not (self.lost or self.doubled or self.wrong)

    def __str__(self) -> str:
        parts = ", ".join(f"{n:,} {outcome}" for outcome, n in sorted(self.outcomes.items()))
        faults = f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.wrong)} mistaken"
        others = f"; {self.others:,} posted by others" if self.others else ""
        return f"{self.posted:,} posted = {parts or 'nothing'}; {faults}{others}"


def account(posted: Mapping[Place, str], run: RunFolder) -> Account:
    """``posted``: where the broker put each record → the id that the feeder gave it."""
    result = Account(posted=len(posted))
    ended: dict[Place, str] = {}
    for decision in run.bodies(run.stream("decisions")):
        place = _place(decision["origin"])
        if place in posted and posted[place] != decision["event_id"]:
            result.wrong.append(posted[place])
        _end(result, posted, ended, place, decision["outcome"])
    for letter in run.bodies(run.stream("dead")):
        _end(result, posted, ended, _place(letter["origin"]), "dead")
    ignored: set[Place] = set()
    for entry in run.bodies(run.stream("ledger")):
        for first, last in entry["ignored_offsets"]:
            ignored |= {(entry["topic"], entry["partition"], o) for o in range(first, last + 1)}
    for place in ignored:
        _end(result, posted, ended, place, "ignored")
    result.lost = [event_id for place, event_id in posted.items() if place not in ended]
    result.outcomes.update(ended.values())
    return result


def _end(
    result: Account,
    posted: Mapping[Place, str],
    ended: dict[Place, str],
    place: Place,
    outcome: str,
) -> None:
    if place not in posted:
        result.others += 1
        return
    before = ended.setdefault(place, outcome)
    if before != outcome:
        result.doubled.append(posted[place])


def _place(origin: Mapping[str, object]) -> Place:
    return (str(origin["topic"]), int(str(origin["partition"])), int(str(origin["offset"])))
