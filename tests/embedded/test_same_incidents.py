"""One desk log through a calm worker and one that is killed: the same incidents."""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random
from time import time

import orjson
import pytest
from desk_town import (
    DAY_S,
    GULOU,
    PEDLARS,
    STRANGER,
    TRAPPED,
    action,
    kept,
    length,
    post,
    report,
    working,
)
from waiting import until

from incidents.state import MemoryState
from sinks.output import Output
from streams.acted import acted
from streams.cluster.tail import Tail
from streams.control.in_force import InForce
from streams.desk import tick_output
from streams.embedded.worker_process import WorkerProcess
from streams.pipeline import DeskBatch, judge, one_batch, understand

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


RECORDS = 1000
SPOTS = (
    GULOU,
    {"lon": 118.79, "lat": 32.06, "datum": "wgs84"},
    {"lon": 118.84, "lat": 31.95, "datum": "wgs84"},
)
TEXTS = (PEDLARS, TRAPPED, "路口井盖破损", "下穿通道积水严重", "路面塌陷", "路灯不亮", "天气不错")
NEXT = {"dispatched": "accept", "accepted": "resolve", "in_progress": "resolve"}


class DeskLog:
    """A desk's log of some hours, each record judged in memory as it is written: by shard the
    bodies, and the latest of each incident, which is what any worker must come to."""

    def __init__(self, city, begins, seed=7):
        self.city, self.force, self.now = city, InForce.of(city), begins
        self.by_shard, self.states, self.incidents = defaultdict(list), {}, {}
        self.outputs = Counter()
        self._chance, self._written = Random(seed), 0
        while self._written < RECORDS:
            self.now += self._chance.choice((1.0, 5.0, 60.0, 60.0))
            self._one()
        # All that is due by now has been done, so that nothing waits for a clock on the wall.
        for shard in list(self.states):
            self._write(shard, orjson.loads(tick_output("x", shard, self.now).value))

    def _one(self):
        chance, n = self._chance, self._written
        if chance.random() < 0.2 and self.states:
            shard = chance.choice(sorted(self.states))
            self._write(shard, orjson.loads(tick_output("x", shard, self.now).value))
        elif chance.random() < 0.4 and self.incidents:
            case = orjson.loads(self.incidents[chance.choice(sorted(self.incidents))])
            kind = NEXT.get(case["status"], "reopen")
            unit = case["unit"] if chance.random() < 0.9 else STRANGER
            body = action(f"a-{n}", case["incident_id"], kind, self.now)
            topic = f"x.in.actions.{unit.replace(':', '.')}"
            records = one_batch(topic, [orjson.dumps(body)], self.now, n)
            self._put(acted(records, 0, self.city))
        else:
            body = report(f"r-{n}", chance.choice(TEXTS), chance.choice(SPOTS), self.now - 60.0)
            records = one_batch("x.in.reports", [orjson.dumps(body)], self.now, n)
            for one in understand("reports", records, self.force).desk:
                self._put(one)

    def _put(self, body):
        self._write(body["shard"], orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z)))

    def _write(self, shard, body):
        state = self.states.setdefault(shard, MemoryState())
        log = self.by_shard[shard]
        log.append(orjson.dumps(body))
        end = len(log)
        unit = judge(state, DeskBatch(self.force, shard, [body], [end - 1], end), 0.0)
        assert not unit.dead
        state.apply(unit.base, unit.version, unit.writes)
        self._written += 1
        self.outputs["fired"] += unit.fired
        for one in unit.actions:
            self.outputs[one["outcome"]] += 1
        for one in unit.incidents:
            self.incidents[one["incident_id"]] = orjson.dumps(one)

    def put_on_the_desk(self, settings, since=0.0, until=1.0):
        """Each shard's log, or that share of it."""
        desk = settings.topics.desk
        post(
            settings,
            *(
                Output(desk, b"%d" % shard, value, None, shard)
                for shard, log in self.by_shard.items()
                for value in log[int(since * len(log)) : int(until * len(log))]
            ),
        )


def published(settings, city):
    return length(settings, settings.topics.incidents, city.shards)


def cursors(settings, shards):
    return {shard: kept(settings, shard).version.cursor for shard in shards}


def last_incidents(settings, city):
    topics = {settings.topics.incidents: city.shards}
    with Tail(settings.brokers, topics, from_start=True) as tail:
        return {message.key().decode(): message.value() for message in tail.history()}


@pytest.fixture(scope="module")
def desk_log(city):
    return DeskLog(city, time() + 2 * DAY_S)


@pytest.mark.slow
def test_a_worker_killed_twice_on_the_way_comes_to_the_same_incidents_byte_for_byte(
    town, city, desk_log, tmp_path
):
    ends = {shard: len(log) for shard, log in desk_log.by_shard.items()}
    calm, rough = town("desk.calm"), town("desk.rough", batch=2)
    desk_log.put_on_the_desk(calm)
    with working(calm, tmp_path / "calm.log"):
        until(lambda: cursors(calm, ends) == ends, within=60.0)
    total = published(calm, city)

    at_kill = []
    for since, end in ((0.0, 0.4), (0.4, 0.8)):
        desk_log.put_on_the_desk(rough, since, end)
        before = published(rough, city)
        worker = WorkerProcess(rough, tmp_path / f"rough-{since}.log")
        until(lambda before=before: published(rough, city) > before, within=60.0)
        worker.kill()
        at_kill.append(sum(cursors(rough, ends).values()))
    desk_log.put_on_the_desk(rough, 0.8)
    with working(rough, tmp_path / "rough.log"):
        until(lambda: cursors(rough, ends) == ends, within=60.0)

    assert at_kill[0] <= at_kill[1] < sum(ends.values())  # at work both times, and never done
    assert desk_log.outputs["fired"] > 100
    assert min(desk_log.outputs["applied"], desk_log.outputs["refused"]) > 20
    assert last_incidents(calm, city) == desk_log.incidents
    assert last_incidents(rough, city) == last_incidents(calm, city)
    print(  # noqa: T201 - the figures, with ``pytest -s``
        f"\n{sum(ends.values())} records, {len(desk_log.incidents)} incidents, {total} bodies, "
        f"{published(rough, city) - total} repeated; killed at {at_kill}; {desk_log.outputs}"
    )
