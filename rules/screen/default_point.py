"""``default_point``: one exact position that too many of a source's events carry."""

from __future__ import annotations

from typing import Any, Final, Protocol

import orjson

from rules.screen.facts import DeskFacts
from rules.screen.memory import Noted

COUNTERS: Final = 20
"""As many as are read and written within 5 µs."""
PER_DEGREE: Final = 100_000
"""Positions are told apart to 1e-5°, a metre. People at one busy place are further apart than that;
a geocoder that gives up writes the same digits every time."""


class Given(Protocol):
    """Which share, of how many events at least, within which time."""

    @property
    def share(self) -> float: ...
    @property
    def at_least(self) -> int: ...
    @property
    def window_hours(self) -> float: ...


class DefaultPoint:
    """Heavy hitters by 20 counters (J. Misra, D. Gries, "Finding repeated elements", 1982), each
    with the exact number of events since its position was taken in. With every half of the window
    all counts are halved; after a half without an event they start from nothing.

    A position is found only when its share is ``share`` or more. It is found for certain when its
    share is greater than that by 1/21 and two events; in a steady stream, soon after it is reached.
    """

    __slots__ = ("_at_least", "_half_s", "_share")

    def __init__(self, given: Given) -> None:
        self._share = given.share
        self._at_least = given.at_least
        self._half_s = given.window_hours * 1800

    def key(self, facts: DeskFacts) -> str | None:
        """The source of an event that has a position."""
        return facts.source if facts.lon is not None and facts.lat is not None else None

    def note(self, state: bytes | None, facts: DeskFacts, now: float) -> Noted:
        """See :class:`rules.screen.memory.Memory`."""
        lon, lat = facts.lon or 0.0, facts.lat or 0.0
        point = _point(lon, lat)
        half = now // self._half_s
        due = (half + 2) * self._half_s
        body = orjson.loads(state) if state is not None else None
        if body is None or body["due"] <= now:
            body = {"v": 1, "due": due, "events": 0, "points": [], "held": [], "seen": []}
        elif body["due"] < due:
            _age(body)
        body["due"] = due
        body["events"] = events = body["events"] + 1
        seen = _count(body, point)
        text = None
        if events >= self._at_least and seen >= self._share * events:
            text = f"{lon:.5f}, {lat:.5f} is where {seen} of {events} events of {facts.source} are"
        return text, orjson.dumps(body), due


def _point(lon: float, lat: float) -> int:
    """Both degrees in one number, which JSON carries exactly and reads three times as fast."""
    east, north = round((lon + 180) * PER_DEGREE), round((lat + 90) * PER_DEGREE)
    return east * 100_000_000 + north


def _count(body: dict[str, list[int]], point: int) -> int:
    """One more event at a position; how many it has had since it was taken in."""
    points, held, seen = body["points"], body["held"], body["seen"]
    if point in points:
        at = points.index(point)
        held[at] += 1
        seen[at] += 1
        return seen[at]
    if len(points) < COUNTERS:
        points.append(point)
        held.append(1)
        seen.append(1)
        return 1
    # All are taken: each pays for this one, and those that cannot are dropped.
    kept = [i for i, count in enumerate(held) if count > 1]
    body["points"] = [points[i] for i in kept]
    body["held"] = [held[i] - 1 for i in kept]
    body["seen"] = [seen[i] for i in kept]
    return 0


def _age(body: dict[str, Any]) -> None:
    # Rounded so that a share never grows, and nothing that is held is dropped.
    body["events"] = (body["events"] + 1) // 2
    body["held"] = [(count + 1) // 2 for count in body["held"]]
    body["seen"] = [count // 2 for count in body["seen"]]
