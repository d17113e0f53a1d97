"""The whole worker on a real broker and Redis: nothing lost, the view equal, a clean end."""

from __future__ import annotations

import shutil
import urllib.request
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import redis
from waiting import until

from cli.city_option import DEFAULT_PACK, cache_folder
from drills.ordinary_day import OrdinaryDay, events
from drills.practice_ground import PracticeGround
from incidents.redis_state import RedisState
from incidents.state import Version
from messages.topics import READ
from packs.load import load
from sinks.output import Output
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.cluster.topic_reader import read_all
from streams.embedded.redis_server import free_port
from streams.embedded.worker_process import WorkerProcess
from streams.ledger_proof import prove
from streams.posting.poster import Poster
from streams.restore import restore, state_outputs
from streams.wire import config

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def city():
    pack = load(DEFAULT_PACK)
    return pack, *load_layers(pack, cache_folder())


def start(city, folder):
    pack, layers, version = city
    run = RunFolder.create(folder / "run")
    return PracticeGround(pack, layers, version, run, cache=cache_folder())


@pytest.fixture(scope="module")
def ground(city, tmp_path_factory):
    """One ground for the tests that leave it as it was."""
    with start(city, tmp_path_factory.mktemp("ground")) as running:
        running.wait_ready()
        yield running


@pytest.fixture
def own_ground(city, tmp_path):
    """A ground for a test that ends its worker."""
    with start(city, tmp_path) as running:
        running.wait_ready()
        yield running


def day(city, count, seed=3):
    pack, layers, _ = city
    start = datetime.now(UTC)
    return events(OrdinaryDay.of(pack), pack, layers[-1], count=count, seed=seed, start=start)


def feed(ground, made, rate=None):
    for _ in ground.feed(made, rate):
        pass


def proofs(run):
    return prove(*(run.bodies(run.stream(name)) for name in ("ledger", "decisions", "dead")))


def test_every_id_the_feeder_posted_has_exactly_one_outcome_and_the_ledger_balances(city, ground):
    feed(ground, day(city, 3000))
    ground.settle()
    found = ground.account()
    assert found.complete, str(found)
    assert found.posted == 3000
    assert all(proof.balances for proof in proofs(ground.run))


def test_the_redis_view_is_the_owner_s_state_when_all_is_judged(city, ground):
    feed(ground, day(city, 500, seed=4))
    ground.settle()
    settings = ground.settings
    topic, conf = settings.topics.state, config.consumer(settings, "test.reader", "test")
    client = redis.Redis.from_url(settings.redis)
    for shard in range(city[0].city.shards.count):
        view = RedisState(client, settings.namespace, shard)
        until(lambda view=view, shard=shard: alike(view, restore(conf, topic, shard)))


def alike(view, truth):
    """Whether the view is the state at ``truth``; a timer may fire before it has been asked."""
    same = all(view.get(record.kind, record.key) == record.value for record in truth.records())
    return same and view.version == truth.version


def test_a_worker_killed_at_work_loses_nothing_when_another_takes_over(city, own_ground, tmp_path):
    first = own_ground.worker
    for posted in own_ground.feed(day(city, 4000), 4000.0):
        if posted >= 1500 and own_ground.worker is first:
            first.kill()
            own_ground.worker = WorkerProcess(own_ground.settings, tmp_path / "second.log")
    own_ground.settle()
    found = own_ground.account()
    assert found.complete, str(found)
    assert all(proof.balances for proof in proofs(own_ground.run))


def test_a_state_that_is_ahead_of_its_desk_is_not_taken_over(own_ground, tmp_path):
    """As of a mirror, or of topics that were brought back from two moments."""
    own_ground.worker.terminate()
    version = Version(number=10_000, cursor=1_000_000).signed("other")
    topic = own_ground.settings.topics.state
    with Poster(own_ground.settings.brokers) as poster:
        poster.post(state_outputs(topic, 0, version, (), "other"))
    own_ground.worker = WorkerProcess(own_ground.settings, tmp_path / "second.log")
    until(lambda: not own_ground.worker.running)
    said = (tmp_path / "second.log").read_text()
    assert "[state.ahead]" in said
    assert "shard 0: its state has decided the desk up to 1,000,000" in said


@pytest.mark.slow
def test_sigterm_under_load_drains_in_five_seconds_and_the_faust_command_goes_on(
    city, own_ground, tmp_path
):
    first, drained = own_ground.worker, 0.0
    by_faust = ("faust", "-A", "streams.app", "worker", "-l", "WARN")
    for posted in own_ground.feed(day(city, 4000)):
        if posted >= 2000 and own_ground.worker is first:
            drained = first.terminate()
            own_ground.worker = WorkerProcess(own_ground.settings, tmp_path / "faust.log", by_faust)
    own_ground.settle()
    found = own_ground.account()
    assert 0.0 < drained < 5.0
    assert found.complete, str(found)
    assert found.repeats == 0


