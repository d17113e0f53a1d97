"""What goes into a unit of work of stage B, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from incidents.state import Version, Write
from messages.model import Body
from streams.control.in_force import InForce


@dataclass(frozen=True, slots=True)
class DeskBatch:
    """What lies on one shard's desk, in offset order, as decoded: understood events, units'
    actions, ticks of the clock.

    ``force``: where the city of each event's pack is found. ``offsets`` are the desk's. ``end`` is
    the desk offset after the last record read, which is past the last of ``offsets`` where
    transaction markers stand. ``ns``: the namespace of the topics, by which a drill's warnings are
    known.
    """

    force: InForce
    shard: int
    bodies: Sequence[Body]
    offsets: Sequence[int]
    end: int
    ns: str = "wangge"


@dataclass(slots=True)
class Decisions:
    """What one unit of work says and changes. Bodies obey the models named.

    ``decisions``: Decision. ``entries``: QueueEntry, its ``unit`` names the queue. ``incidents``:
    Incident. ``actions``: ActionOutcome; ``refusals``: Refusal, its ``unit`` names the queue; of
    warnings they are WarningOutcome and WarningRefusal. ``warnings``: Alert. ``notices``:
    WarningNotice. ``quarantined``, ``dead``: Quarantined, DeadLetter. ``hot``: devices whose
    clearing matters from now on (True) or no more. ``fired``: timers. ``stuck``: cases and warnings
    on which one raised, and what. ``writes`` take the state of ``shard`` from ``base`` to
    ``version``.
    """

    base: int
    version: Version
    shard: int = 0
    decisions: list[Body] = field(default_factory=list)
    entries: list[Body] = field(default_factory=list)
    incidents: list[Body] = field(default_factory=list)
    actions: list[Body] = field(default_factory=list)
    refusals: list[Body] = field(default_factory=list)
    warnings: list[Body] = field(default_factory=list)
    notices: list[Body] = field(default_factory=list)
    quarantined: list[Body] = field(default_factory=list)
    dead: list[Body] = field(default_factory=list)
    hot: dict[str, bool] = field(default_factory=dict)
    fired: int = 0
    stuck: list[tuple[str, str]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def kept(self) -> tuple[tuple[int, ...], dict[str, bool], int]:
        """How much was said so far; see :meth:`cut`."""
        return tuple(map(len, _LISTS(self))), {**self.hot}, self.fired

    def cut(self, kept: tuple[tuple[int, ...], dict[str, bool], int]) -> None:
        """Take back what was said since."""
        lengths, hot, self.fired = kept
        for said, length in zip(_LISTS(self), lengths, strict=True):
            del said[length:]
        self.hot.clear()  # it is the desk's memory that writes into it
        self.hot.update(hot)


_LISTS: Final = attrgetter(
    *("decisions", "entries", "incidents", "actions", "refusals", "quarantined", "dead"),
    *("warnings", "notices", "stuck"),
)
