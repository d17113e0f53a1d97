"""From when to when something holds, in event time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from math import inf
from typing import NamedTuple


class Validity(NamedTuple):
    """From ``since`` to before ``until``, epoch seconds."""

    since: float = -inf
    until: float = inf

    def holds(self, at: float) -> bool:
        """Whether a moment (epoch seconds) lies in it."""
        return self.since <= at < self.until

    def meets(self, other: Validity) -> bool:
        """Whether some moment lies in both."""
        return self.since < other.until and other.since < self.until


def between(valid_from: str | None, valid_to: str | None, zone: tzinfo) -> Validity:
    """From two local times such as ``2026-07-01`` or ``2026-07-01 08:00``; None has no end.

    A local time that a clock change makes ambiguous is taken as the earlier of the two; one that it
    leaves out as the clocks before the change would have shown it, but no end before its beginning.
    """
    since = -inf if valid_from is None else _epoch(valid_from, zone)
    return Validity(since, inf if valid_to is None else max(_epoch(valid_to, zone), since))


def valid_at(validities: Sequence[Validity], at: float, else_at: float) -> int:
    """Which of some validities, ordered by time and apart from each other, holds at a moment.

    Where none does, the one at ``else_at``; where none does then either, the one that ended last
    before it, or the first. All in epoch seconds. There is always an answer.
    """
    for moment in (at, else_at):
        for number, validity in enumerate(validities):
            if validity.holds(moment):
                return number
    begun = [number for number, validity in enumerate(validities) if validity.since <= else_at]
    return begun[-1] if begun else 0


def _epoch(local: str, zone: tzinfo) -> float:
    return datetime.fromisoformat(local).replace(tzinfo=zone).timestamp()
