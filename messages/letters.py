"""What is put aside with its reason: quarantined events and dead letters. Nothing is deleted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Base64Bytes, Field

from messages.decision import Origin, Reason
from messages.event import AnyEvent
from messages.model import Code, Message, SchemaVersion, Time
from messages.place import Place
from messages.topics import Lane


class Quarantined(Message):
    """An event that was screened out, whole: an officer can release it into its ``lane``."""

    schema_version: SchemaVersion = 1
    event: AnyEvent
    lane: Lane | None = None
    origin: Origin
    received_at: Time
    place: Place | None = None
    category: Code | None = None
    reasons: tuple[Reason, ...]
    pack: str


class DeadLetter(Message):
    """What could not be decoded or decided. ``body`` is the original, byte for byte, in base64.

    Of an original longer than 1 MiB it is the beginning; ``length`` counts all its bytes, and
    ``sha256`` is there only then.
    """

    schema_version: SchemaVersion = 1
    origin: Origin
    received_at: Time
    code: str
    message: str
    field: str = ""
    body: Base64Bytes
    length: Annotated[int, Field(ge=0)] = 0
    sha256: str | None = None
    key: Base64Bytes | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    pack: str
