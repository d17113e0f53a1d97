"""What a unit does to a warning, and what came of it. The topic is the unit's identity, as for an
action on a case; the officer is who ``actor`` names, and must hold an office in that unit."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field, StringConstraints

from messages.action import UnitCode
from messages.cap import CapId, Level
from messages.decision import Origin
from messages.model import Code, Id, Message, SchemaVersion, Text, Time

WarningActionKind: TypeAlias = Literal["sign", "withdraw", "cancel", "confirm"]
WARNING_ACTIONS: Final[tuple[WarningActionKind, ...]] = get_args(WarningActionKind)


class WarningAction(Message):
    """One step of a warning's life, on ``in.actions.<unit>``.

    ``alert_id``: the alert that the officer has read; one that has been replaced is refused.
    ``sign``: the draft goes out; ``level``: where it is not the proposed one. ``withdraw``: the
    draft is dropped. ``cancel``: what stands is over. ``confirm``: the residents of ``grid`` have
    been told.
    """

    schema_version: SchemaVersion
    kind: Literal["warning"]
    action_id: Id
    alert_id: CapId
    action: WarningActionKind
    actor: Id
    occurred_at: Time
    level: Level | None = None
    grid: Id | None = None
    note: Text = ""


class WarningOutcome(Message):
    """The record of one such action, among the decisions. ``code``: ``action.applied``, or that of
    the refusal. ``became``: the alert that it made, of sign and cancel."""

    schema_version: SchemaVersion = 1
    kind: Literal["warning"] = "warning"
    action_id: Id
    alert_id: CapId
    action: WarningActionKind
    unit: UnitCode
    actor: Id
    origin: Origin
    outcome: Literal["applied", "refused"]
    code: Code
    text: str
    became: CapId | None = None
    received_at: Time
    decided_at: Time
    pack: str


class WarningRefusal(Message):
    """An action on a warning that was refused, on the queue of the unit that posted it; it has
    changed nothing. ``refusal_id`` is the place of the action: ``topic/partition/offset``."""

    schema_version: SchemaVersion = 1
    refusal_id: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    unit: UnitCode
    alert_id: CapId
    action_id: Id
    action: WarningActionKind
    code: Code
    reason: Annotated[str, Field(min_length=1)]
    refused_at: Time
