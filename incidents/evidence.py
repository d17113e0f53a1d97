"""Who else speaks of the same: reports and sensors of one category in one cell, within its window.

Counted before an incident is opened or joined, so that two kinds of witness raise a case that one
alone would not. Pure; the record is state of the shard.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import orjson

KIND: Final = "near"
REMEMBERED: Final = 32
"""Times kept of each kind of witness: more change no rule."""


class Evidence(NamedTuple):
    """Arrival times (epoch s), ascending, of reports and of sensors' events. ``due``: when the last
    of them leaves the window."""

    reports: tuple[float, ...] = ()
    sensors: tuple[float, ...] = ()
    due: float = 0.0

    def with_one(self, *, sensor: bool, now: float, window_s: float) -> Evidence:
        """With one more witness, and without those who have left the window."""
        reports, sensors = (
            [at for at in times if at + window_s > now] for times in (self.reports, self.sensors)
        )
        (sensors if sensor else reports).append(now)
        return Evidence(tuple(reports[-REMEMBERED:]), tuple(sensors[-REMEMBERED:]), now + window_s)

    @property
    def corroborated(self) -> bool:
        """Whether citizens and sensors both speak of it."""
        return bool(self.reports and self.sensors)

    def to_json(self) -> bytes:
        return orjson.dumps({"v": 1, **self._asdict()})

    @classmethod
    def from_json(cls, body: bytes | None) -> Evidence:
        if body is None:
            return cls()
        found = orjson.loads(body)
        return cls(tuple(found["reports"]), tuple(found["sensors"]), found["due"])


def record_key(category: str, cell: str) -> str:
    """The key of a category's record in a cell; neither code holds a space."""
    return f"{category} {cell}"
