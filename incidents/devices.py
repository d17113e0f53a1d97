"""What a device has said before: whether it speaks of something new, still the same, or its end.

Each sensor of a device has two records: what it watches (``danger``: normal, pre-alarm, alarm) and
itself (``upkeep``: fault, tamper, offline). Pure; the record is state of the shard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

import orjson

from incidents.record import known
from rules.sensors import UPKEEP_STATES

KIND: Final = "device"
CLOCKS_S: Final = 60.0
"""How far a device's clock may be behind itself: an end older than this does not end anything."""

_RANK: Final = {"normal": 0, "cleared": 0, "pre_alarm": 1, "alarm": 2}

Group: TypeAlias = Literal["danger", "upkeep"]
Change: TypeAlias = Literal[
    "new", "again", "same", "risen", "eased", "cleared", "nothing", "late", "outranked"
]
"""``new``: a case of its own, graver than what was. ``again``: likewise, because the case of what
it says has ended, see :func:`begins_again`. ``risen``: back to what has a case already.
``nothing``: an end of what never began. ``late``: an end that occurred before what it would end.
``outranked``: a reading that would end what the device's own alarm has opened."""


class Known(NamedTuple):
    """A device's record. ``opened``: the incident of each state that has one, in their order.

    ``occurred``: when the latest rise was, ``due``: until when the record counts (epoch s). ``by``:
    the kind of event that opened the latest case. ``said``: when it last spoke, by the shard's
    clock.
    """

    state: str
    occurred: float
    due: float
    by: str
    opened: Mapping[str, str]
    said: float = 0.0

    @property
    def incident(self) -> str:
        """The latest of its cases."""
        return list(self.opened.values())[-1]

    def to_json(self) -> bytes:
        return orjson.dumps({"v": 1, **self._asdict()})

    @classmethod
    def from_json(cls, body: bytes | None, now: float) -> Known | None:
        """The record, unless it is none or no longer counts at ``now``."""
        if body is None:
            return None
        found = orjson.loads(body)
        before = cls(**known(found, cls._fields))
        return before if before.due > now else None

    def case_of(self, state: str) -> str:
        """The case that a state belongs to: its own, else the latest."""
        return self.opened.get(state, self.incident)


def group_of(state: str) -> Group:
    """Which of a sensor's two records a state belongs to."""
    return "upkeep" if state in UPKEEP_STATES else "danger"


def record_key(source: str, device_id: str, sensor: str, group: Group) -> str:
    """The key of a record; neither source nor sensor holds a space."""
    return f"{source} {device_id} {sensor} {group}"


def change(before: Known | None, state: str, kind: str, occurred: float) -> Change:
    """What ``state`` means after what was known, of one record. ``kind``: of the event;
    ``occurred``: epoch seconds."""
    over = _RANK.get(state, 1) == 0
    if before is None:
        return "nothing" if over else "new"
    if state == before.state:
        return "same"
    if state in UPKEEP_STATES:
        return "risen" if state in before.opened else "new"
    now, then = _RANK[state], _RANK.get(before.state, 1)
    if now > max(_RANK.get(one, 1) for one in before.opened):
        return "new"
    if now > then:
        return "risen"
    if occurred < before.occurred - CLOCKS_S:
        return "late"
    if kind == "reading" and before.by == "alarm":
        return "outranked"
    return "cleared" if over else "eased"


def begins_again(change: Change, kind: str, quiet_s: float, window_s: float) -> bool:
    """Whether what goes on is a case of its own, where the case that it belongs to has ended.

    A device that sounds its alarm says so to be heard. Readings, which come by themselves, only
    begin again when they rise, or after a silence longer than ``window_s``, within which reports of
    the category speak of the same.
    """
    if change not in ("same", "risen", "eased"):
        return False
    return kind == "alarm" or change == "risen" or quiet_s > window_s
