"""One shard's desk at hand, for tests: a log that is judged record by record, and its readers."""

from __future__ import annotations

from dataclasses import replace

import orjson
from event_bodies import NOW, report, wire

from incidents.state import TIMED, WINDOWED, MemoryState
from streams.control.in_force import InForce
from streams.desk.judge import DeskBatch, judge
from streams.desk.work import tick_output
from streams.pipeline import one_batch, understand
from streams.restore import put_together, state_outputs
from streams.understanding.acted import acted


def as_read(body):
    """A body as the judge reads it from the desk's topic."""
    return orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))


class Desk:
    """``log``: what lay on the desk so far. ``kept``: what lies on the state topic."""

    ns = "wangge"

    def __init__(self, city, now=NOW):
        self.city, self.force, self.now = city, InForce.of(city), now
        self.state, self.owner = MemoryState(), "first"
        self.log, self.kept, self.published = [], [], []

    # What arrives ----------------------------------------------------------------------------

    def report(self, text, position, **fields):
        n = len(self.log)
        event_id = fields.pop("event_id", f"r-{n}")
        body = report(event_id, text=text, position=position, at=self.now, **fields)
        records = one_batch("wangge.in.reports", wire(body), self.now, n)
        return self.judge(
            *(as_read(one) for one in understand("reports", records, self.force).desk)
        )

    def act(self, unit, incident_id, action, **fields):
        n = len(self.log)
        body = {
            "schema_version": 1,
            "action_id": f"a-{n}",
            "incident_id": incident_id,
            "action": action,
            "actor": "officer-1",
            "occurred_at": "2026-11-23T12:00:00Z",
            **fields,
        }
        topic = f"wangge.in.actions.{unit.replace(':', '.')}"
        records = one_batch(topic, wire(body), self.now, n)
        return self.judge(as_read(acted(records, 0, self.city)))

    def tick(self, later=0.0):
        self.now += later
        return self.judge(orjson.loads(tick_output("wangge.desk", 0, self.now).value))

    def judge(self, *bodies):
        unit = self.judge_on(self.state, bodies, len(self.log))
        unit.version = unit.version.signed(self.owner)
        timed = {write.kind for write in unit.writes if write.due is not None}
        assert timed <= TIMED | WINDOWED, "nobody looks at them when they are due"
        self.log += bodies
        self.published.append(unit)
        for out in state_outputs("wangge.state", 0, unit.version, unit.writes, self.owner):
            self.kept.append((out.key, out.value, dict(out.headers)["unit"]))
        self.state.apply(unit.base, unit.version, unit.writes)
        return unit

    def judge_on(self, state, bodies, first):
        end = first + len(bodies)
        batch = DeskBatch(self.force, 0, list(bodies), range(first, end), end, self.ns)
        return judge(state, batch, 0.0)

    # What may happen to it -------------------------------------------------------------------

    def restart(self, owner):
        """Another owner takes the shard over, from what lies on the state topic."""
        self.owner = owner
        self.state = put_together(self.kept)

    def again(self, sizes):
        """The whole log judged anew, in batches of these sizes: state and units of work."""
        state, units, first = MemoryState(), [], 0
        while first < len(self.log):
            size = sizes[len(units) % len(sizes)]
            unit = self.judge_on(state, self.log[first : first + size], first)
            state.apply(unit.base, unit.version, unit.writes)
            units.append(unit)
            first += size
        return state, units


def records(state, now=None):
    """All records of a state; with ``now`` without those whose window has ended, which are removed
    some time later."""
    return {
        (one.kind, one.key): (one.value, one.due)
        for one in state.records()
        if now is None or one.kind in TIMED or one.due is None or one.due > now
    }


def unsigned(version):
    """What a version says of the log alone."""
    return replace(version, number=0, owners=())


def said(units, name):
    """Bodies of one kind as bytes, in the order in which they were published."""
    return [orjson.dumps(body) for unit in units for body in getattr(unit, name)]
