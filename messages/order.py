"""What an officer tells the engine: an emergency mode, a silence, another pack."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from messages.action import UnitCode
from messages.model import Code, Id, Message, SchemaVersion, ShortText, Time


class _Order(Message):
    schema_version: SchemaVersion
    order_id: Id
    author: Id
    approver: Id | None = None
    reason: Annotated[ShortText, StringConstraints(min_length=1)]
    effective_at: Time


class ModeOrder(_Order):
    """平/战: a scenario laid over an area for a time. It ends by itself at ``ends_at``."""

    kind: Literal["mode"] = "mode"
    scenario: Code
    area: Annotated[tuple[UnitCode, ...], Field(min_length=1, max_length=200)]
    ends_at: Time


class SilenceOrder(_Order):
    """Notices of one unit or category are held back until ``ends_at``; queues never are."""

    kind: Literal["silence"] = "silence"
    unit: UnitCode | None = None
    category: Code | None = None
    ends_at: Time


class PackOrder(_Order):
    """The pack with this content hash decides from ``effective_at`` on."""

    kind: Literal["pack"] = "pack"
    pack: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]


Order: TypeAlias = Annotated[ModeOrder | SilenceOrder | PackOrder, Field(discriminator="kind")]
