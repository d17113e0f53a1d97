"""Which local day and minute a moment is, and whether offices work then (工作时间, with 调休)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Final, NamedTuple, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from rules.memo import Memo

Span: TypeAlias = tuple[int, int]
"""Minutes of a day, half-open; 1440 is the day's end."""

BEYOND: Final = "beyond the calendar"
_WHOLE_MINUTES_SINCE: Final = 94_694_400.0
"""1973-01-01 UTC: until 1972 some zones were odd seconds from UTC (tz database, Africa/Monrovia),
so that their minutes and those of the epoch were not the same."""


class WholeCalendar(Protocol):
    """See ``packs/calendars.py``. ``week``: seven days, Monday first. ``workdays``: by day, the
    weekday (1 is Monday) whose hours hold. ``always``: ``week`` holds on holidays too."""

    @property
    def name(self) -> str: ...
    @property
    def first_day(self) -> datetime.date: ...
    @property
    def last_day(self) -> datetime.date: ...
    @property
    def provisional_from(self) -> datetime.date | None: ...
    @property
    def always(self) -> bool: ...
    @property
    def week(self) -> Sequence[Sequence[Span]]: ...
    @property
    def holidays(self) -> Mapping[datetime.date, str]: ...
    @property
    def workdays(self) -> Mapping[datetime.date, int]: ...


class LocalTime(NamedTuple):
    """A minute as the city's clocks show it. ``minute``: of the day, 0 to 1439. ``weekday``: 1 is
    Monday, 7 Sunday. ``day``: what kind of day it is, for a person."""

    date: datetime.date
    minute: int
    weekday: int
    working: bool
    day: str


class _Day(NamedTuple):
    hours: tuple[Span, ...]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """A pack's calendar, compiled. ``begins`` and ``ends``: the first and last day that it is
    complete for; before and after them the plain week holds. From ``provisional_from`` on not all
    holidays and swapped workdays are known."""

    name: str
    begins: datetime.date
    ends: datetime.date
    provisional_from: datetime.date | None
    _zone: ZoneInfo
    _week: tuple[_Day, ...]
    _beyond: tuple[_Day, ...]
    _special: dict[datetime.date, _Day]
    _minutes: Memo[int, LocalTime] = field(default_factory=Memo)

    @classmethod
    def compile(cls, calendar: WholeCalendar, time_zone: str) -> Calendar:
        """The calendar on the clocks of a time zone, such as ``Asia/Shanghai``.

        Raises :class:`zoneinfo.ZoneInfoNotFoundError`, which a pack's check rules out.
        """
        week = tuple(
            _Day(tuple(spans), _plain(weekday, bool(spans)))
            for weekday, spans in enumerate(calendar.week, start=1)
        )
        special = {
            date: _Day(week[date.weekday()].hours if calendar.always else (), f"holiday {name}")
            for date, name in calendar.holidays.items()
        }
        for date, weekday in calendar.workdays.items():
            special[date] = _Day(week[weekday - 1].hours, "swapped workday")
        return cls(
            name=calendar.name,
            begins=calendar.first_day,
            ends=calendar.last_day,
            provisional_from=calendar.provisional_from,
            _zone=ZoneInfo(time_zone),
            _week=week,
            _beyond=tuple(_Day(hours, f"{text} {BEYOND}") for hours, text in week),
            _special=special,
        )

    def at(self, epoch_s: float) -> LocalTime:
        """The local minute of a moment. Where clocks go back, a minute comes twice, and where they
        go forward, some never.

        Raises :class:`OverflowError` or :class:`ValueError` beyond the years 1 to 9999.
        """
        minute = int(epoch_s // 60)
        found = self._minutes.get(minute)
        return self._read(epoch_s, minute) if found is None else found

    def hours(self, date: datetime.date) -> tuple[Span, ...]:
        """The working spans of a day, by time, in minutes of its local clock; none on a day off."""
        return self._day(date).hours

    def working_day(self, date: datetime.date) -> bool:
        """Whether offices work on that day at all."""
        return bool(self._day(date).hours)

    def covers(self, date: datetime.date) -> bool:
        """Whether the calendar's lists are meant to be complete for that day."""
        return self.begins <= date <= self.ends

    def _day(self, date: datetime.date) -> _Day:
        special = self._special.get(date)
        if special is not None:
            return special
        return (self._week if self.covers(date) else self._beyond)[date.weekday()]

    def _read(self, epoch_s: float, minute: int) -> LocalTime:
        # Whole seconds, because datetime rounds 59.9999999 up into the next minute.
        local = datetime.datetime.fromtimestamp(floor(epoch_s), self._zone)
        date, of_day = local.date(), local.hour * 60 + local.minute
        hours, text = self._day(date)
        working = any(start <= of_day < end for start, end in hours)
        found = LocalTime(date, of_day, date.isoweekday(), working, text)
        return self._minutes.keep(minute, found) if epoch_s >= _WHOLE_MINUTES_SINCE else found


def _plain(weekday: int, has_hours: bool) -> str:
    if has_hours:
        return "workday"
    return "weekend" if weekday >= 6 else "day off"
