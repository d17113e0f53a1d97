"""What a shard knows of one danger in one area: the cases it counts, and the warning they made.

State of the shard, kind ``warning``, key ``<rule>.<area code>``; its ``due`` is a timer. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, cast

import orjson

from incidents.warnings.course import Course
from incidents.warnings.rule import WarningRule
from messages.warning import Alert

KIND: Final = "warning"
_HOUR_S: Final = 3600.0
_ALERT: Final = re.compile(r"(?:drill\.[^/]+/)?(\d{3})-([a-z0-9_-]+\.[0-9A-Za-z_-]+)-\d+\.\d+")


class Named(NamedTuple):
    """What an alert's id tells: the shard that keeps it, and the key of what is watched."""

    shard: int
    watched: str

    @classmethod
    def by(cls, alert_id: str) -> Named | None:
        """None for a text that is no such id."""
        found = _ALERT.fullmatch(alert_id)
        return cls(int(found[1]), found[2]) if found is not None else None


@dataclass(slots=True)
class Watch:
    """``area``: the unit. ``recent``: when the cases that count have occurred (epoch s) and their
    ids, the oldest first. ``course``: the warning, None while there is none. ``stage``: the rule's
    that its latest alert speaks of; -1: none. ``sent``: when the last hour's alerts were drafted.
    ``withdrawn``: the draft was dropped by an officer. ``reminded``: how often it was said that
    nobody has signed, and ``remind_at`` when next. ``until``: when the warning is over. ``pack``:
    the version that it was last judged by.
    """

    key: str
    area: str
    pack: str
    recent: list[tuple[float, str]] = field(default_factory=list)
    course: Course | None = None
    stage: int = -1
    sent: list[float] = field(default_factory=list)
    withdrawn: bool = False
    reminded: int = 0
    remind_at: float | None = None
    until: float | None = None

    def count(self, at: float, incident_id: str, rule: WarningRule, now: float) -> int:
        """Count one more case, and forget those that are too long ago; how many there are."""
        self.recent.append((min(at, now), incident_id))
        self.forget(rule, now)
        del self.recent[: -rule.stages[-1].cases]
        return len(self.recent)

    def forget(self, rule: WarningRule | None, now: float) -> None:
        """Drop what is too long ago to matter; cases, where the rule is no more."""
        window_s = rule.window_s if rule is not None else 0.0
        self.recent = sorted(one for one in self.recent if now - one[0] < window_s)
        self.sent = [one for one in self.sent if now - one < _HOUR_S]

    def begin(self, course: Course, stage: int, until: float, now: float) -> None:
        """Its latest alert is a draft of now."""
        self.course, self.stage, self.until = course, stage, until
        self.sent.append(now)
        self.withdrawn, self.reminded = False, 0

    def end(self) -> None:
        """Its warning is over: what is counted from now on makes another."""
        self.course, self.stage, self.until, self.remind_at = None, -1, None, None
        self.withdrawn, self.reminded, self.recent = False, 0, []

    @property
    def unsigned(self) -> bool:
        """Its latest alert waits for a signature."""
        return self.course is not None and not self.course.latest.signed and not self.withdrawn

    def due(self, rule: WarningRule | None) -> float | None:
        """When to look at it again by itself, epoch s; None when nothing of it matters any more."""
        times = [one for one in (self.remind_at if self.unsigned else None, self.until) if one]
        if not times and self.recent and rule is not None:
            times.append(self.recent[-1][0] + rule.window_s)
        if not times and self.sent:
            times.append(self.sent[-1] + _HOUR_S)
        return min(times, default=None)

    def to_json(self, due: float | None) -> bytes:
        """The record."""
        course = self.course
        return orjson.dumps(
            {
                "v": 1,
                "area": self.area,
                "pack": self.pack,
                "recent": self.recent,
                "latest": _plain(course.latest) if course is not None else None,
                "standing": _plain(course.standing) if course is not None else None,
                "stage": self.stage,
                "sent": self.sent,
                "withdrawn": self.withdrawn,
                "reminded": self.reminded,
                "remind_at": self.remind_at,
                "until": self.until,
                "due": due,
            }
        )

    @classmethod
    def from_json(cls, key: str, record: bytes) -> Watch:
        """Raises :class:`pydantic.ValidationError` for an alert that is none."""
        found = orjson.loads(record)
        latest, standing = _alert(found["latest"]), _alert(found["standing"])
        return cls(
            key,
            found["area"],
            found["pack"],
            [(one[0], one[1]) for one in found["recent"]],
            Course(latest, standing) if latest is not None else None,
            found["stage"],
            found["sent"],
            found["withdrawn"],
            found["reminded"],
            found["remind_at"],
            found["until"],
        )


def _plain(alert: Alert | None) -> orjson.Fragment | None:
    return orjson.Fragment(alert.to_json()) if alert is not None else None


def _alert(body: object) -> Alert | None:
    return _read(orjson.dumps(body)) if body is not None else None


@lru_cache(maxsize=1024)  # it is looked at with every case that counts
def _read(record: bytes) -> Alert:
    return cast(Alert, Alert.from_record(record))
