"""How many cases are open on a worker's shards, by level and by the stage of their escalation.

Counted from what is said of each case when it changes, so that a million open ones cost nothing
between their changes. What a shard held when it was taken over is read bit by bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple, get_args

from incidents.case import KIND, OPEN, Case
from incidents.state import MemoryState
from messages.model import Body
from messages.unit import Unit, UnitKind
from streams import metrics


class Standing(NamedTuple):
    """``level``: the kind of unit that owns it. ``stage``: of its escalation, empty before the
    first."""

    level: str
    stage: str


@cache  # some thousand of them, for a million cases
def _standing(unit: str, stage: str | None) -> Standing:
    return Standing(Unit.parse(unit).kind, stage or "")


class OpenCases:
    """Of the shards between :meth:`take` and :meth:`leave`."""

    def __init__(self) -> None:
        self._open: dict[int, dict[str, Standing]] = {}
        self._unread: dict[int, tuple[MemoryState, Iterator[str]]] = {}
        self._shown: set[str] = set()

    def take(self, shard: int, state: MemoryState) -> None:
        """From now on this shard counts; what it holds is read by :meth:`read_on`."""
        self._open[shard] = {}
        keys = [record.key for record in state.records() if record.kind == KIND]
        self._unread[shard] = state, iter(keys)

    def leave(self, shard: int) -> None:
        """It is another worker's now."""
        self._open.pop(shard, None)
        self._unread.pop(shard, None)

    def changed(self, shard: int, incidents: Iterable[Body]) -> None:
        """``incidents``: bodies of :class:`Incident`, in the order in which they were said."""
        found = self._open.get(shard)
        if found is None:
            return
        for body in incidents:
            if body["status"] in OPEN:
                found[body["incident_id"]] = _standing(body["unit"], body.get("stage"))
            else:
                found.pop(body["incident_id"], None)

    def read_on(self, limit: int) -> bool:
        """Read so many more of what was there at a take-over; False once all is read."""
        for shard, (state, keys) in list(self._unread.items()):
            found = self._open.get(shard)
            if found is None:  # left meanwhile, on the consumer's thread
                continue
            for key in keys:
                record = state.get(KIND, key)  # as it is now: it may have changed since
                if record is not None:
                    case = Case.from_json(record)
                    if case.status in OPEN:
                        found[key] = _standing(case.unit, case.stage)
                limit -= 1
                if limit <= 0:
                    return True
            self._unread.pop(shard, None)
        return False

    def by_level(self) -> Counter[str]:
        """Open cases by the kind of their owner."""
        return Counter(one.level for cases in self._all() for one in cases)

    def by_stage(self) -> Counter[str]:
        """Open cases whose escalation has begun, by its stage."""
        return Counter(one.stage for cases in self._all() for one in cases if one.stage)

    def show(self) -> None:
        """Among the metrics; a stage that no case is in any more is shown as 0."""
        by_level, by_stage = self.by_level(), self.by_stage()
        for level in get_args(UnitKind):
            metrics.OPEN.labels(level).set(by_level[level])
        self._shown |= by_stage.keys()
        for stage in self._shown:
            metrics.OVERDUE.labels(stage).set(by_stage[stage])

    def _all(self) -> list[list[Standing]]:
        return [list(cases.values()) for cases in list(self._open.values())]
