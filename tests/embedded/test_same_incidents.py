"""One desk log through a calm worker and one that is killed: the same incidents."""

from __future__ import annotations

from time import time

import pytest
from desk_log import DeskLog
from desk_town import DAY_S, kept, length, working
from waiting import until

from streams.cluster.tail import Tail
from streams.embedded.worker_process import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


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
    ends = desk_log.ends
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