def test_a_good_order_is_published_to_every_worker_and_a_bad_one_is_a_dead_letter(ground):
    topics, now = ground.topics, datetime.now(UTC)
    good = {
        "schema_version": 1,
        "kind": "mode",
        "order_id": "o-1",
        "author": "duty-320106",
        "reason": "暴雨红色预警",
        "effective_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=6)).isoformat(),
        "scenario": "flood",
        "area": ["district:320106"],
    }
    bad = good | {"order_id": "o-2", "ends_at": now.isoformat()}
    with Poster(ground.settings.brokers) as poster:
        poster.post(Output(topics.orders, b"", orjson.dumps(body)) for body in (good, bad))

    def published():
        return {o.get("order_id") for o in read_all(ground.settings.brokers, topics.control)}

    until(lambda: "o-1" in published())
    refused = until(lambda: dead_orders(ground))
    assert "o-2" not in published()
    assert refused


def test_a_pack_with_an_error_refuses_to_start_and_names_file_line_and_mend(ground, tmp_path):
    pack = tmp_path / "pack"
    shutil.copytree(DEFAULT_PACK, pack)
    taxonomy = pack / "taxonomy.yaml"
    taxonomy.write_text(taxonomy.read_text().replace("priority: P1", "priority: P7", 1))
    settings = ground.settings.model_copy(update={"pack": pack, "web_port": free_port()})
    worker = WorkerProcess(settings, tmp_path / "bad.log")
    until(lambda: not worker.running)
    said = (tmp_path / "bad.log").read_text()
    assert "taxonomy.yaml:" in said
    assert "mend:" in said
    assert "Traceback" not in said


def test_what_citizens_say_is_in_no_log(city, ground):
    said = "独一无二的话"
    posted = list(day(city, 60, seed=11))
    for number, one in enumerate(posted):
        body = orjson.loads(one.body) if number % 3 else None
        if isinstance(body, dict) and "text" in body:
            body["text"] = f"{said} {body['text']} 13912345678"
            posted[number] = one._replace(body=orjson.dumps(body))
        elif body is None:  # what cannot be read is buried, not told
            posted[number] = one._replace(body=f'{{"text": "{said}"'.encode())
    feed(ground, posted)
    ground.settle()
    log = (ground.stack.folder / "worker.log").read_text("utf-8")
    assert '"event": "city.loaded"' in log
    assert said not in log
    assert "13912345678" not in log
    assert said.encode("unicode_escape").decode() not in log


def test_health_ready_and_metrics_answer(city, ground):
    feed(ground, day(city, 200))
    ground.settle()
    base = f"http://127.0.0.1:{ground.settings.web_port}"
    with urllib.request.urlopen(f"{base}/-/healthy", timeout=5) as answer:
        assert orjson.loads(answer.read()) == {"healthy": True}
    with urllib.request.urlopen(f"{base}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    assert 'wangge_events_received_total{topic="wangge.in.reports"}' in text
    assert f'wangge_pack_deciding_info{{pack="{city[0].version}"}} 1.0' in text


def test_open_cases_and_the_lag_are_told_among_the_metrics(city, ground):
    feed(ground, day(city, 200, seed=9))
    ground.settle()
    base = f"http://127.0.0.1:{ground.settings.web_port}"

    def told(name):
        with urllib.request.urlopen(f"{base}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return {x.rpartition(" ")[0]: float(x.rpartition(" ")[2]) for x in lines if name in x[:40]}

    until(lambda: told("wangge_open_incidents{").get('wangge_open_incidents{level="street"}'))
    lag = until(lambda: told("wangge_lag_records{"))
    assert lag['wangge_lag_records{group="wangge.judge"}'] == 0
    assert {name.partition('"')[2].rpartition('"')[0] for name in lag} == {
        "wangge.judge",
        *(f"wangge.understand.{lane}" for lane in READ),
    }


def dead_orders(ground):
    """Dead letters of orders, by their code."""
    letters = read_all(ground.settings.brokers, ground.topics.dead)
    return [found for found in letters if found["code"] == "event.order_ends_first"]


def test_an_emptied_redis_is_filled_again_without_waiting_for_an_event(city, ground):
    feed(ground, day(city, 300, seed=6))
    ground.settle()
    client = redis.Redis.from_url(ground.settings.redis)
    until(lambda: client.dbsize() > 100)
    until(lambda: shown(ground, client, city) == judged(ground, city), within=60.0)
    client.flushdb()
    until(lambda: shown(ground, client, city) == judged(ground, city), within=60.0)


def judged(ground, city):
    """Each shard's version in its topic: read anew each time, for a timer may fire meanwhile."""
    topic, conf = ground.topics.state, config.consumer(ground.settings, "look", "look")
    return [restore(conf, topic, shard).version for shard in range(city[0].city.shards.count)]


def shown(ground, client, city):
    """Each shard's version as the view shows it."""
    shards = range(city[0].city.shards.count)
    return [RedisState(client, ground.settings.namespace, shard).version for shard in shards]
