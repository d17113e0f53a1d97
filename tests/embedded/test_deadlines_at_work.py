"""A thousand deadlines over a crash of worker and Redis."""

from __future__ import annotations

import os
import signal
from collections import Counter, defaultdict
from datetime import UTC, datetime
from time import time

import orjson
import pytest
import redis
from desk_town import (
    GULOU,
    TRAPPED,
    bodies,
    kept,
    length,
    post,
    report,
    working,
)
from waiting import until

from incidents.case import KIND, Case, Clock
from incidents.redis_state import RedisState
from incidents.state import Version, Write
from messages.unit import Unit
from streams.cluster.tail import Tail
from streams.control.in_force import InForce
from streams.embedded.redis_server import EmbeddedRedis
from streams.embedded.worker_process import WorkerProcess
from streams.pipeline import decide, one_batch
from streams.restore import state_outputs

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


CASES = 1000
AFTER_S = 300.0
"""The first step of the policy ``life``; the second comes five minutes later, after the test."""


def waiting_cases(city, begins):
    """A thousand copies of a real case, each with its first step due between one minute before
    ``begins`` and 25 seconds after it: by shard, and when which is due."""
    states = {}
    wire = orjson.dumps(report("r-1", TRAPPED, GULOU, begins))
    decide("reports", one_batch("x.in.reports", [wire], begins), InForce.of(city), states, begins)
    (state,) = states.values()
    records = list(state.records())
    (found,) = (Case.from_json(one.value) for one in records if one.kind == KIND)
    policies = [one for one in records if one.kind == "policy"]
    shards = {shard: list(policies) for shard in range(city.shards)}
    due = {}
    for n in range(CASES):
        at = begins - 60.0 + 85.0 * n / CASES
        start, shard = at - AFTER_S, n % city.shards
        name = f"{shard:03}-{datetime.fromtimestamp(start, UTC):%y%m%d}-{n + 1:07}"
        case = found.copy(incident_id=name, opened=start, accept=Clock(start), due=at)
        shards[shard].append(Write(KIND, name, case.to_json(), at))
        due[name] = at
    return found, shards, due


def put_on_the_state_topic(settings, shards, now):
    version = Version(number=1, now=now, opened=CASES).signed("before")
    post(
        settings,
        *(
            out
            for shard, writes in shards.items()
            for out in state_outputs(settings.topics.state, shard, version, writes, "before")
        ),
    )


def taken(log):
    """Shard → when its owner had read its state, epoch seconds, as the worker's log says."""
    lines = (orjson.loads(one) for one in log.read_text().splitlines() if "shard.taken" in one)
    return {x["shard"]: datetime.fromisoformat(x["timestamp"]).timestamp() for x in lines}


def entries(settings, units):
    """Every queue's records, in order: when it was published, its topic, its id, its bytes."""
    queues = {settings.topics.queue(unit): 1 for unit in units}
    with Tail(settings.brokers, queues, from_start=True) as tail:
        return [
            (m.timestamp()[1] / 1000, m.topic(), dict(m.headers())["ce_id"].decode(), m.value())
            for m in tail.history()
        ]


@pytest.mark.slow
def test_a_thousand_deadlines_over_a_crash_of_worker_and_redis_each_fire_once(
    town, city, units, tmp_path
):
    server = EmbeddedRedis.start(log=tmp_path / "redis.log")
    settings = town("desk.deadlines", redis=server.url)
    begins = time() + 10.0  # about when the first worker has come up
    found, shards, due = waiting_cases(city, begins)
    put_on_the_state_topic(settings, shards, begins - AFTER_S)
    owner = settings.topics.queue(Unit.parse(found.unit))
    logs = tmp_path / "first.log", tmp_path / "second.log"

    first = WorkerProcess(settings, logs[0])
    until(lambda: length(settings, owner), within=60.0)
    first.kill()
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not server.running)
    before = len({one["entry_id"] for one in bodies(settings, owner)})
    server = EmbeddedRedis.start(log=tmp_path / "redis.log")
    settings = settings.model_copy(update={"redis": server.url})
    with working(settings, logs[1]):
        fired = Counter(int(name[:3]) for name in due)
        until(lambda: {n: kept(settings, n).version.fired for n in shards} == fired, within=60.0)
        until(lambda: time() > max(due.values()) + 2.0)  # nothing comes after
        said = entries(settings, units)
        seen = redis.Redis.from_url(settings.redis)
        for shard in shards:
            truth = kept(settings, shard).version
            view = RedisState(seen, settings.namespace, shard)
            until(lambda view=view, truth=truth: view.version == truth)
            assert truth.fired == fired[shard]
    server.stop()

    assert 0 < before < CASES  # the crash was on the way
    assert {entry_id for _, _, entry_id, _ in said} == {f"{name}:step:1" for name in due}
    by_place = defaultdict(list)
    for at, topic, entry_id, value in said:
        by_place[topic, entry_id].append((at, value))
    assert all(len({value for _, value in records}) == 1 for records in by_place.values())
    assert sum(topic == owner for topic, _ in by_place) == CASES

    takings = [taken(log) for log in logs]
    late = []
    for (_, entry_id), records in by_place.items():
        at, name = records[0][0], entry_id.partition(":")[0]
        since = max(t[int(name[:3])] for t in takings if t[int(name[:3])] <= at)
        late.append(at - max(due[name], since))
    repeats = len(said) - len(by_place)
    print(  # noqa: T201 - the figures, with ``pytest -s``
        f"\n{CASES} deadlines: {before} before the crash, {repeats} entries repeated, "
        f"at most {max(late):.2f} s late"
    )
    assert max(late) < 5.0
