"""``calendars.yaml``: when offices work: weekly hours, holidays and swapped workdays (调休)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from packs.days import Day, Holiday, Workday
from packs.document import Where
from packs.hours import ALWAYS, Week, WeekMinutes, weekday_name
from packs.model import FileVersion, PackModel, Slug


@dataclass(frozen=True, slots=True)
class WholeCalendar:
    """A calendar with all that it has from those it extends.

    ``first_day`` to ``last_day``: the days that it is complete for, but from ``provisional_from``
    on not all is published yet. ``holidays``: names by day. ``workdays``: by day, the weekday
    (1 is Monday) whose hours hold. ``always``: ``week`` holds on holidays too.
    """

    name: str
    first_day: date
    last_day: date
    provisional_from: date | None
    always: bool
    week: WeekMinutes
    holidays: Mapping[date, str]
    workdays: Mapping[date, int]

    def changes(self, day: date) -> bool:
        """Whether that day is not as in any other week."""
        return day in self.holidays or day in self.workdays


class NamedCalendar(PackModel):
    """``extends``: a calendar above this one, whose range, week, holidays and swapped workdays it
    has where it says nothing else. ``first_day`` to ``last_day`` (both included): what the lists
    are complete for. ``hours: always`` stands for all hours of all days, holidays too."""

    name: Slug
    extends: Slug | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    provisional_from: Day | None = None
    hours: Literal["always"] | None = None
    working_hours: Week | None = None
    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[Workday, ...] = ()

    @model_validator(mode="after")
    def _hours_once(self) -> Self:
        if self.hours and self.working_hours:
            raise ValueError("give either working_hours or hours: always")
        if not (self.hours or self.working_hours or self.extends):
            raise ValueError("give working_hours, or hours: always, or extend a calendar")
        return self

    @model_validator(mode="after")
    def _range_once(self) -> Self:
        first, last, since = self.first_day, self.last_day, self.provisional_from
        if self.extends:
            if first or last or since:
                raise ValueError(
                    "take out first_day, last_day and provisional_from: they are those of "
                    f"{self.extends}"
                )
            return self
        if first is None or last is None:
            raise ValueError("give first_day and last_day: what its holidays are complete for")
        if first > last:
            raise ValueError(f"swap them: last_day {last} comes before first_day {first}")
        if since and not first <= since <= last:
            raise ValueError(f"mend provisional_from: {since} lies outside {first} to {last}")
        return self

    def whole(self, base: WholeCalendar | None) -> WholeCalendar:
        """This calendar over the one it extends; what it says of a day goes before the other's."""
        holidays = {day: one.name for one in self.holidays for day in one.days()}
        workdays = {one.date: one.weekday for one in self.workdays}
        first, last, since = self.first_day, self.last_day, self.provisional_from
        if base:
            first, last, since = base.first_day, base.last_day, base.provisional_from
            own = holidays.keys() | workdays.keys()
            holidays = {d: name for d, name in base.holidays.items() if d not in own} | holidays
            workdays = {d: of for d, of in base.workdays.items() if d not in own} | workdays
        assert first and last  # as validated
        return WholeCalendar(
            name=self.name,
            first_day=first,
            last_day=last,
            provisional_from=since,
            always=bool(self.hours or (base and base.always and not self.working_hours)),
            week=self._week(base),
            holidays=MappingProxyType(holidays),
            workdays=MappingProxyType(workdays),
        )

    def faults(self, base: WholeCalendar | None) -> Iterator[tuple[Where, str]]:
        """What is wrong with its days: where, and what to do about it."""
        whole = self.whole(base)
        off: dict[date, str] = {}
        for i, holiday in enumerate(self.holidays):
            days = holiday.days()
            if fault := _outside(whole, days[0]) or _outside(whole, days[-1]):
                yield ("holidays", i), fault
            elif again := next((day for day in days if day in off), None):
                text = f"{again} is a holiday already ({off[again]}): list every day once"
                yield ("holidays", i), text
            off.update(dict.fromkeys(days, holiday.name))
        swapped: set[date] = set()
        for i, workday in enumerate(self.workdays):
            day = workday.date
            if fault := _outside(whole, day):
                yield ("workdays", i), fault
            elif day in swapped:
                yield ("workdays", i), f"{day} is a swapped workday already: list every day once"
            elif day in off:
                yield ("workdays", i), f"{day} is also a holiday ({off[day]}): keep one of the two"
            elif whole.week[day.weekday()] and not (base and base.changes(day)):
                text = f"{day} is a {weekday_name(day.weekday())}, a workday as it is"
                yield ("workdays", i), f"{text}: take it out, or mend the date"
            swapped.add(day)
        for day, of in whole.workdays.items():
            if not whole.week[of - 1]:
                text = f"a {weekday_name(of - 1)} has no hours that could hold on the workday {day}"
                yield self._where(day), f"{text}: list it here with another hours_of"

    def _week(self, base: WholeCalendar | None) -> WeekMinutes:
        if self.hours:
            return ALWAYS
        if self.working_hours:
            return self.working_hours.minutes()
        assert base  # as validated
        return base.week

    def _where(self, workday: date) -> Where:
        own = [i for i, one in enumerate(self.workdays) if one.date == workday]
        return ("workdays", own[0]) if own else ("working_hours",)


def _outside(whole: WholeCalendar, day: date) -> str | None:
    if whole.first_day <= day <= whole.last_day:
        return None
    return (
        f"{day} lies outside the calendar, {whole.first_day} to {whole.last_day}: "
        "mend the date, or first_day and last_day"
    )


class CalendarsFile(PackModel):
    """The file. All days and hours are those that the city's clocks show."""

    schema_version: FileVersion
    calendars: Annotated[tuple[NamedCalendar, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults: list[tuple[Where, str]] = []
        above: dict[str, WholeCalendar] = {}
        for i, one in enumerate(self.calendars):
            base = above.get(one.extends) if one.extends else None
            if one.name in above:
                faults.append((("calendars", i, "name"), "give every calendar a name of its own"))
            if one.extends and base is None:
                text = f"list {one.extends} above this one, or extend another"
                faults.append((("calendars", i, "extends"), text))
                continue
            faults += [(("calendars", i, *where), text) for where, text in one.faults(base)]
            above[one.name] = one.whole(base)
        if faults:
            # In this shape, because a plain ValueError would name the file's first line only.
            raise ValidationError.from_exception_data(
                type(self).__name__, [_detail(where, text) for where, text in faults]
            )
        return self

    def whole(self) -> dict[str, WholeCalendar]:
        """The calendars by name, in the file's order, each with what it has from those above."""
        found: dict[str, WholeCalendar] = {}
        for one in self.calendars:
            found[one.name] = one.whole(found[one.extends] if one.extends else None)
        return found


def _detail(where: Where, text: str) -> InitErrorDetails:
    return InitErrorDetails(
        type="value_error", loc=where, input=None, ctx={"error": ValueError(text)}
    )
