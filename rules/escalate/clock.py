"""How much of a clock has run between two moments, and when so much of it has run.

Moments are epoch seconds; amounts are in the clock's own unit: seconds, natural days, working
seconds, working days. All four add up: what runs from a to b and from b to c runs from a to c.
A moment is exact to ten microseconds.
"""

from __future__ import annotations

from rules.calendar import Calendar
from rules.escalate.limit import Clock
from rules.escalate.natural import DAY_S, reached, shown_s
from rules.escalate.working import after_work, worked


def elapsed(clock: Clock, start: float, end: float, calendar: Calendar) -> float:
    """How much of it has run; 0 where ``end`` is not after ``start``."""
    if end <= start:
        return 0.0
    if clock == "continuous":
        return end - start
    if clock == "natural_day":
        return (shown_s(end, calendar.zone) - shown_s(start, calendar.zone)) / DAY_S
    return worked(start, end, calendar, in_days=clock == "working_days")


def moment_after(clock: Clock, start: float, amount: float, calendar: Calendar) -> float:
    """The first moment at which ``amount`` has run since ``start``; ``start`` where it is 0.

    Raises :class:`PackError` (``pack.no_working_time``) where a working clock never runs.
    """
    if amount <= 0:
        return start
    if clock == "continuous":
        return start + amount
    # A case's limits are asked for again with each of its changes.
    found = calendar.moments.get((clock, start, amount))
    if found is None:
        found = _moment_after(clock, start, amount, calendar)
        calendar.moments.keep((clock, start, amount), found)
    return found


def _moment_after(clock: Clock, start: float, amount: float, calendar: Calendar) -> float:
    if clock == "natural_day":
        zone = calendar.zone
        return max(start, reached(shown_s(start, zone) + amount * DAY_S, zone))
    return after_work(start, amount, calendar, in_days=clock == "working_days")
