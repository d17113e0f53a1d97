"""Far more reports and readings than a worker can take: what is urgent goes by, the rest waits."""

from __future__ import annotations

import time

import pytest
from crew import until
from site_at_work import Site
from test_faults import SEED

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
FLOOD = 120_000
"""Events of a day, most of them reports and readings."""
P99_S = 2.0
MEMORY_MB = 640.0


@pytest.fixture
def site(own_kafka, kafka_namespace, town, tmp_path):
    express = ("alarms", "urgent")
    found = Site(own_kafka, town, tmp_path, kafka_namespace, seed=SEED, rate=20.0, lanes=express)
    yield found
    found.end()


def test_alarms_are_in_their_queues_within_two_seconds_while_reports_wait(site):
    flood = site.another_feeder(
        rate=1e9, seed=SEED + 1, lanes=("reports", "readings"), at_most=FLOOD
    )
    began = time.monotonic()
    flood.start()
    assert until(lambda: flood.done, 120)
    rate = flood.stop() / (time.monotonic() - began)
    waiting = site.behind()

    site.begin("one")
    began, before = time.monotonic(), len(site.witness.first_said)
    assert until(lambda: site.behind() < waiting // 10, 240)
    over = time.monotonic()
    capacity = (len(site.witness.first_said) - before) / (over - began)
    site.feeder.stop()
    posted = site.feeder.posted | flood.posted
    assert until(lambda: site.witness.knows(posted), 60)

    took = sorted(
        site.witness.first_said[place] - given.at
        for place, given in site.feeder.posted.items()
        if began <= given.at <= over
    )
    p99 = took[int(0.99 * len(took))]
    print(  # noqa: T201 - the figures, with ``pytest -s``
        f"\n{len(flood.posted):,} reports and readings posted at {rate:,.0f} a second, "
        f"{rate / capacity:.1f} times what was decided, {capacity:,.0f}; {waiting:,} wait\n"
        f"meanwhile {len(took):,} alarms and urgent events: half within {took[len(took) // 2]:.2f} "
        f"s, 99 of 100 within {p99:.2f} s, all within {took[-1]:.2f} s\n"
        f"the worker's peak: {site.crew.peak_memory_mb():.0f} MB"
    )
    found = site.witness.reckon(posted, [])
    assert (found.lost, found.duplicated, found.out_of_order) == ([], 0, [])
    assert len(took) > 200
    assert p99 < P99_S
    assert site.crew.peak_memory_mb() < MEMORY_MB
