"""One desk log through one worker, two, and two that are killed: the same incidents, byte for byte.

On an Apache Kafka, whose groups hand shards from one worker to the other.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from random import Random
from time import time

import pytest
from desk_log import DeskLog
from desk_said import as_of_the_log, owners, remembered, said
from desk_town import DAY_S, kept, length, working
from waiting import until

from cli.city_option import DEFAULT_PACK, cache_folder
from messages.topics import Topics
from packs.load import load
from streams.boundaries.load import load_layers
from streams.city import City
from streams.cluster.topic_setup import apply
from streams.cluster.topology import topic_plan, units_of
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
SEED = int(os.environ.get("WANGGE_TEST_SEED", "7"))
KILLS = 4


@pytest.fixture(scope="module")
def city():
    return City.load(DEFAULT_PACK, cache_folder())


@pytest.fixture(scope="module")
def desk_log(city):
    return DeskLog(city, time() + 2 * DAY_S, SEED)


@pytest.fixture
def redis_server(tmp_path):
    server = EmbeddedRedis.start(log=tmp_path / "redis.log")
    yield server
    server.stop()


@pytest.fixture
def settings_of(kafka, kafka_namespace, redis_server, city):
    """Makes the topics of the city, and the settings of its workers by their slots."""
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    topics = Topics(kafka_namespace)
    apply(topic_plan(topics, shards=city.shards, units=units_of(pack, layers)), kafka)

    def settings(slot, **more):
        return Settings.read(
            brokers=kafka,
            redis=redis_server.url,
            namespace=kafka_namespace,
            pack=DEFAULT_PACK,
            cache=cache_folder(),
            slot=slot,
            web_port=free_port(),
            **more,
        )

    return settings


def cursors(settings, ends):
    return {shard: kept(settings, shard).version.cursor for shard in ends}


def is_as_it_must_be(settings, desk_log):
    """What readers find, and what a new owner would, beside what one judge in memory has said."""
    found = said(settings)
    assert {at: values for at, values in found.items() if len(values) > 1} == {}
    assert {at: value for at, (value,) in found.items()} == desk_log.said
    for shard, state in desk_log.states.items():
        assert remembered(settings, shard) == as_of_the_log(state)


def test_a_log_has_all_that_could_come_out_otherwise(desk_log):
    counted = desk_log.outputs
    assert len(desk_log.ends) >= 8
    assert counted["fired"] > 100
    assert min(counted[name] for name in ("routed", "merged", "applied", "refused")) > 50


def test_one_worker_says_and_keeps_what_a_judge_in_memory_does(settings_of, desk_log, tmp_path):
    alone = settings_of("one")
    desk_log.put_on_the_desk(alone)
    with working(alone, tmp_path / "one.log"):
        until(lambda: cursors(alone, desk_log.ends) == desk_log.ends, within=90.0)
    is_as_it_must_be(alone, desk_log)


def test_two_workers_say_and_keep_the_same(settings_of, desk_log, city, tmp_path):
    one, two = settings_of("one"), settings_of("two")
    with ExitStack() as both:
        for settings in (one, two):
            both.enter_context(working(settings, tmp_path / f"{settings.slot}.log"))
        desk_log.put_on_the_desk(one)
        until(lambda: cursors(one, desk_log.ends) == desk_log.ends, within=90.0)
    is_as_it_must_be(one, desk_log)
    judged = set().union(*owners(one, city.shards).values())
    assert len(judged) == 2, "only one of them has judged"


def killed_at_random(settings_of, desk_log, city, folder, module=("streams.worker",)):
    """Two workers on the log, piece by piece; at each piece one of them is killed and started
    again. The settings, and at how many records judged each was killed."""
    chance, started = Random(SEED), []
    given = {slot: settings_of(slot, batch=2) for slot in ("one", "two")}
    one, at_kill = given["one"], []

    def start(slot):
        started.append(slot)
        return WorkerProcess(given[slot], folder / f"{len(started)}-{slot}.log", module)

    def told():
        return length(one, one.topics.incidents, city.shards)

    workers = {slot: start(slot) for slot in given}
    try:
        for number in range(KILLS):
            for worker in workers.values():
                worker.wait_ready(90)
            enough = told() + chance.randint(1, 60)
            desk_log.put_on_the_desk(one, number / (KILLS + 1), (number + 1) / (KILLS + 1))
            until(lambda enough=enough: told() >= enough, 90.0)
            slot = chance.choice(sorted(workers))
            workers[slot].kill()
            at_kill.append(sum(cursors(one, desk_log.ends).values()))
            workers[slot] = start(slot)
        desk_log.put_on_the_desk(one, KILLS / (KILLS + 1))
        until(lambda: cursors(one, desk_log.ends) == desk_log.ends, within=120.0)
    finally:
        for worker in workers.values():
            worker.terminate()
    print(f"\nseed {SEED}: killed at {at_kill} of {sum(desk_log.ends.values())}")  # noqa: T201
    return one, at_kill


def on_the_desk(desk_log, pieces):
    """How many records lie there after so many pieces of the log."""
    return sum(int(pieces / (KILLS + 1) * end) for end in desk_log.ends.values())


def test_two_workers_that_are_killed_at_random_say_and_keep_the_same(
    settings_of, desk_log, city, tmp_path
):
    one, at_kill = killed_at_random(settings_of, desk_log, city, tmp_path)
    is_as_it_must_be(one, desk_log)
    assert any(done < on_the_desk(desk_log, pieces) for pieces, done in enumerate(at_kill, 1)), (
        "nobody was killed in the middle of his work"
    )
    assert len(set().union(*owners(one, city.shards).values())) > 2


@pytest.mark.faults
def test_it_is_noticed_where_a_worker_takes_a_shard_over_without_the_places_of_its_cases(
    settings_of, desk_log, city, tmp_path
):
    module = ("tests.kafka.faults.altered_worker", "forgets_places", os.devnull)
    one, _ = killed_at_random(settings_of, desk_log, city, tmp_path, module)
    with pytest.raises(AssertionError):
        is_as_it_must_be(one, desk_log)
