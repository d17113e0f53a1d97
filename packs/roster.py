"""``roster.yaml``: the duty roster: who is on duty in an office when, how reached, and who next."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from messages.action import UnitCode
from packs.hours import Minutes, minutes_of
from packs.model import FileVersion, Label, PackModel


def _not_empty(shift: str) -> str:
    start, end = minutes_of(shift)
    if start == end:
        raise ValueError(f'{shift} is empty: write "00:00-24:00" for the whole day')
    return shift


Shift: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
    ),
    AfterValidator(_not_empty),
]
"""``08:00-20:00`` on the city's clocks; ``20:00-08:00`` goes past midnight."""
Phone: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9+*#][0-9 +*#-]{0,31}$")]


class Duty(PackModel):
    """One shift of an office. ``next``: the office to ring when nobody answers."""

    shift: Shift
    name: Label
    phone: Phone | None = None
    next: UnitCode | None = None

    def at(self, minute: int) -> bool:
        """Whether the shift runs then; its end is not in it. ``minute``: from midnight."""
        start, end = self.minutes
        return start <= minute < end if start < end else minute >= start or minute < end

    @property
    def minutes(self) -> Minutes:
        """Start and end in minutes from midnight; the end is the smaller past midnight."""
        return minutes_of(self.shift)


class RosterFile(PackModel):
    """The file. ``offices``: of each unit its shifts; two may run at once."""

    schema_version: FileVersion
    offices: Annotated[
        dict[UnitCode, Annotated[tuple[Duty, ...], Field(min_length=1)]], Field(min_length=1)
    ]

    def on_duty(self, office: str, minute: int) -> tuple[Duty, ...]:
        """Who is on duty there; none where the office or the hour has nobody. ``minute``: from
        midnight, on the city's clocks."""
        return tuple(duty for duty in self.offices.get(office, ()) if duty.at(minute))
