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
    site.begin("one")
    flood = site.another_feeder(
        rate=1e9, seed=SEED + 1, lanes=("reports", "readings"), at_most=FLOOD
    )
    began = time.monotonic()
    decided_before = len(site.witness.first_said)
    flood.start()
    most = 0
    while not flood.done:
        most = max(most, site.behind())
        time.sleep(0.5)
    ended = time.monotonic()
    decided = len(site.witness.first_said) - decided_before
    waiting = [given for place, given in list(flood.posted.items())]
    assert until(lambda: site.behind() < 1000, 240)
    over = time.monotonic()
    site.feeder.stop()
    flood.stop()
    assert until(lambda: site.witness.knows(site.feeder.posted | flood.posted), 60)

    took = sorted(
        site.witness.first_said[place] - given.at
        for place, given in site.feeder.posted.items()
        if began <= given.at <= over
    )
    p99 = took[int(0.99 * len(took))]
    rate, capacity = len(waiting) / (ended - began), decided / (ended - began)
    print(  # noqa: T201 - the figures, with ``pytest -s``
        f"\n{len(waiting):,} posted in {ended - began:.0f} s, {rate / capacity:.1f} times what was "
        f"decided meanwhile; {most:,} waited in Kafka at most\n"
        f"{len(took):,} alarms and urgent events: half within {took[len(took) // 2]:.2f} s, "
        f"99 of 100 within {p99:.2f} s, all within {took[-1]:.2f} s\n"
        f"the worker's peak: {site.crew.peak_memory_mb():.0f} MB"
    )
    found = site.witness.reckon(site.feeder.posted | flood.posted, [])
    assert (found.lost, found.duplicated, found.out_of_order) == ([], 0, [])
    assert rate > 3 * capacity, "that was no overload"
    assert p99 < P99_S
    assert site.crew.peak_memory_mb() < MEMORY_MB
