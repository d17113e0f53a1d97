"""What a unit does to a case. Topic ``in.actions.<unit>``, with its write ACL, is the identity."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints

from messages.model import Code, Id, Message, SchemaVersion, Text, Time

UnitCode: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^(city|(district|street|dept|linkage):[A-Za-z0-9_-]{1,48})$")
]

ActionKind: TypeAlias = Literal[
    "confirm",
    "assign",
    "assist",
    "accept",
    "progress",
    "return",
    "transfer",
    "extend",
    "suspend",
    "approve",
    "resume",
    "urge",
    "supervise",
    "resolve",
    "check",
    "close",
    "void",
    "reopen",
    "feedback",
]


class Action(Message):
    """One step of a case's life, as a unit posts it. ``to_unit`` is for assign and transfer."""

    schema_version: SchemaVersion
    kind: Literal["action"] = "action"
    action_id: Id
    incident_id: Id
    action: ActionKind
    actor: Id
    occurred_at: Time
    to_unit: UnitCode | None = None
    reason_code: Code | None = None
    note: Text = ""
