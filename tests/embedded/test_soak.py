"""200,000 events through the practice ground: every id accounted for, memory bounded."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import pytest

from cli.city_option import DEFAULT_PACK, cache_folder
from drills.ordinary_day import OrdinaryDay, events
from drills.practice_ground import PracticeGround
from packs.load import load
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.ledger_proof import prove

COUNT = int(os.environ.get("WANGGE_SOAK_EVENTS", "200000"))
MOST_MEMORY_MB = 640


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_one_of_200_000_ids_is_accounted_for_in_under_640_mb(tmp_path, capsys):
    pack = load(DEFAULT_PACK)
    layers, version = load_layers(pack, cache_folder())
    day, start = OrdinaryDay.of(pack), datetime.now(UTC)
    made = events(day, pack, layers[-1], count=COUNT, seed=11, start=start)
    run = RunFolder.create(tmp_path / "run")
    with PracticeGround(pack, layers, version, run, cache=cache_folder()) as ground:
        ground.wait_ready()
        began = datetime.now(UTC)
        for _ in ground.feed(made):
            pass
        ground.settle()
        seconds = (datetime.now(UTC) - began).total_seconds()
        memory_mb = ground.worker.peak_memory_mb()
    found = ground.account()
    proofs = prove(*(run.bodies(run.stream(name)) for name in ("ledger", "decisions", "dead")))
    with capsys.disabled():
        speed = f"{COUNT / seconds:,.0f} events/s, worker's peak memory {memory_mb:.0f} MB"
        sys.stdout.write(f"\n{found}\n{speed}\n")
    assert found.posted == COUNT
    assert found.complete, str(found)
    assert found.repeats == 0
    assert all(proof.balances for proof in proofs)
    assert memory_mb < MOST_MEMORY_MB
