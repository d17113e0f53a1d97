"""Stage B: whose an event is, by the shard's one owner, with memory. It is pure: state comes in."""

from __future__ import annotations

from dataclasses import replace

from incidents.state import State
from streams.desk.decided import Decisions, DeskBatch
from streams.desk.unit_of_work import UnitOfWork

__all__ = ["Decisions", "DeskBatch", "judge"]

EXPIRED_PER_WRITE = 2
"""Old records removed per record written: windows empty faster than they fill, without a burst."""


def judge(state: State, understood: DeskBatch, now: float) -> Decisions:
    """Decide every record of the batch, in order, against the shard's state.

    ``now``: the shard's clock before the batch, epoch seconds; each record moves it on to its
    ``received_at`` and never back, and what has fallen due by then is done first. Records before
    the state's cursor were decided by an earlier unit of work and are passed over. The state itself
    is not changed: apply ``writes``.
    """
    before = state.version
    unit = UnitOfWork(state, understood, max(now, before.now))
    for body, offset in zip(understood.bodies, understood.offsets, strict=True):
        if offset < before.cursor:
            continue
        unit.take(body, offset)
    unit.expire(EXPIRED_PER_WRITE * len(unit.overlay.writes))
    result = unit.result
    result.base = before.number
    result.writes = unit.overlay.writes
    result.version = replace(
        before,
        number=before.number + 1,
        cursor=max(before.cursor, understood.end),
        now=unit.now,
        opened=unit.opened,
        routed=before.routed + unit.count("routed"),
        merged=before.merged + unit.count("merged"),
        quarantined=before.quarantined + len(result.quarantined),
        dead=before.dead + len(result.dead),
        ignored=before.ignored + unit.count("ignored"),
        applied=before.applied + unit.count("applied"),
        refused=before.refused + unit.count("refused"),
        fired=before.fired + result.fired,
    )
    return result
