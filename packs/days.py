"""Days of a pack that are not as in other weeks: holidays and swapped workdays (调休)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final, Self, TypeAlias

from pydantic import BeforeValidator, model_validator

from packs.hours import WEEKDAYS, Weekday
from packs.model import Label, PackModel

LONGEST_HOLIDAY_DAYS: Final = 100
"""Longer than a summer's; a year mistyped in ``last`` is longer still."""
_YEARS: Final = range(1970, 2200)


def _a_day(text: object) -> date:
    if isinstance(text, date):
        return text
    try:
        found = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ValueError('write a day such as "2026-10-01", in quotes')
    if found.year not in _YEARS:
        raise ValueError(f"mend the year: it lies between {_YEARS[0]} and {_YEARS[-1]}")
    return found


Day: TypeAlias = Annotated[date, BeforeValidator(_a_day)]


class Holiday(PackModel):
    """A day off, or all days from ``first`` to ``last``; weekends among them may be meant too."""

    date: Day | None = None
    first: Day | None = None
    last: Day | None = None
    name: Label

    @model_validator(mode="after")
    def _one_or_more_days(self) -> Self:
        if (self.date is None) == (self.first is None) or (self.first is None) != (
            self.last is None
        ):
            raise ValueError("give either a date, or first and last")
        if self.first and self.last:
            if self.first > self.last:
                raise ValueError(f"swap them: {self.last} comes before {self.first}")
            if (self.last - self.first).days >= LONGEST_HOLIDAY_DAYS:
                raise ValueError(f"mend the days: a holiday has at most {LONGEST_HOLIDAY_DAYS}")
        return self

    def days(self) -> tuple[Day, ...]:
        """Its days in order, at least one."""
        if self.date:
            return (self.date,)
        assert self.first and self.last  # as validated
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=i) for i in range(count))


class Workday(PackModel):
    """A swapped workday: a day off on which the hours of a weekday hold."""

    date: Day
    name: Label
    hours_of: Weekday = "monday"

    @property
    def weekday(self) -> int:
        """Whose hours hold: 1 is Monday, 7 Sunday."""
        return WEEKDAYS.index(self.hours_of) + 1
