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

_EPOCH_ORDINAL: Final = datetime.date(1970, 1, 1).toordinal()


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


class OpenDay(NamedTuple):
    """When offices work on a day, in moments. ``spans``: from and until, in epoch s, by time.
    ``seconds``: how long that is in all."""

    spans: tuple[tuple[float, float], ...]
    seconds: float


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
    _open_days: Memo[datetime.date, OpenDay] = field(default_factory=Memo)
    moments: Memo[tuple[str, float, float], float] = field(default_factory=Memo)
    """Kept by :mod:`rules.escalate.clock`: by clock, start and amount, when it has run."""

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

    def moment(self, date: datetime.date, minute: int) -> float:
        """The moment (epoch s) at which the city's clocks first show that minute of the day, 0 to
        1440; where they skip it, the moment at which they do.

        Raises :class:`OverflowError` or :class:`ValueError` beyond the years 1 to 9999.
        """
        midnight = datetime.datetime.combine(date, datetime.time.min, self._zone)
        return first_shown(midnight + datetime.timedelta(minutes=minute))

    def open_day(self, date: datetime.date) -> OpenDay:
        """When offices work on a day: the moments whose :meth:`at` is ``working``. Hours that come
        twice count twice, and skipped ones not at all. One change of clocks a day is foreseen."""
        found = self._open_days.get(date)
        return self._open_days.keep(date, self._opened(date)) if found is None else found

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return self._zone

    def covers(self, date: datetime.date) -> bool:
        """Whether the calendar's lists are meant to be complete for that day."""
        return self.begins <= date <= self.ends

    def _day(self, date: datetime.date) -> _Day:
        special = self._special.get(date)
        if special is not None:
            return special
        return (self._week if self.covers(date) else self._beyond)[date.weekday()]

    def _opened(self, date: datetime.date) -> OpenDay:
        hours = self.hours(date)
        if not hours:
            return OpenDay((), 0.0)
        wall_0 = (date.toordinal() - _EPOCH_ORDINAL) * 86_400
        spans: list[tuple[float, float]] = []
        for since, until, offset in self._stretches(date):
            for start, end in hours:
                begin = max(since, wall_0 + 60 * start - offset)
                close = min(until, wall_0 + 60 * end - offset)
                if begin < close:
                    spans.append((begin, close))
        return OpenDay(tuple(spans), sum(close - begin for begin, close in spans))

    def _stretches(self, date: datetime.date) -> list[tuple[float, float, float]]:
        """The parts of a day between changes of the clocks: from, until, and seconds east of UTC;
        none where clocks skip the day."""
        begin, end = self.moment(date, 0), self.moment(date, 1440)
        if begin == end:
            return []
        first, last = (offset_s(_local(at, self._zone)) for at in (begin, end - 1))
        if first == last:
            return [(begin, end, first)]
        change = change_of_clocks(self._zone, begin, end - 1)
        return [(begin, change, first), (change, end, last)]

    def _read(self, epoch_s: float, minute: int) -> LocalTime:
        local = _local(epoch_s, self._zone)
        date, of_day = local.date(), local.hour * 60 + local.minute
        hours, text = self._day(date)
        working = any(start <= of_day < end for start, end in hours)
        found = LocalTime(date, of_day, date.isoweekday(), working, text)
        return self._minutes.keep(minute, found) if epoch_s >= _WHOLE_MINUTES_SINCE else found


def offset_s(local: datetime.datetime) -> float:
    """How far east of UTC the clocks of its zone are then, in seconds."""
    return (local.utcoffset() or datetime.timedelta()).total_seconds()


def first_shown(local: datetime.datetime) -> float:
    """The moment (epoch s) at which the clocks of its zone first show it; where they skip it, the
    moment at which they do. In a skipped hour, ``fold=1`` is the earlier one (PEP 495)."""
    first, other = (local.replace(fold=fold).timestamp() for fold in (0, 1))
    return first if first <= other else change_of_clocks(local.tzinfo, other, first)


def change_of_clocks(zone: datetime.tzinfo | None, before: float, after: float) -> float:
    """The one whole second (epoch s) after ``before``, and not after ``after``, from which on the
    clocks are as far from UTC as at ``after``. Both are whole seconds."""
    target = offset_s(_local(after, zone))
    while after - before > 1:
        middle = (before + after) // 2
        if offset_s(_local(middle, zone)) == target:
            after = middle
        else:
            before = middle
    return after


def _local(epoch_s: float, zone: datetime.tzinfo | None) -> datetime.datetime:
    # Whole seconds, because datetime rounds 59.9999999 up into the next minute.
    return datetime.datetime.fromtimestamp(floor(epoch_s), zone)


def _plain(weekday: int, has_hours: bool) -> str:
    if has_hours:
        return "workday"
    return "weekend" if weekday >= 6 else "day off"
