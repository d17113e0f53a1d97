"""Posting a recording again: the same order, gaps divided by a speed, times moved to now."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.errors import SettingsError
from messages.event import Event
from messages.model import Body
from messages.topics import Topics
from sinks.output import Output
from streams.posting.feed import Fed, record


@dataclass(frozen=True, slots=True)
class Shift:
    """Maps the recording's time onto the replay's: ``first`` becomes ``start``.

    At ``speed`` 10 an hour of the recording takes six minutes; at infinity everything happens at
    ``start``.
    """

    first: datetime
    start: datetime
    speed: float

    def __call__(self, moment: datetime) -> datetime:
        """The same moment in the replay."""
        return self.start + timedelta(seconds=(moment - self.first).total_seconds() / self.speed)

    def body(self, fed: Fed) -> Body:
        """The event's body with its times moved."""
        moved = {**fed.body, "occurred_at": self(fed.event.occurred_at).isoformat()}
        if fed.event.submitted_at is not None:
            moved["submitted_at"] = self(fed.event.submitted_at).isoformat()
        return moved


@dataclass(frozen=True, slots=True)
class Due:
    """A record and how many seconds after the replay's start it is to be posted."""

    after_s: float
    output: Output


def parse_speed(text: str) -> float:
    """``10x``, ``0.5x``, ``60`` or ``max`` (infinity). Raises ``settings.speed``."""
    if text == "max":
        return math.inf
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not (0 < speed < math.inf):
        raise SettingsError("speed", f"{text!r} is not a speed", mend="write 10x, 0.5x or max")
    return speed


def reported_at(event: Event) -> datetime:
    """When the event set out: ``submitted_at``, else ``occurred_at``."""
    return event.submitted_at or event.occurred_at


def schedule(
    events: Iterable[Fed], topics: Topics, *, start: datetime, speed: float, shift: bool
) -> Iterator[Due]:
    """Every event in its order with its due time. An event never overtakes the one before it."""
    mapping: Shift | None = None
    latest = 0.0
    for fed in events:
        moment = reported_at(fed.event)
        if mapping is None:
            mapping = Shift(moment, start, speed)
        latest = max(latest, (mapping(moment) - start).total_seconds())
        yield Due(latest, record(topics, fed.lane, mapping.body(fed) if shift else fed.body))


def paced(
    dues: Iterable[Due], *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[Output]:
    """Each record when it is due. ``clock``: seconds, monotonic."""
    began = clock()
    for due in dues:
        while (wait := began + due.after_s - clock()) > 0:
            sleep(wait)
        yield due.output
