"""The residents' groups of one street that an alert is for: drafts until the grid worker confirms.

State of the shard, kind ``residents``, key ``<alert> <street code>``; its ``due`` is a timer. How
often a street's groups were told of late is kind ``noticed``, key the street's code. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import orjson

KIND: Final = "residents"
NOTICED: Final = "noticed"
_DAY_S: Final = 86_400.0


def record_key(alert_id: str, street: str) -> str:
    """The key of an alert's residents in a street."""
    return f"{alert_id} {street}"


@dataclass(slots=True)
class Residents:
    """``waiting``: codes of the grids that nobody has confirmed. ``confirmed``: grid → when (epoch
    s). ``confirm_by``: when the district hears of those that wait; None once it has. ``until``:
    when it does not matter any more. ``notice``: what the residents are told."""

    alert_id: str
    street: str
    district: str | None
    waiting: list[str]
    confirm_by: float | None
    until: float
    notice: tuple[str, str]
    confirmed: dict[str, float] = field(default_factory=dict)

    @property
    def due(self) -> float:
        """When to look at it again by itself, epoch s."""
        if self.confirm_by is None or not self.waiting:
            return self.until
        return min(self.confirm_by, self.until)

    def confirm(self, grid: str, now: float) -> None:
        """The grid's residents have been told."""
        self.waiting.remove(grid)
        self.confirmed[grid] = now

    def to_json(self) -> bytes:
        """The record."""
        return orjson.dumps(
            {
                "v": 1,
                "alert": self.alert_id,
                "street": self.street,
                "district": self.district,
                "waiting": self.waiting,
                "confirmed": self.confirmed,
                "confirm_by": self.confirm_by,
                "until": self.until,
                "notice": self.notice,
                "due": self.due,
            }
        )

    @classmethod
    def from_json(cls, record: bytes) -> Residents:
        """As it was written."""
        found = orjson.loads(record)
        return cls(
            found["alert"],
            found["street"],
            found["district"],
            found["waiting"],
            found["confirm_by"],
            found["until"],
            (found["notice"][0], found["notice"][1]),
            found["confirmed"],
        )


def noticed(record: bytes | None, now: float) -> list[float]:
    """When a street's groups were told within the last day, epoch s."""
    if record is None:
        return []
    return [at for at in orjson.loads(record)["at"] if now - at < _DAY_S]


def noticing(times: Iterable[float]) -> tuple[bytes, float]:
    """The record of these times, and until when it is of interest."""
    at = list(times)
    due = max(at) + _DAY_S
    return orjson.dumps({"v": 1, "at": at, "due": due}), due
