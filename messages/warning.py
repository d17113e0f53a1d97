"""A warning (预警) as it is told: alerts, each one message in the terms of CAP 1.2.

A warning has one ``warning_id`` for its life; each alert about it has an id of its own and refers
to the signed ones before it. Source: OASIS Common Alerting Protocol 1.2 (2010), section 3.2. The
model accepts nothing that CAP forbids, so that every alert can be written as CAP XML.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from messages.cap import (
    COLOURS,
    AlertStatus,
    CapId,
    Certainty,
    Colour,
    EmergencyClass,
    Hazard,
    Headline,
    Level,
    Line,
    MsgType,
    Prose,
    Scope,
    Severity,
    Urgency,
    WarningId,
)
from messages.model import Finite, Id, Message, SchemaVersion, Time
from messages.place import Latitude, Longitude

EXERCISE_MARKS: Final = ("【演练】", "EXERCISE: ")
"""How the headlines of a drill begin: a display may show nothing else of an alert."""

MAX_VERTICES: Final = 3000
"""Of all rings together, so that an alert fits into one record of Kafka's default 1 MiB."""

_YEARS: Final = range(1971, 2200)  # far from the calendar's ends for every zone

_CategoryCode: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
_DrillNamespace: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^drill\.[a-z0-9._-]{1,57}[a-z0-9]$|^drill\.[a-z0-9]$")
]
_Territory: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^(city|(district|street):[A-Za-z0-9_-]{1,48})$")
]
Ring: TypeAlias = Annotated[
    tuple[tuple[Longitude, Latitude], ...], Field(min_length=4, max_length=MAX_VERTICES)
]


class Circle(Message):
    """A round area: its centre in WGS-84 degrees, its radius in kilometres."""

    lon: Longitude
    lat: Latitude
    radius_km: Annotated[Finite, Field(ge=0, le=20_000)]


class WarnedArea(Message):
    """A territory that is warned. ``rings``: outlines in WGS-84, longitude first, the last point
    equal to the first; ``rings`` and ``circles`` may be absent, the unit's code stands for it."""

    unit: _Territory
    name: Line
    name_en: Line
    rings: Annotated[tuple[Ring, ...], Field(max_length=32)] = ()
    circles: Annotated[tuple[Circle, ...], Field(max_length=32)] = ()

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if any(ring[0] != ring[-1] for ring in self.rings):
            raise ValueError("a ring ends where it begins")
        return self


class Wording(Message):
    """What is told in one language. ``event``: what the danger is called."""

    event: Line
    headline: Headline
    description: Prose = ""
    instruction: Prose = ""


class Reference(Message):
    """An earlier alert, as CAP names it: sender, identifier and time together."""

    sender: CapId
    alert_id: CapId
    sent: Time


class Counts(Message):
    """How many incidents a warning is about, and of how many events they were made."""

    incidents: Annotated[int, Field(ge=0)] = 0
    events: Annotated[int, Field(ge=0)] = 0


