"""A small finished run, written as the recorder writes one."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from sinks.run_folder import Run, RunFolder

TOPIC = "wangge.in.reports"


@pytest.fixture
def made_run(tmp_path):
    """Two events: one routed, one dead. The ledger balances."""
    run = RunFolder.create(tmp_path / "run")
    origin = {"topic": TOPIC, "partition": 0, "offset": 0}
    decision = {
        "event_id": "e-7",
        "outcome": "routed",
        "origin": origin,
        "unit": "street:320106001",
        "reasons": [{"step": "locate", "code": "inside", "text": "inside a grid"}],
        "route": "street-default",
        "tried": [{"route": "street-default", "matched": True}],
    }
    entry = {
        "topic": TOPIC,
        "partition": 0,
        "start": 0,
        "end": 2,
        "absent": 0,
        "ignored_offsets": [],
    }
    _write(run.stream("decisions"), decision)
    _write(run.stream("dead"), {"origin": origin | {"offset": 1}, "code": "event.undecodable"})
    _write(run.stream("ledger"), entry)
    run.write_run(Run(namespace="wangge", pack="p", started_at=datetime.now(UTC)))
    return run.folder


def _write(path, *bodies):
    path.write_bytes(b"".join(orjson.dumps(body) + b"\n" for body in bodies))
