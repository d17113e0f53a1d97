"""The desk at work on a real broker and Redis: actions, deadlines over a crash, one log twice."""

from __future__ import annotations

import os
import signal
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from time import time

import orjson
import pytest
import redis
from confluent_kafka.admin import AdminClient
from waiting import until

from cli.city_option import DEFAULT_PACK, cache_folder
from incidents.case import KIND, Case, Clock
from incidents.redis_state import RedisState
from incidents.state import MemoryState, Version, Write
from messages.action_outcome import ActionOutcome
from messages.cloudevents import rfc3339_text
from messages.incident import QueueEntry, Refusal
from messages.topics import Topics
from messages.unit import Unit
from packs.load import load
from sinks import offsets
from sinks.output import Output
from streams.acted import acted
from streams.boundaries.load import load_layers
from streams.city import City
from streams.cluster.brokers import client
from streams.cluster.tail import Tail
from streams.cluster.topic_reader import read_all
from streams.cluster.topology import partitions_of, topic_plan, units_of
from streams.control.in_force import InForce
from streams.desk import tick_output
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.ledger_proof import prove
from streams.pipeline import DeskBatch, decide, judge, one_batch, understand
from streams.posting.feed import LANE_OF_KIND, record
from streams.posting.poster import Poster
from streams.restore import restore, state_outputs
from streams.settings import Settings
from streams.wire import config

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
GULOU = {"lon": 118.77, "lat": 32.06, "datum": "wgs84"}
PEDLARS = "流动摊贩占道"
"""An everyday matter, which the street owns."""
TRAPPED = "电梯困人 有人被困"
"""A life: its policy has its first step five minutes after the case was opened."""
STRANGER = "street:320102002"
"""A street of another district than all these cases."""
DAY_S = 86_400.0


@pytest.fixture(scope="module")
def city():
    return City.load(DEFAULT_PACK, cache_folder())


@pytest.fixture(scope="module")
def units():
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    return units_of(pack, layers)


@pytest.fixture(scope="module")
def town(stack, city, units):
    """Makes the settings of a worker of the city in a namespace of its own."""

    def town(ns, **more):
        plan = topic_plan(Topics(ns), shards=city.shards, units=units)
        stack.create_topics(partitions_of(plan))
        return Settings.read(
            brokers=stack.brokers,
            pack=DEFAULT_PACK.resolve(),
            cache=cache_folder(),
            embedded=True,
            namespace=ns,
            web_port=free_port(),
            **{"redis": stack.redis_url, **more},
        )

    return town


@contextmanager
def working(settings, log):
    """A worker that reads, until the end of the block."""
    worker = WorkerProcess(settings, log)
    try:
        worker.wait_ready(60.0)
        yield worker
    finally:
        worker.terminate()


def post(settings, *outputs):
    with Poster(settings.brokers, idempotent=False) as poster:
        poster.post(outputs)


def report(event_id, text, position, at):
    return {
        "schema_version": 1,
        "event_id": event_id,
        "source": "suishoupai",
        "occurred_at": rfc3339_text(at),
        "position": position,
        "text": text,
    }


def action(action_id, incident_id, kind, at, **fields):
    return {
        "schema_version": 1,
        "action_id": action_id,
        "incident_id": incident_id,
        "action": kind,
        "actor": "officer-1",
        "occurred_at": rfc3339_text(at),
        **fields,
    }


def bodies(settings, topic, kind=None):
    """What lies on a topic now; with ``kind`` of those bodies that have such an id or kind."""
    found = list(read_all(settings.brokers, topic))
    return [one for one in found if kind is None or kind in one or one.get("kind") == kind]


def length(settings, topic, partitions=1):
    """How many records a topic has had: quick, to catch a worker in the middle of its work."""
    admin = AdminClient(client(settings.brokers))
    return sum(offsets.ends(admin, offsets.partitions({topic: partitions})).values())


# What units do to cases ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(town, tmp_path_factory):
    """A worker that has opened one case: its settings, and the case as it was then."""
    settings = town("desk.actions")
    with working(settings, tmp_path_factory.mktemp("actions") / "worker.log"):
        topics = settings.topics
        body = report("r-1", PEDLARS, GULOU, time())
        post(settings, record(topics, LANE_OF_KIND["report"], body))
        (case,) = until(lambda: bodies(settings, topics.incidents))
        yield settings, case


def kept(settings, shard):
    """The desk's truth of a shard."""
    conf = config.consumer(settings, "test.reader", "test")
    return restore(conf, settings.topics.state, shard)


