"""``tests.yaml``: golden tests: what is sent, where and when, and in whose queue it must end."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from messages.event import AlarmState
from messages.place import Datum
from packs.document import Document, read
from packs.model import (
    CategoryCode,
    FileVersion,
    Label,
    Lat,
    Lon,
    PackModel,
    Priority,
    Slug,
    UnitPart,
)
from packs.yaml_file import parse

FILE: Final = "tests.yaml"


def _a_minute(text: str) -> str:
    try:
        found = datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007  # on the city's clocks
        if not 1971 <= found.year < 2200:
            raise ValueError
    except ValueError:
        raise ValueError(
            'write a minute of the city\'s clocks, such as "2026-11-25 22:10"'
        ) from None
    return text


Minute: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$"),
    AfterValidator(_a_minute),
]
Queue: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^(city|district|street|(district|street|dept|linkage):[0-9A-Za-z_-]{1,48})$"
    ),
]
"""A unit. The bare words are the event's own street and district, as it was located."""

_PLACES: Final = ("street", "district", "position", "address", "near", "unlocated")


class Point(PackModel):
    """A position in degrees of its datum."""

    lon: Lon
    lat: Lat
    datum: Datum


class Sent(PackModel):
    """What a citizen or a device sends. The lane, and with it the kind, is the source's."""

    source: Slug
    text: Annotated[str, StringConstraints(max_length=4000)] | None = None
    hint: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    reporter: Slug | None = None
    device: Slug | None = None
    sensor: Slug | None = None
    state: AlarmState | None = None
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    unit: Label | None = None


class Earlier(Sent):
    """What was sent before, from the same place. ``minutes``: how long before."""

    minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 10


class Expect(PackModel):
    """What the decision must say; what is left out is not looked at. ``copies``: all of them, in
    any order. ``reason``: the code of the last reason."""

    outcome: Literal["routed", "merged", "quarantined", "ignored", "dead"] = "routed"
    queue: Queue | None = None
    route: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    category: CategoryCode | None = None
    priority: Priority | None = None
    copies: tuple[Queue, ...] | None = None
    escalation: Slug | None = None
    reason: Label | None = None

    @model_validator(mode="after")
    def _asks_for_a_queue(self) -> Self:
        routed = (self.queue, self.route, self.copies, self.escalation)
        if self.outcome == "routed" and self.queue is None:
            raise ValueError("give queue: a golden test says whose the event is")
        if self.outcome != "routed" and any(one is not None for one in routed):
            raise ValueError(
                f"take queue, route, copies and escalation out: {self.outcome} has none"
            )
        return self


class GoldenTest(Sent):
    """One event and what must become of it.

    Where it is sent from: a ``street`` or ``district`` (a spot in it, outside every layer), a
    ``position``, an ``address``, ``near`` a place of a layer (in ``street`` or ``district``, where
    one is given), or ``unlocated``. ``at``: when it arrives, on the city's clocks. ``mode``: the
    scenarios in force in the whole city. ``reports``: it is the last of so many like it, a minute
    apart, each of another reporter. ``before``: what else was sent before.
    """

    name: Label
    street: UnitPart | None = None
    district: UnitPart | None = None
    position: Point | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    near: Slug | None = None
    unlocated: Literal[True] | None = None
    at: Minute
    mode: tuple[Slug, ...] = ()
    reports: Annotated[int, Field(ge=1, le=32)] = 1
    before: tuple[Earlier, ...] = ()
    expect: Expect

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        given = [name for name in _PLACES if getattr(self, name) is not None]
        if self.near is not None:
            given = [name for name in given if name not in ("street", "district")]
        if len(given) != 1:
            raise ValueError(
                f"give one of {', '.join(_PLACES)}; street or district beside near only"
            )
        return self


class GoldenFile(PackModel):
    """The file."""

    schema_version: FileVersion
    tests: Annotated[tuple[GoldenTest, ...], Field(min_length=1)]


def read_golden(folder: Path) -> tuple[GoldenFile, Document] | None:
    """The golden tests of the pack in ``folder`` with their lines; None where it has none.

    Raises :class:`PackError`.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    document = read(file)
    return parse(document, GoldenFile), document
