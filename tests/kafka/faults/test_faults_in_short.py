"""What ``make test-faults`` does at length, in a minute: kills, a Redis that comes back empty."""

from __future__ import annotations

import pytest
from faults import Fault, kills, redis_emptied
from site_at_work import Site
from test_faults import SEED, suffer

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


def several(site):
    """A worker killed twice, and Redis emptied in between."""
    kills(1)(site)
    redis_emptied(site)
    kills(1)(site)


def test_kills_and_an_empty_redis_lose_and_double_nothing(
    own_kafka, kafka_namespace, town, tmp_path
):
    fault = Fault("two kills, Redis emptied", several)
    site = Site(own_kafka, town, tmp_path, kafka_namespace, seed=SEED, rate=100.0)
    wrong = suffer(fault, site, fault.name)
    assert not wrong, "; ".join(wrong)
