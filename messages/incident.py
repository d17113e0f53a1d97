"""An incident (案件): what the city handles; and the entry that stands for it on a unit's queue."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from messages.action import LimitText, UnitCode
from messages.decision import ModeApplied, Priority
from messages.event import Media
from messages.model import Code, Finite, Id, Message, SchemaVersion, ShortText, Text, Time
from messages.place import Place

IncidentStatus: TypeAlias = Literal[
    "filed",
    "confirmed",
    "dispatched",
    "accepted",
    "in_progress",
    "returned",
    "resolved",
    "checked",
    "closed",
    "void",
]
Epoch: TypeAlias = Finite
"""Seconds since 1970."""


_ID: Final = re.compile(r"(\d{3})-\d{6}-\d{7,}")


def shard_of(incident_id: str) -> int | None:
    """The shard that keeps a case for all its time, as its id says; None for what is no such id."""
    found = _ID.fullmatch(incident_id)
    return int(found[1]) if found is not None else None


class ClockRun(Message):
    """One of a case's clocks: from ``start`` to ``end``, or running. ``longer``: extensions."""

    start: Epoch
    end: Epoch | None = None
    longer: tuple[LimitText, ...] = ()


class Clocks(Message):
    """``accept``: until a unit accepts the case. ``dispose``: until it is resolved."""

    accept: ClockRun | None = None
    dispose: ClockRun | None = None


class Supervision(Message):
    """督办: by whom, since when, how often said; ``acknowledged`` by the owner, when."""

    by: UnitCode
    at: Epoch
    times: Annotated[int, Field(ge=1)]
    acknowledged: Epoch | None = None


class Step(Message):
    """One step of a case's life. ``by``: the unit; empty for the engine. ``code``: its reason."""

    seq: Annotated[int, Field(ge=1)]
    at: Epoch
    change: Code
    by: str = ""
    code: str = ""


class Incident(Message):
    """The latest public state of one case. ``seq`` grows by one with every change of it.

    ``copies``: who is told of it (抄送). ``events``: the latest of the ``count`` that it is about.
    ``modes``: those that it was opened under, whose policy it keeps. ``stage``: of its escalation.
    ``arbiter``: whose word on the owner is final. ``patrol``: grid workers found it
    on their rounds (巡查). ``linked``: cases that may be the same.
    ``timeline``: its latest steps.
    """

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
    count: Annotated[int, Field(ge=1)] = 1
    escalation: Code | None = None
    modes: tuple[ModeApplied, ...] = ()
    pack: str
    co_owners: tuple[UnitCode, ...] = ()
    assists: tuple[UnitCode, ...] = ()
    stage: str | None = None
    accepted_by: UnitCode | None = None
    resolved_by: UnitCode | None = None
    returns: int = 0
    reopened: int = 0
    arbiter: UnitCode | None = None
    urged: int = 0
    suspended: bool = False
    supervised: Supervision | None = None
    satisfaction: int | None = None
    linked: tuple[Id, ...] = ()
    patrol: bool = False
    clocks: Clocks = Clocks()
    timeline: tuple[Step, ...] = ()


class QueueEntry(Message):
    """What lies on a unit's queue. ``reason`` is one sentence a duty officer can read aloud.

    ``entry_id`` is ``<incident>:<seq>``, or ``<incident>:step:<n>`` where the engine speaks because
    time has passed: a function of what it says, so a consumer can drop a repeat. ``role``:
    ``owner`` must act, ``co_owner`` may (it was escalated to), ``assist`` helps, ``dispatcher``
    hands out, ``former`` had it, ``copy`` (抄送) is told. ``change``: what happened. ``event_id``,
    ``text`` to ``media``: of the event that it is about, where it is about one. ``accept_by``,
    ``dispose_by``: the limits. ``by``: the unit that has acted.
    """

    schema_version: SchemaVersion = 1
    entry_id: Id
    incident_id: Id
    seq: Annotated[int, Field(ge=1)]
    unit: UnitCode
    role: Literal["owner", "co_owner", "assist", "dispatcher", "former", "copy"]
    change: Code = "opened"
    status: IncidentStatus
    category: Code
    category_name: str = ""
    priority: Priority
    place: Place
    reason: str
    text: Text = ""
    address: ShortText | None = None
    media: tuple[Media, ...] = ()
    event_id: Id | None = None
    occurred_at: Time | None = None
    opened_at: Time
    accept_by: Time | None = None
    dispose_by: Time | None = None
    stage: str | None = None
    by: UnitCode | None = None


class Refusal(Message):
    """An action that was refused, on the queue of the unit that posted it; it has changed nothing.
    ``refusal_id`` is the place of the action: ``topic/partition/offset``."""

    schema_version: SchemaVersion = 1
    refusal_id: Annotated[str, Field(min_length=1, max_length=400)]
    unit: UnitCode
    incident_id: Id
    action_id: Id
    action: Code
    code: Code
    reason: str
    status: IncidentStatus | None = None
    refused_at: Time
