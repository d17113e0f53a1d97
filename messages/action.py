"""What a unit does to a case. Topic ``in.actions.<unit>``, with its write ACL, is the identity."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field, StringConstraints

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
    "reject",
    "resume",
    "urge",
    "supervise",
    "acknowledge",
    "resolve",
    "check",
    "close",
    "void",
    "reopen",
    "feedback",
    "unmerge",
]
ACTIONS: Final[tuple[ActionKind, ...]] = get_args(ActionKind)

LimitText: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[1-9]\d{0,3} (min|h|d|working h|working d)$")
]
"""``3 working d``, as limits stand in a pack's ``escalation.yaml``."""


class Action(Message):
    """One step of a case's life, as a unit posts it.

    ``to_unit``: of assign, assist and transfer. ``until``: the review date of suspend. ``longer``:
    how much more time extend asks for. ``request``: which one approve and reject are about.
    ``passed``: what check found. ``satisfaction``: of feedback, 1 to 5. ``event_id``: of unmerge.
    """

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
    until: Time | None = None
    longer: LimitText | None = None
    request: Literal["extend", "suspend"] | None = None
    passed: bool | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    event_id: Id | None = None
