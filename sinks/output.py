"""One record on its way to Kafka."""

from __future__ import annotations

from typing import NamedTuple

from messages.cloudevents import Headers


class Output(NamedTuple):
    """A record to be produced. ``partition`` -1 leaves the choice to the key's hash."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers | None = None
    partition: int = -1
