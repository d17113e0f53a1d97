"""A heartbeat goes the whole way, is told to an outside URL, and disturbs nobody."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import orjson
import pytest
from typer.testing import CliRunner

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.main import app
from drills.practice_ground import PracticeGround
from packs.load import load
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.cluster.brokers import reach
from streams.cluster.topic_reader import read_all

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    pack = load(DEFAULT_PACK)
    layers, version = load_layers(pack, cache_folder())
    run = RunFolder.create(tmp_path_factory.mktemp("heartbeat") / "run")
    with PracticeGround(pack, layers, version, run, cache=cache_folder()) as running:
        running.wait_ready()
        yield running


@pytest.fixture
def outside():
    """A service that rings when it is not called; ``calls``: to which paths it was."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    server.calls = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def once(ground, outside, *more):
    url = f"http://127.0.0.1:{outside.server_port}/secret-path"
    where = ("--brokers", ground.settings.brokers, "--url", url, "--once", "--json")
    return CliRunner().invoke(app, ["heartbeat", str(DEFAULT_PACK), *where, *more])


def test_every_shard_answers_again_and_again_and_the_outside_is_called(ground, outside):
    for _ in range(3):
        told = once(ground, outside)
        assert told.exit_code == 0, told.output
        said = orjson.loads(told.stdout)
        assert (said["silent"], said["called"]) == ([], True)
        assert "secret-path" not in told.output
    assert outside.calls == ["/secret-path"] * 3
    topics, brokers = ground.topics, ground.settings.brokers
    found = list(read_all(brokers, topics.decisions))
    assert {one["outcome"] for one in found} == {"ignored"}
    assert len({one["shard"] for one in found if "shard" in one} or found) > 1
    for topic in reach(brokers).partitions:
        if topic.startswith(topics.queues_prefix) or topic in (topics.dead, topics.quarantine):
            assert not list(read_all(brokers, topic)), topic


def test_an_outside_that_does_not_answer_is_said_and_its_address_is_not(ground):
    where = ("--brokers", ground.settings.brokers, "--url", "http://127.0.0.1:1/secret-path")
    told = CliRunner().invoke(app, ["heartbeat", str(DEFAULT_PACK), *where, "--once"])
    assert told.exit_code == 1
    assert "the URL did not answer" in told.output
    assert "secret-path" not in told.output


def test_a_drill_s_heartbeat_does_not_call_the_city_s_outside(ground, outside, monkeypatch):
    """It would say that the city is well."""
    monkeypatch.setenv("WANGGE_HEARTBEAT_URL", f"http://127.0.0.1:{outside.server_port}/city")
    where = ("--brokers", ground.settings.brokers, "--namespace", "drill.storm-1", "--once")
    told = CliRunner().invoke(app, ["heartbeat", str(DEFAULT_PACK), *where, "--within", "1"])
    assert "does not call WANGGE_HEARTBEAT_URL" in told.output
    assert outside.calls == []


def test_without_a_worker_the_calls_stop(ground, outside):
    ground.worker.kill()
    told = once(ground, outside, "--within", "2")
    assert told.exit_code == 1
    assert len(orjson.loads(told.stdout)["silent"]) == 12
    assert outside.calls == []
