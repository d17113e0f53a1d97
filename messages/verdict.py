"""What an officer decides on what lies in quarantine: release it, or throw it out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from messages.decision import Origin
from messages.event import Alarm, Reading, Report
from messages.model import Id, Message, SchemaVersion, ShortText, Time
from messages.topics import Lane

QuarantinedEvent = Annotated[Report | Alarm | Reading, Field(discriminator="kind")]


class Verdict(Message):
    """Posted to ``{ns}.in.verdicts``: the topic, with its write ACL, is the office.

    ``of``: where the event stood when it was put aside. A release carries the event and its lane;
    it is judged anew, and no filter of the screen holds it back again.
    """

    schema_version: SchemaVersion
    verdict_id: Id
    verdict: Literal["release", "discard"]
    of: Origin
    event_id: Id
    author: Id
    reason: Annotated[ShortText, StringConstraints(min_length=1)]
    decided_at: Time
    lane: Lane | None = None
    event: QuarantinedEvent | None = None

    @model_validator(mode="after")
    def _carries_its_event(self) -> Verdict:
        if self.verdict == "release" and (self.event is None or self.lane is None):
            raise ValueError("a release carries the event and its lane")
        return self
