"""What a mode has to tell the people of its area."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints

from messages.model import Code, Id, Message, SchemaVersion, Text, Time
from messages.order import Area

NoticeKind: TypeAlias = Literal["started", "waiting", "ending", "expired", "ended"]
"""``waiting``: an emergency start, for its approval. ``ending``: a warning before the end."""


class Notice(Message):
    """One notice on ``{ns}.notices``. ``notice_id`` is ``<order>/<what>``, a function of what it
    says, so a reader can drop a repeat. ``at``: the moment it speaks of being due, not of sending.
    """

    schema_version: SchemaVersion = 1
    notice_id: Annotated[str, StringConstraints(min_length=1, max_length=192)]
    kind: NoticeKind
    order_id: Id
    scenario: Code
    area: Area
    at: Time
    text: Text
    text_en: Text
