"""Calendars that run out: after their last day nobody knows which day is a working day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from packs.pack import Pack
from streams.checking.finding import Finding, at

AHEAD: Final = timedelta(days=60)


def check_calendars(pack: Pack, today: date) -> Iterator[Finding]:
    """``calendar_ends``: the last day of a calendar comes within 60 days of ``today``, or is past.
    ``calendar_provisional``: not all holidays and swapped workdays are known.

    Provisional days that lie ahead are a note: China's are published late in the year before, and
    until then no pack can be better. From the first of them on it is a finding: by then they have
    been published, and limits in working time are reckoned on days that may be wrong.
    """
    if pack.calendars is None:
        return
    document = pack.documents["calendars.yaml"]
    for i, calendar in enumerate(pack.calendars.calendars):
        if calendar.last_day is not None and calendar.last_day - AHEAD <= today:
            days = (calendar.last_day - today).days
            ends = f"ends in {days} days, on" if days >= 0 else "has ended on"
            yield at(
                document,
                ("calendars", i, "last_day"),
                "calendar_ends",
                f"calendar {calendar.name!r} {ends} {calendar.last_day}",
                "add the next year's holidays and swapped workdays, and move last_day",
            )
        since = calendar.provisional_from
        if since is not None and since - AHEAD <= today:
            ahead = since > today
            what = f"in {(since - today).days} days," if ahead else "since"
            yield at(
                document,
                ("calendars", i, "provisional_from"),
                "calendar_provisional",
                f"calendar {calendar.name!r} is provisional {what} {since}: "
                "not all holidays and swapped workdays are in it",
                "add them when they are published, and move provisional_from",
                "note" if ahead else "finding",
            )
