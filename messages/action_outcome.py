"""The record of one action: applied, or refused and why. It stands among the decisions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from messages.action import ActionKind, UnitCode
from messages.decision import Origin
from messages.model import Code, Id, Message, SchemaVersion, Time


class ActionOutcome(Message):
    """``code``: ``action.applied``, or that of the refusal. ``seq``: of the case after it; None
    where nothing has changed."""

    schema_version: SchemaVersion = 1
    kind: Literal["action"] = "action"
    action_id: Id
    incident_id: Id
    action: ActionKind
    unit: UnitCode
    actor: Id
    origin: Origin
    outcome: Literal["applied", "refused"]
    code: Code
    text: str
    reason_code: Code | None = None
    seq: Annotated[int, Field(ge=1)] | None = None
    received_at: Time
    decided_at: Time
    pack: str
