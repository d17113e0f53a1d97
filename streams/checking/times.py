"""The minutes that an event of a city can come at, as far as routes can tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rules.calendar import Span
from rules.reach import Fragment
from rules.reach.axis import NOBODY
from rules.route.facts import Facts
from rules.route.flat import Route
from streams.city import City

_MINUTE = Facts._fields.index("minute")
Day: TypeAlias = tuple[int, tuple[Span, ...]]
"""A weekday (1 is Monday) and its working hours, in minutes."""


def times(city: City, routes: Sequence[Route], numbers: Sequence[float]) -> list[Fragment]:
    """Minute, weekday and whether offices work, together: of every kind of day that the calendar
    has, a minute of every span that hours and routes divide it into; working time first.

    ``numbers``: of conditions, which may compare the minute with one.
    """
    by_routes = _edges(routes) | {int(n) for n in numbers if 0 <= n < 1440 and n == int(n)}
    found: list[Fragment] = [
        {"minute": minute, "weekday": weekday, "working": _within(minute, hours)}
        for weekday, hours in days(city)
        for minute in sorted({0, *by_routes, *(edge for span in hours for edge in span)} - {1440})
    ]
    return sorted(found, key=lambda moment: not moment["working"])


def days(city: City) -> list[Day]:
    """The kinds of day: of each weekday its plain hours, and those of its holidays and swapped
    workdays where they are others."""
    return list(dict.fromkeys(_days(city)))


def _days(city: City) -> Iterator[Day]:
    calendars, name = city.pack.calendars, city.pack.city.calendar
    if calendars is None or name is None:
        for weekday in range(1, 8):
            yield weekday, ((0, 1440),)
        return
    whole = calendars.whole()[name]
    for weekday, spans in enumerate(whole.week, start=1):
        yield weekday, tuple(spans)
    for day in sorted({*whole.holidays, *whole.workdays}):
        yield day.isoweekday(), city.calendar.hours(day)


def _edges(routes: Sequence[Route]) -> set[int]:
    """The minutes at which some route's hours begin or end."""
    hours = [m.holds for r in routes for m in r.matchers if m.asks == (_MINUTE,)]
    found = set()
    for holds in hours:
        answers = [holds(NOBODY._replace(minute=minute)) for minute in range(1440)]
        found |= {m for m in range(1440) if answers[m] != answers[m - 1]}
    return found


def _within(minute: int, hours: Sequence[Span]) -> bool:
    return any(start <= minute < end for start, end in hours)
