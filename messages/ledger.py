"""The ledger: what became of every offset that was read, one entry a commit and partition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from messages.model import Message, SchemaVersion, Time


class LedgerEntry(Message):
    """One commit of stage A on one input partition: offsets ``start`` to ``end`` (exclusive).

    ``end - start`` = ``desk`` + ``quarantined`` + ``dead`` + ``ignored`` + ``discarded`` +
    ``absent``; ``absent`` are offsets that hold no event (transaction markers, compacted).
    ``ignored_offsets`` names the ignored ones as ``[first, last]`` runs, because nothing else is
    written of them. ``devices`` summarises them per device and minute.
    """

    schema_version: SchemaVersion = 1
    stage: Literal["understand"] = "understand"
    topic: str
    partition: Annotated[int, Field(ge=0)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    desk: int = 0
    quarantined: int = 0
    dead: int = 0
    ignored: int = 0
    discarded: int = 0
    absent: int = 0
    ignored_offsets: tuple[tuple[int, int], ...] = ()
    devices: tuple[DeviceMinute, ...] = ()
    committed_at: Time


class DeviceMinute(Message):
    """The ignored readings of one device in one minute of event time."""

    device_id: str
    minute: Time
    count: int
    lowest: float
    highest: float
    mean: float


LedgerEntry.model_rebuild()
