"""What an assessor is asked about."""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """What the first assessment of an event asks for."""

    category: str
    kind: str
    lane: str
    text: str = ""
    sensor: str | None = None
    state: str | None = None
    value: float | None = None
    layers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
