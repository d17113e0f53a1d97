"""Working time: seconds at work, or working days (工作日).

Every day with hours is one working day, spread evenly over its own hours, be they four or eight.
So working days add up, stop for a suspension and have percentages; and where all days are alike,
one working day after Tuesday 10:00 is Wednesday 10:00. A start out of hours is the next opening.
"""

from __future__ import annotations

import datetime
from typing import Final

from messages.errors import PackError
from rules.calendar import Calendar, OpenDay
from rules.escalate.natural import SLACK_S

SEARCHED_DAYS: Final = 1096
"""Three years without an hour of work: no calendar means that."""
_NEXT: Final = datetime.timedelta(days=1)


def worked(start: float, end: float, calendar: Calendar, *, in_days: bool) -> float:
    """Working seconds, or working days, between two moments (epoch s)."""
    day, last = calendar.at(start).date, calendar.at(end).date
    total = 0.0
    while day <= last:
        open_day = calendar.open_day(day)
        if open_day.spans:
            inside = _overlap(open_day, start, end)
            total += inside / open_day.seconds if in_days else inside
        day += _NEXT
    return total


def after_work(start: float, amount: float, calendar: Calendar, *, in_days: bool) -> float:
    """The first moment (epoch s) at which ``amount``, above 0, is worked since ``start``: at
    closing time, where it ends then.

    Raises :class:`PackError` (``pack.no_working_time``) where nobody works for three years.
    """
    day = calendar.at(start).date
    idle = 0
    while idle < SEARCHED_DAYS:
        open_day = calendar.open_day(day)
        idle = 0 if open_day.spans else idle + 1
        unit = open_day.seconds if in_days else 1.0
        left_s = amount * unit
        for begin, close in open_day.spans:
            length = close - max(begin, start)
            if length <= 0:
                continue
            if left_s <= length + SLACK_S:
                return min(max(begin, start) + left_s, close)
            left_s -= length
            amount -= length / unit
        day += _NEXT
    raise PackError(
        "no_working_time",
        f"the calendar {calendar.name!r} has no working hours in the three years before {day}",
        mend="give it hours in calendars.yaml, or use limits in h or d",
    )


def _overlap(open_day: OpenDay, start: float, end: float) -> float:
    spans = open_day.spans
    if start <= spans[0][0] and spans[-1][1] <= end:
        return open_day.seconds
    return sum(max(0.0, min(close, end) - max(begin, start)) for begin, close in spans)
