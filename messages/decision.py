"""The record of one event: what was tried, what matched, with which values, and who won."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from messages.action import UnitCode
from messages.event import AnyEvent
from messages.model import Code, Id, Message, Scalar, SchemaVersion, Time
from messages.place import Place

Priority: TypeAlias = Literal["P1", "P2", "P3", "P4"]
Outcome: TypeAlias = Literal["routed", "merged", "quarantined", "dead", "ignored"]
EventKind: TypeAlias = Literal["report", "alarm", "reading"]
Step: TypeAlias = Literal["locate", "screen", "classify", "assess", "desk", "route"]


class Origin(Message):
    """Where the event stood: the one thing that no two events share."""

    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Reason(Message):
    """One finding on the way, for a person (``text``) and for a filter (``code``)."""

    step: Step
    code: str
    text: str


class Contribution(Message):
    """One named part of a priority. The smallest number wins: P1 is 1."""

    name: str
    priority: Priority


class RouteTried(Message):
    """One route of the pack's tree, in the order tried. ``failed``: the matcher that said no."""

    route: Code
    matched: bool
    failed: str = ""


class Understood(Message):
    """Stage A's word on one event: what lies on the desk topic for the shard's owner.

    ``second_place``: what the event's address, or a device's own position, says where it disagrees
    with ``place``.
    """

    schema_version: SchemaVersion = 1
    event: AnyEvent
    kind: EventKind
    origin: Origin
    received_at: Time
    shard: Annotated[int, Field(ge=0)]
    place: Place
    second_place: Place | None = None
    category: Code
    priority: Priority
    contributions: tuple[Contribution, ...] = ()
    reasons: tuple[Reason, ...] = ()
    consulted: dict[str, Scalar] = Field(default_factory=dict)
    pack: str
    boundaries: str


class Decision(Message):
    """The record of one event, whole enough to be explained and replayed without anything else.

    ``second_place``: as :class:`Understood`.
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
    contributions: tuple[Contribution, ...] = ()
    route: Code | None = None
    runner_up: Code | None = None
    tried: tuple[RouteTried, ...] = ()
    unit: UnitCode | None = None
    copies: tuple[UnitCode, ...] = ()
    incident_id: Id | None = None
    reasons: tuple[Reason, ...] = ()
    consulted: dict[str, Scalar] = Field(default_factory=dict)
    pack: str
    boundaries: str