def act(settings, unit, body):
    """Post what a unit does to a case; its outcome, when all that comes of it is there: the state
    is written last."""
    shard, topics = int(body["incident_id"][:3]), settings.topics
    before = bodies(settings, topics.decisions, "action")

    def judged():
        version = kept(settings, shard).version
        return version.applied + version.refused

    topic = topics.actions(Unit.parse(unit))
    post(settings, Output(topic, body["incident_id"].encode(), orjson.dumps(body)))
    until(lambda: judged() == len(before) + 1)
    after = bodies(settings, topics.decisions, "action")
    (outcome,) = (one for one in after if one not in before)
    return ActionOutcome.model_validate_json(orjson.dumps(outcome))


def queue(settings, unit, kind):
    """The entries (``entry_id``) or refusals (``refusal_id``) on a unit's queue."""
    return bodies(settings, settings.topics.queue(Unit.parse(unit)), kind)


def latest(settings, incident_id):
    found = bodies(settings, settings.topics.incidents)
    return [one for one in found if one["incident_id"] == incident_id][-1]


def test_the_street_accepts_its_case_and_nobody_else_nor_anybody_twice(opened):
    settings, case = opened
    street, incident = case["unit"], case["incident_id"]
    assert street not in ("", STRANGER)
    other = STRANGER
    (first,) = queue(settings, street, "entry_id")
    QueueEntry.model_validate_json(orjson.dumps(first))
    assert (first["incident_id"], first["change"], first["role"]) == (incident, "opened", "owner")

    # Another street's: refused on its own queue, and nothing has changed.
    foreign = act(settings, other, action("a-0", incident, "accept", time()))
    assert (foreign.outcome, foreign.code, foreign.unit) == ("refused", "action.not_yours", other)
    (letter,) = queue(settings, other, "refusal_id")
    assert Refusal.model_validate_json(orjson.dumps(letter)).action_id == "a-0"
    assert latest(settings, incident) == case
    assert queue(settings, street, None) == [first]

    # The street's own.
    done = act(settings, street, action("a-1", incident, "accept", time()))
    assert (done.outcome, done.code, done.seq) == ("applied", "action.applied", case["seq"] + 1)
    accepted = latest(settings, incident)
    assert (accepted["status"], accepted["accepted_by"]) == ("accepted", street)
    told = queue(settings, street, "entry_id")[-1]
    QueueEntry.model_validate_json(orjson.dumps(told))
    assert (told["change"], told["seq"], told["by"]) == ("accepted", accepted["seq"], street)

    # The same again, by another record.
    again = act(settings, street, action("a-1", incident, "accept", time()))
    assert (again.outcome, again.code) == ("refused", "action.repeat")
    (repeat,) = queue(settings, street, "refusal_id")
    assert repeat["code"] == "action.repeat"
    assert latest(settings, incident) == accepted

    # The desk's truth, and what Redis shows of it.
    shard = int(incident[:3])
    state = kept(settings, shard)
    assert Case.from_json(state.get(KIND, incident)).status == "accepted"
    assert (state.version.applied, state.version.refused) == (1, 2)
    view = RedisState(redis.Redis.from_url(settings.redis), settings.namespace, shard)
    until(lambda: view.version == state.version)


def test_what_is_no_action_is_a_dead_letter_and_the_ledger_balances_over_it(opened):
    settings, case = opened
    topics = settings.topics
    topic = topics.actions(Unit.parse("district:320106"))
    known = action("a-9", case["incident_id"], "accept", time())
    wrong = (b"accept", b'{"schema_version":1}', orjson.dumps(known | {"action": "forget"}))
    post(settings, *(Output(topic, b"", value) for value in wrong))
    post(settings, Output(topic, b"", orjson.dumps(known | {"incident_id": "the-one-i-mean"})))

    def proofs():
        names = (topics.ledger, topics.decisions, topics.dead)
        found = prove(*(bodies(settings, name) for name in names))
        return {proof.topic: proof for proof in found}

    def balanced():
        found = proofs()
        done = topic in found and all(proof.balances for proof in found.values())
        return found if done and found[topic].read == len(wrong) + 1 else None

    before = bodies(settings, topics.incidents)
    found = until(balanced)
    assert found[topic].outcomes == {"dead": 4}
    letters = [one for one in bodies(settings, topics.dead) if one["origin"]["topic"] == topic]
    codes = {letter["origin"]["offset"]: letter["code"] for letter in letters}
    assert sorted(codes) == [0, 1, 2, 3]
    assert codes[3] == "event.no_incident_id"
    assert bodies(settings, topics.incidents) == before


# Deadlines over a crash ----------------------------------------------------------------------


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


# The same log --------------------------------------------------------------------------------


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
