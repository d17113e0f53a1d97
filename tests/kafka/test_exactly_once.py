"""Whole workers on an Apache Kafka, killed and put to sleep under load: a reader of committed
records finds every event once, and every incident in order."""

from __future__ import annotations

import logging
import os
import signal
import time
from random import Random

import orjson
import pytest
from counted_city import CountedCity
from typer.testing import CliRunner

from cli.main import app
from streams.embedded.redis_server import EmbeddedRedis
from streams.leave import FENCED_CODE

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(420)]
KILLS = 5
log = logging.getLogger(__name__)  # shown with --log-cli-level=info


@pytest.fixture
def city(kafka, kafka_namespace, tmp_path):
    redis = EmbeddedRedis.start(log=tmp_path / "redis.log")
    found = CountedCity(kafka, kafka_namespace, redis.url, tmp_path)
    yield found
    found.close()
    redis.stop()


def proved(city):
    """The rows of ``wangge ledger --verify``."""
    where = ["--brokers", city.kafka, "--namespace", city.topics.ns, "--json"]
    result = CliRunner().invoke(app, ["ledger", "--verify", *where])
    assert result.exit_code == 0, result.output
    return [orjson.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_kills_at_random_points_lose_nothing_double_nothing_and_keep_the_order(city):
    seed = int(os.environ.get("WANGGE_TEST_SEED", str(os.getpid())))
    log.info("WANGGE_TEST_SEED=%s", seed)
    rng = Random(seed)
    city.feed(rate=300)
    for number in range(KILLS):
        # Mostly it comes back in its own slot; once another one takes its work over.
        worker = city.worker("other" if number == 3 else "one")
        worker.wait_ready(90)
        city.until_decided(rng.randrange(50, 700), worker)
        worker.kill()
    last = city.worker("one")
    last.wait_ready(90)
    posted = city.fed()
    city.settle(last)
    assert last.terminate() < 5.0
    found = city.found()
    log.info("%s posted, %s kills: %s", posted, KILLS, found)
    assert found.flawless, str(found)
    rows = proved(city)
    assert sum(row["read"] - row["absent"] for row in rows) == posted
    assert not any(row["repeats"] for row in rows)


def reading(worker):
    """The group that reads the reports, which are the most."""
    return f"{worker.settings.group}.reports"


def wakes_fenced(city, sleeper, heir):
    """Wake the sleeper: whatever it had read is its heir's, and nothing of it is written."""
    os.kill(sleeper.pid, signal.SIGCONT)
    deadline = time.monotonic() + 60
    # It leaves, or joins the group again; what it had read is behind it by then.
    while sleeper.exit_code is None and city.members(reading(sleeper)) < 2:
        assert time.monotonic() < deadline, "the sleeper did not notice"
        time.sleep(0.1)
    city.until_decided(400, heir)
    posted = city.fed()
    city.settle(heir)
    found = city.found()
    log.info("%s posted, the sleeper ended with %s: %s", posted, sleeper.exit_code, found)
    assert found.flawless, str(found)
    assert not any(row["repeats"] for row in proved(city))
    # Fenced within a transaction it leaves; else it has given up what it had, and goes on.
    assert sleeper.exit_code in (None, FENCED_CODE), sleeper.log.read_text()[-2000:]


def test_a_worker_asleep_past_its_transaction_is_fenced_and_writes_nothing(city):
    sleeper = city.worker("one")
    sleeper.wait_ready(90)
    city.feed(rate=800)
    city.until_decided(400, sleeper)
    os.kill(sleeper.pid, signal.SIGSTOP)
    heir = city.worker("two")
    heir.wait_ready(90)
    city.until_decided(400, heir)
    wakes_fenced(city, sleeper, heir)


def test_a_worker_asleep_just_past_its_session_is_fenced_and_writes_nothing(city):
    sleeper, heir = city.worker("one"), city.worker("two")
    sleeper.wait_ready(90)
    heir.wait_ready(90)
    city.until_members(reading(sleeper), 2)
    city.feed(rate=800)
    city.until_decided(400, heir)
    os.kill(sleeper.pid, signal.SIGSTOP)
    # Its session is over, and what it had begun to write is not yet: the generation must fence.
    city.until_members(reading(sleeper), 1)
    wakes_fenced(city, sleeper, heir)
