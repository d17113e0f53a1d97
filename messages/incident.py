"""An incident (案件): what the city handles; and the entry that stands for it on a unit's queue."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from messages.action import UnitCode
from messages.decision import ModeApplied, Priority
from messages.event import Media
from messages.model import Code, Id, Message, SchemaVersion, ShortText, Text, Time
from messages.place import Place

IncidentStatus: TypeAlias = Literal[
    "filed", "confirmed", "dispatched", "accepted", "in_progress", "resolved", "checked", "closed"
]


class Incident(Message):
    """The latest public state of one case. ``seq`` grows by one with every change of it.
    ``modes``: those that it was opened under, whose policy it keeps."""

    schema_version: SchemaVersion = 1
    incident_id: Id
    seq: Annotated[int, Field(ge=1)]
    status: IncidentStatus
    opened_at: Time
    changed_at: Time
    category: Code
    priority: Priority
    place: Place
    unit: UnitCode
    copies: tuple[UnitCode, ...] = ()
    events: Annotated[tuple[Id, ...], Field(min_length=1)]
    escalation: Code | None = None
    modes: tuple[ModeApplied, ...] = ()
    pack: str


class QueueEntry(Message):
    """What lies on a unit's queue. ``reason`` is one sentence a duty officer can read aloud.

    ``entry_id`` is ``<incident>:<seq>``, a function of what it says, so a consumer can drop a
    repeat. ``role``: ``owner`` must act, ``copy`` (抄送) is told.
    """

    schema_version: SchemaVersion = 1
    entry_id: Id
    incident_id: Id
    seq: Annotated[int, Field(ge=1)]
    unit: UnitCode
    role: Literal["owner", "copy"]
    status: IncidentStatus
    category: Code
    category_name: str = ""
    priority: Priority
    place: Place
    reason: str
    text: Text = ""
    address: ShortText | None = None
    media: tuple[Media, ...] = ()
    event_id: Id
    occurred_at: Time
    opened_at: Time
