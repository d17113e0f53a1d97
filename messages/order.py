"""What an officer tells the engine: an emergency mode, its approval or end, a level, a silence,
another pack."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from messages.action import UnitCode
from messages.model import Code, Id, Message, SchemaVersion, ShortText, Time

Area: TypeAlias = Annotated[tuple[UnitCode, ...], Field(min_length=1, max_length=200)]
"""Units whose territory it is: ``city``, districts, streets."""


class Accepted(Message):
    """The engine's note on an order that it accepts; nobody else can write it.

    ``at``: when the order arrived. ``pack``: whose table of authority allowed it. ``approve_by``:
    when an emergency start ends that nobody has approved.
    """

    at: Time
    pack: str
    approve_by: Time | None = None


class _Order(Message):
    schema_version: SchemaVersion
    order_id: Id
    author: Id
    approver: Id | None = None
    reason: Annotated[ShortText, StringConstraints(min_length=1)]
    effective_at: Time
    accepted: Accepted | None = None

    @property
    def applies_at(self) -> float:
        """From when on it holds, epoch seconds: ``effective_at``, but never before it arrived. What
        was decided without it stays as it was."""
        begins = self.effective_at.timestamp()
        return begins if self.accepted is None else max(begins, self.accepted.at.timestamp())


class ModeOrder(_Order):
    """平/战: a scenario laid over an area for a time. It ends by itself at ``ends_at``.

    It is in force once somebody else than its author has approved it: ``approver``, or an approval
    that comes later. With ``emergency`` it is in force at once, and ends within the pack's minutes
    unless it is approved.
    """

    kind: Literal["mode"] = "mode"
    scenario: Code
    area: Area
    ends_at: Time
    emergency: bool = False


class ApprovalOrder(_Order):
    """Approves the mode ``approves``, an order id; its author is the approver."""

    kind: Literal["approval"] = "approval"
    approves: Id


class EndOrder(_Order):
    """Ends the mode ``ends``, an order id, before its time; or withdraws it before it begins."""

    kind: Literal["end"] = "end"
    ends: Id


class LevelOrder(_Order):
    """Sets the emergency level of an area: what the engine only proposes."""

    kind: Literal["level"] = "level"
    level: Literal["I", "II", "III", "IV"]
    emergency: Literal["natural_disaster", "accident", "public_health", "social_security"]
    area: Area
    ends_at: Time


class SilenceOrder(_Order):
    """Notices of one unit or category are held back until ``ends_at``; queues never are."""

    kind: Literal["silence"] = "silence"
    unit: UnitCode | None = None
    category: Code | None = None
    ends_at: Time


class PackOrder(_Order):
    """The pack with this content hash decides on events received from ``effective_at`` on."""

    kind: Literal["pack"] = "pack"
    pack: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]


AnyOrder: TypeAlias = ModeOrder | ApprovalOrder | EndOrder | LevelOrder | SilenceOrder | PackOrder
Order: TypeAlias = Annotated[AnyOrder, Field(discriminator="kind")]
