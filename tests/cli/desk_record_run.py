"""A run with a case that a route had sent wrong, as the recorder writes one, for tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import orjson

from messages.action_outcome import ActionOutcome
from messages.decision import Decision
from messages.incident import Incident, QueueEntry
from messages.unit import Unit
from sinks.run_folder import Run, RunFolder

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""12:00 in Shanghai, a Monday."""
ROADS, WATER, DISTRICT = "dept:roads", "dept:water", "district:320106"
PLACE = {"method": "inside", "city": "320100", "district": "320106", "street": "320106001"}


def text(minutes):
    return (NOON + timedelta(minutes=minutes)).isoformat()


def at(minutes):
    return NOON.timestamp() + minutes * 60


def _checked(model, body):
    """The body as the desk writes it: what has no value stands in it as null."""
    model.from_json(written := orjson.dumps(body))
    return json.loads(written)


def case(name, minutes=0, **more):
    body = {
        "incident_id": name,
        "seq": 1,
        "status": "dispatched",
        "opened_at": text(minutes),
        "changed_at": text(minutes),
        "category": "0403",
        "priority": "P3",
        "place": PLACE,
        "unit": ROADS,
        "events": [f"e-{name}"],
        "pack": "nanjing@1",
        "escalation": "everyday",
        "clocks": {name: {"start": at(minutes), "end": None} for name in ("accept", "dispose")},
        "timeline": [{"seq": 1, "at": at(minutes), "change": "opened"}],
    }
    return _checked(Incident, body | more)


def decision(name, minutes=0, **more):
    body = {
        "event_id": f"e-{name}",
        "kind": "report",
        "source": "suishoupai",
        "origin": {"topic": "wangge.in.reports", "partition": 0, "offset": 0},
        "outcome": "routed",
        "occurred_at": text(minutes),
        "received_at": text(minutes),
        "decided_at": text(minutes),
        "place": PLACE,
        "route": "roads",
        "unit": ROADS,
        "incident_id": name,
        "pack": "p",
        "boundaries": "b",
    }
    return _checked(Decision, body | more)


def action(name, seq, what, unit, minutes, **more):
    body = {
        "kind": "action",
        "action_id": f"a-{name}-{seq}",
        "incident_id": name,
        "action": what,
        "unit": unit,
        "actor": "a",
        "origin": {"topic": "t", "partition": 0, "offset": seq},
        "outcome": "applied",
        "code": "action.applied",
        "text": "",
        "seq": seq,
        "received_at": text(minutes),
        "decided_at": text(minutes),
        "pack": "p",
    }
    return _checked(ActionOutcome, body | more)


def entry(name, words, unit=ROADS):
    body = {
        "entry_id": f"{name}:1",
        "incident_id": name,
        "seq": 1,
        "unit": unit,
        "role": "owner",
        "status": "dispatched",
        "category": "0403",
        "priority": "P3",
        "place": PLACE,
        "reason": "r",
        "text": words,
        "event_id": f"e-{name}",
        "opened_at": text(0),
    }
    return _checked(QueueEntry, body)


def returned(name, words="水管爆了", code="not-ours", **first):
    """(decisions, states, entries) of a case that roads returned and that went to water."""
    decisions = [
        decision(name, **first),
        action(name, 2, "return", ROADS, 20, reason_code=code),
        action(name, 3, "assign", DISTRICT, 30),
    ]
    states = [
        case(name),
        case(name, seq=2, status="returned", unit=DISTRICT, changed_at=text(20)),
        case(name, seq=3, unit=WATER, changed_at=text(30)),
    ]
    return decisions, states, [entry(name, words)]


def write_run(folder, decisions=(), states=(), entries=(), quarantined=()):
    """The folder of a run that ended an hour after noon."""
    run = RunFolder.create(folder)
    ended = NOON + timedelta(hours=1)
    run.write_run(Run(namespace="wangge", pack="p", started_at=NOON, ended_at=ended))
    files = [("decisions", decisions), ("incidents", states), ("quarantine", quarantined)]
    for name, bodies in files:
        run.stream(name).write_bytes(b"".join(orjson.dumps(body) + b"\n" for body in bodies))
    for one in entries:
        with run.queue(Unit.parse(one["unit"])).open("ab") as queue:
            queue.write(orjson.dumps(one) + b"\n")
    return folder