class Alert(Message):
    """One message about a warning, on ``{ns}.warnings``.

    ``alert_id`` is ``<warning_id>.<seq>``; every change, a signature too, is a new alert.
    ``exercise``: the namespace of the drill that it belongs to; its status is ``Exercise`` then,
    signed or not. ``level``: proposed until somebody signs; only then there is a ``colour``.
    ``references``: all signed alerts before it. ``incidents``: of many, the first by id.
    """

    schema_version: SchemaVersion = 1
    alert_id: CapId
    warning_id: WarningId
    seq: Annotated[int, Field(ge=1, le=1_000_000)]
    sender: CapId
    sent: Time
    status: AlertStatus
    msg_type: MsgType
    scope: Scope = "Public"
    restriction: Line | None = None
    addresses: Annotated[tuple[CapId, ...], Field(max_length=200)] = ()
    exercise: _DrillNamespace | None = None
    references: Annotated[tuple[Reference, ...], Field(max_length=500)] = ()
    emergency: EmergencyClass
    category: _CategoryCode
    hazards: Annotated[tuple[Hazard, ...], Field(min_length=1, max_length=12)]
    level: Level
    colour: Colour | None = None
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    effective: Time
    onset: Time | None = None
    expires: Time | None = None
    areas: Annotated[tuple[WarnedArea, ...], Field(min_length=1, max_length=64)]
    zh: Wording
    en: Wording
    incidents: Annotated[tuple[CapId, ...], Field(max_length=200)] = ()
    counts: Counts = Counts()
    signed_by: Id | None = None
    signed_at: Time | None = None
    pack: str

    @property
    def signed(self) -> bool:
        """Whether an authorised officer stands for it."""
        return self.signed_by is not None

    @property
    def units(self) -> tuple[str, ...]:
        """The codes of the territories that it warns."""
        return tuple(area.unit for area in self.areas)

    @property
    def reference(self) -> Reference:
        """How a later alert refers to this one."""
        return Reference(sender=self.sender, alert_id=self.alert_id, sent=self.sent)

    @model_validator(mode="after")
    def _names_itself(self) -> Self:
        if self.alert_id != f"{self.warning_id}.{self.seq}":
            raise ValueError("alert_id is <warning_id>.<seq>")
        earlier = [one.alert_id for one in self.references]
        numbers = [one.removeprefix(f"{self.warning_id}.") for one in earlier]
        if not all(number.isdecimal() for number in numbers):
            raise ValueError("references are to alerts of the same warning")
        if any(one >= two for one, two in pairwise([*map(int, numbers), self.seq])):
            raise ValueError("references are to earlier alerts, each once, in their order")
        if bool(earlier) == (self.msg_type == "Alert"):
            raise ValueError("an Update or a Cancel refers to others, an Alert does not")
        return self

    @model_validator(mode="after")
    def _signed_before_it_counts(self) -> Self:
        signs = (self.signed_by, self.signed_at, self.colour)
        if len({sign is None for sign in signs}) == 2:
            raise ValueError("signed_by, signed_at and colour come together")
        if self.colour is not None and self.colour != COLOURS[self.level]:
            raise ValueError(f"level {self.level} is {COLOURS[self.level]}")
        if (self.status == "Exercise") != (self.exercise is not None):
            raise ValueError("in a drill, and only there, the status is Exercise")
        if self.status != "Exercise" and self.signed != (self.status == "Actual"):
            raise ValueError("Actual is what is signed, and nothing else")
        return self

    @model_validator(mode="after")
    def _marked_as_exercise(self) -> Self:
        heads = zip((self.zh.headline, self.en.headline), EXERCISE_MARKS, strict=True)
        if any(head.startswith(mark) != (self.status == "Exercise") for head, mark in heads):
            raise ValueError("the headlines of a drill, and no others, begin as exercises")
        return self

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        times = [self.sent, self.effective, self.onset, self.expires]
        times += [one.sent for one in self.references]
        if any(time is not None and time.year not in _YEARS for time in times):
            raise ValueError(f"a year before {_YEARS.start} or from {_YEARS.stop} on")
        if self.expires is None:
            if self.msg_type != "Cancel":
                raise ValueError("say when it expires")
        elif self.expires <= max(self.sent, self.effective, self.onset or self.sent):
            raise ValueError("it expires before it begins")
        return self

    @model_validator(mode="after")
    def _to_whom(self) -> Self:
        if (self.restriction is not None) != (self.scope == "Restricted"):
            raise ValueError("a restriction is for the scope Restricted, which needs one")
        if self.scope == "Private" and not self.addresses:
            raise ValueError("the scope Private needs addresses")
        if len(set(self.units)) < len(self.units):
            raise ValueError("an area stands there twice")
        if sum(len(ring) for area in self.areas for ring in area.rings) > MAX_VERTICES:
            raise ValueError(f"more than {MAX_VERTICES} points; simplify the outlines")
        return self
