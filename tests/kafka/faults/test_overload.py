"""Far more reports and readings than a worker can take: what is urgent goes by, the rest waits."""

from __future__ import annotations

import time

import pytest
from crew import until
from site_at_work import Site
from table import FIGURES
from test_faults import SEED

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
FLOOD = 120_000
"""Events of a day, most of them reports and readings."""
BEFORE = 6_000
"""Events that the city has taken by then: a broker's first write to each partition takes longest,
and there are hundreds."""
EXPRESS = ("alarms", "urgent")
P99_S = 2.0
MEMORY_MB = 640.0


@pytest.fixture
def site(own_kafka, kafka_namespace, town, tmp_path):
    found = Site(own_kafka, town, tmp_path, kafka_namespace, seed=SEED, rate=400.0)
    yield found
    found.end()


def has_worked(site):
    """Its worker has done an ordinary hour, and is gone for now."""
    site.begin("one")
    assert until(lambda: len(site.feeder.posted) >= BEFORE, 90)
    site.feeder.stop()
    assert until(lambda: site.witness.knows(site.feeder.posted), 60)
    site.crew.dismiss("one")


def test_alarms_are_in_their_queues_within_two_seconds_while_reports_wait(site):
    has_worked(site)
    flood = site.another_feeder(
        rate=1e9, seed=SEED + 1, lanes=("reports", "readings"), at_most=FLOOD
    )
    began = time.monotonic()
    flood.start()
    assert until(lambda: flood.done, 120)
    rate = flood.stop() / (time.monotonic() - began)
    waiting = site.behind()

    site.crew.start("one")
    began, before = time.monotonic(), len(site.witness.first_said)
    urgent = site.another_feeder(rate=20.0, seed=SEED + 2, lanes=EXPRESS)
    urgent.start()
    assert until(lambda: site.behind() < waiting // 10, 240)
    over = time.monotonic()
    capacity = (len(site.witness.first_said) - before) / (over - began)
    urgent.stop()
    posted = site.feeder.posted | flood.posted | urgent.posted
    assert until(lambda: site.witness.knows(posted), 60)

    said = [
        (given.at - began, site.witness.first_said[place] - given.at)
        for place, given in urgent.posted.items()
        if given.at <= over
    ]
    took = sorted(seconds for _, seconds in said)
    late = [f"{at:.1f}: {seconds:.2f}" for at, seconds in sorted(said) if seconds > P99_S]
    p99 = took[int(0.99 * len(took))]
    FIGURES.append(
        f"overload: {len(flood.posted):,} reports and readings posted at {rate:,.0f} a second, "
        f"{rate / capacity:.1f} times what was decided, {capacity:,.0f}; {waiting:,} wait; "
        f"meanwhile {len(took):,} alarms and urgent events: half within {took[len(took) // 2]:.2f} "
        f"s, 99 of 100 within {p99:.2f} s, all within {took[-1]:.2f} s; "
        f"the worker's peak: {site.crew.peak_memory_mb():.0f} MB; "
        f"late, posted so many seconds after its start: {', '.join(late) or 'none'}"
    )
    found = site.witness.reckon(posted, [])
    assert (found.lost, found.duplicated, found.out_of_order) == ([], 0, [])
    assert len(took) > 200
    assert p99 < P99_S
    assert site.crew.peak_memory_mb() < MEMORY_MB
