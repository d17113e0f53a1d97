"""What arrives: a citizen's report, a device's alarm, a device's reading.

Three times are kept apart: ``occurred_at`` (event time), ``submitted_at`` (the phone may have been
offline for hours) and ``received_at``, which the engine stamps and no producer can set.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from messages.model import (
    Code,
    Finite,
    Id,
    Message,
    SchemaVersion,
    ShortText,
    Text,
    Time,
)
from messages.place import Position

AlarmState: TypeAlias = Literal["alarm", "pre_alarm", "fault", "tamper", "offline", "cleared"]
ReadingQuality: TypeAlias = Literal["good", "suspect", "bad"]
ExtensionKey: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ExtensionValue: TypeAlias = Annotated[str, StringConstraints(max_length=1024)]
Extensions: TypeAlias = Annotated[dict[ExtensionKey, ExtensionValue], Field(max_length=32)]


class Media(Message):
    """A picture or film, by link. ``phash`` is a 64-bit perceptual hash in hexadecimal."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=r"^https?://")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    phash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] | None = None


class Event(Message):
    """What a report, an alarm and a reading have in common.

    ``source`` names the producer as the pack's ``sources/`` do. ``extensions`` carries what a
    vendor adds and Wangge does not read; any other unknown field is refused, because a misspelt
    field that is dropped in silence is lost.
    """

    schema_version: SchemaVersion
    event_id: Id
    source: Code
    occurred_at: Time
    submitted_at: Time | None = None
    position: Position | None = None
    address: ShortText | None = None
    extensions: Extensions | None = None


class Report(Event):
    """A citizen's submission (随手拍), or a case from an urgent feed (110, 119, 120, hotline)."""

    kind: Literal["report"] = "report"
    text: Text = ""
    category_hint: Code | None = None
    media: Annotated[tuple[Media, ...], Field(max_length=20)] = ()
    reporter_ref: Id | None = None


class Alarm(Event):
    """A device says so. ``sensor`` is the device's kind in the pack's taxonomy (``smoke``)."""

    kind: Literal["alarm"] = "alarm"
    device_id: Id
    sensor: Code
    state: AlarmState
    value: Finite | None = None
    unit: Annotated[str, StringConstraints(max_length=16)] | None = None
    text: Text = ""


class Reading(Event):
    """A measurement, in ``unit``. Within its thresholds it ends as *ignored*."""

    kind: Literal["reading"] = "reading"
    device_id: Id
    sensor: Code
    value: Finite
    unit: Annotated[str, StringConstraints(max_length=16)] | None = None
    quality: ReadingQuality = "good"


AnyEvent: TypeAlias = Report | Alarm | Reading
"""``kind`` may be left out, as the lane tells it; the required fields tell the three apart."""
