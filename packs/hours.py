"""Weekly hours in a pack's files: spans of the seven weekdays, as the city's clocks show them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, model_validator

from packs.model import PackModel

Weekday: TypeAlias = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

Minutes: TypeAlias = tuple[int, int]
"""A span of a day in minutes from midnight, half-open; 1440 is the day's end."""
WeekMinutes: TypeAlias = tuple[tuple[Minutes, ...], ...]
"""Seven days of spans, Monday first."""
ALWAYS: Final[WeekMinutes] = (((0, 1440),),) * 7
"""Every hour of every day."""


def minutes_of(span: str) -> Minutes:
    """A span such as ``08:00-12:00`` in minutes from midnight."""
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
    return start, end


def _a_span(span: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-4]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]", span):
        raise ValueError(f'{span!r} is no span of hours: write one such as "08:00-12:00"')
    start, end = minutes_of(span)
    if end > 1440:
        raise ValueError(f"{span}: a day ends at 24:00")
    if start >= end:
        raise ValueError(
            f"{span} ends before it begins: split hours past midnight, such as "
            '"22:00-24:00", and "00:00-06:00" on the next day'
        )
    return span


def _by_time(spans: tuple[str, ...]) -> tuple[str, ...]:
    for former, latter in pairwise(spans):
        if minutes_of(latter)[0] < minutes_of(former)[1]:
            raise ValueError(
                f"list the hours by time, without overlap: {latter} begins before {former} ends"
            )
    return spans


Spans: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_a_span)], ...], AfterValidator(_by_time)
]


class Week(PackModel):
    """The hours of each weekday, as the city's clocks show them; a day without is a day off."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    @model_validator(mode="after")
    def _works_at_all(self) -> Self:
        # A limit in working time would never end.
        if not any(self.minutes()):
            raise ValueError("give at least one weekday its hours")
        return self

    def minutes(self) -> WeekMinutes:
        """The spans of the seven days, Monday first."""
        return tuple(tuple(map(minutes_of, getattr(self, day))) for day in WEEKDAYS)


def weekday_name(weekday: int) -> str:
    """0 is ``Monday``."""
    return WEEKDAYS[weekday].capitalize()
