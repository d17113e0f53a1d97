"""The record of one event: what was tried, what matched, with which values, and who won."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field

from messages.action import UnitCode
from messages.event import AnyEvent
from messages.model import Body, Code, Consulted, Finite, Id, Message, SchemaVersion, Time
from messages.place import Place

Priority: TypeAlias = Literal["P1", "P2", "P3", "P4"]
PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
Outcome: TypeAlias = Literal[
    "routed", "merged", "quarantined", "dead", "ignored", "discarded", "applied", "refused"
]
"""``merged``: it joined an open incident. ``discarded``: an officer threw out what was quarantined.
``applied``, ``refused``: of a unit's action on a case.
"""

EventKind: TypeAlias = Literal["report", "alarm", "reading"]
Step: TypeAlias = Literal["locate", "screen", "classify", "assess", "desk", "route"]


class Origin(Message):
    """Where the event stood: the one thing that no two events share."""

    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]

    def __str__(self) -> str:
        return origin_text(self.model_dump())


def origin_text(origin: Body) -> str:
    """An ``Origin`` body as one word, for keys and for people: ``topic/partition/offset``."""
    return f"{origin['topic']}/{origin['partition']}/{origin['offset']}"


class Reason(Message):
    """One finding on the way, for a person (``text``) and for a filter (``code``)."""

    step: Step
    code: str
    text: str


class Contribution(Message):
    """One named part of a score. ``at_least``: it lifted the score to where that priority begins,
    by ``points``, which are 0 when it was there already."""

    name: str
    points: Finite
    at_least: Priority | None = None


class EmergencyProposal(Message):
    """An emergency level that the engine proposes; an authorised officer sets it, or not."""

    level: Literal["I", "II", "III", "IV"]
    emergency: Literal["natural_disaster", "accident", "public_health", "social_security"]
    text: str


class ModeApplied(Message):
    """An emergency mode that was in force at the place when the event arrived."""

    order_id: Id
    scenario: Code


class RouteTried(Message):
    """One route of the pack's tree, in the order tried. ``failed``: the matcher that said no."""

    route: Code
    matched: bool
    failed: str = ""


class Understood(Message):
    """Stage A's word on one event: what lies on the desk topic for the shard's owner.

    ``point``: longitude and latitude in WGS-84, where there is a position. ``second_place``: what
    the event's address, or a device's own position, says where it disagrees with ``place``.
    ``released_from``: the record in quarantine that an officer released it from.
    """

    schema_version: SchemaVersion = 1
    event: AnyEvent
    kind: EventKind
    origin: Origin
    received_at: Time
    shard: Annotated[int, Field(ge=0)]
    place: Place
    point: tuple[Finite, Finite] | None = None
    second_place: Place | None = None
    category: Code
    priority: Priority
    score: Finite
    contributions: tuple[Contribution, ...] = ()
    modes: tuple[ModeApplied, ...] = ()
    released_from: Origin | None = None
    reasons: tuple[Reason, ...] = ()
    consulted: dict[str, Consulted] = Field(default_factory=dict)
    pack: str
    boundaries: str


class Decision(Message):
    """The record of one event, whole enough to be explained and replayed without anything else.

    ``second_place``, ``released_from``: as :class:`Understood`. ``consulted``: every value that a
    rule asked for. ``escalation``: the policy of the case. ``proposal``: of an emergency level.
    """

    schema_version: SchemaVersion = 1
    event_id: Id
    kind: EventKind
    source: Code
    origin: Origin
    outcome: Outcome
    occurred_at: Time
    received_at: Time
    decided_at: Time
    place: Place | None = None
    second_place: Place | None = None
    category: Code | None = None
    priority: Priority | None = None
    score: Finite | None = None
    contributions: tuple[Contribution, ...] = ()
    proposal: EmergencyProposal | None = None
    modes: tuple[ModeApplied, ...] = ()
    released_from: Origin | None = None
    route: Code | None = None
    runner_up: Code | None = None
    tried: tuple[RouteTried, ...] = ()
    unit: UnitCode | None = None
    copies: tuple[UnitCode, ...] = ()
    escalation: Code | None = None
    incident_id: Id | None = None
    reasons: tuple[Reason, ...] = ()
    consulted: dict[str, Consulted] = Field(default_factory=dict)
    pack: str
    boundaries: str
