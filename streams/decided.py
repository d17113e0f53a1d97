"""What goes into a unit of work of stage B, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from incidents.state import Version, Write
from messages.model import Body
from streams.control.in_force import InForce


@dataclass(frozen=True, slots=True)
class DeskBatch:
    """Understood events of one shard, in offset order, as decoded from the desk topic.

    ``force``: where the city of each event's pack is found. ``offsets`` are the desk's. ``end`` is
    the desk offset after the last record read, which is past the last of ``offsets`` where
    transaction markers stand.
    """

    force: InForce
    shard: int
    bodies: Sequence[Body]
    offsets: Sequence[int]
    end: int


@dataclass(slots=True)
class Decisions:
    """What one unit of work says and changes. Bodies obey the models named.

    ``decisions``: Decision. ``entries``: QueueEntry, its ``unit`` names the queue. ``incidents``:
    Incident. ``quarantined``, ``dead``: Quarantined, DeadLetter. ``hot``: devices whose clearing
    matters from now on (True) or no more. ``writes`` take the state from ``base`` to ``version``.
    """

    base: int
    version: Version
    decisions: list[Body] = field(default_factory=list)
    entries: list[Body] = field(default_factory=list)
    incidents: list[Body] = field(default_factory=list)
    quarantined: list[Body] = field(default_factory=list)
    dead: list[Body] = field(default_factory=list)
    hot: dict[str, bool] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
