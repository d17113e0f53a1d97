"""What a device has said before: whether it speaks of something new, still the same, or its end.

A device has two records: what it watches (``danger``: normal, pre-alarm, alarm) and itself
(``upkeep``: fault, tamper, offline). Pure; the record is state of the shard.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import orjson

from rules.sensors import UPKEEP_STATES

KIND: Final = "device"
_RANK: Final = {"normal": 0, "cleared": 0, "pre_alarm": 1, "alarm": 2}

Group: TypeAlias = Literal["danger", "upkeep"]
Change: TypeAlias = Literal["new", "same", "eased", "cleared", "nothing"]
"""``new``: a case of its own, graver than what was. ``nothing``: an end of what never began."""


class Known(NamedTuple):
    """A device's record: its state so far, since when (epoch s), and the incident it opened."""

    state: str
    since: float
    incident: str

    def to_json(self) -> bytes:
        return orjson.dumps({"v": 1, **self._asdict()})

    @classmethod
    def from_json(cls, body: bytes | None) -> Known | None:
        if body is None:
            return None
        found = orjson.loads(body)
        return cls(found["state"], found["since"], found["incident"])


def group_of(state: str) -> Group:
    """Which of the device's two records a state belongs to."""
    return "upkeep" if state in UPKEEP_STATES else "danger"


def record_key(source: str, device_id: str, group: Group) -> str:
    """The key of a device's record; a source holds no space."""
    return f"{source} {device_id} {group}"


def change(before: Known | None, state: str) -> Change:
    """What ``state`` means after what was known. Of one group's record."""
    over = _RANK.get(state, 1) == 0
    if before is None:
        return "nothing" if over else "new"
    if over:
        return "cleared"
    if state in UPKEEP_STATES:
        return "same" if state == before.state else "new"
    now, then = _RANK[state], _RANK[before.state]
    return "new" if now > then else "eased" if now < then else "same"
