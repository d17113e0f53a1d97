"""`wangge replay`: a recording into another namespace."""

import json
import time
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import typer
from typer.testing import CliRunner

from cli.replay import replay
from messages.errors import SettingsError
from streams.cluster.tail import Tail
from streams.posting import feed
from streams.posting.poster import Poster

pytestmark = pytest.mark.broker
app = typer.Typer()
app.command()(replay)
FIRST = datetime(2020, 2, 3, 8, tzinfo=UTC)


def report(number, seconds):
    return {
        "schema_version": 1,
        "kind": "report",
        "event_id": f"r-{number}",
        "source": "s",
        "occurred_at": (FIRST + timedelta(seconds=seconds)).isoformat(),
        "text": "积水",
    }


@pytest.fixture
def run(stack, topics):
    def run(*arguments):
        options = ["--brokers", stack.brokers, "--into", topics.ns, "--json"]
        return CliRunner().invoke(app, [*map(str, arguments), *options])

    return run


@pytest.fixture
def bodies(stack, topics):
    def bodies(lane):
        with Tail(stack.brokers, {topics.lane(lane): 4}, from_start=True) as tail:
            found = [orjson.loads(m.value()) for m in tail.history()]
        return sorted(found, key=lambda body: body["event_id"])

    return bodies


@pytest.fixture
def recording(tmp_path):
    def recording(*found):
        path = tmp_path / "inputs.ndjson"
        path.write_bytes(b"\n".join(orjson.dumps(body) for body in found))
        return path

    return recording


def test_a_recording_happens_again_now(run, bodies, recording):
    began = datetime.now(UTC)
    assert run(recording(report(1, 0), report(2, 30)), "--speed", "100x").exit_code == 0
    first, second = (datetime.fromisoformat(body["occurred_at"]) for body in bodies("reports"))
    assert began <= first <= datetime.now(UTC)
    assert second - first == timedelta(seconds=0.3)


def test_a_replay_takes_its_time(run, recording):
    began = time.monotonic()
    assert run(recording(report(1, 0), report(2, 60)), "--speed", "100x").exit_code == 0
    assert time.monotonic() - began >= 0.6


def test_at_full_speed_nothing_waits_and_without_a_shift_times_stay(run, bodies, recording):
    path = recording(report(1, 0), report(2, 86_400))
    assert run(path, "--speed", "max", "--shift", "none").exit_code == 0
    assert [body["occurred_at"] for body in bodies("reports")] == [
        report(1, 0)["occurred_at"],
        report(2, 86_400)["occurred_at"],
    ]


def test_the_inputs_of_a_run_keep_their_lanes(run, bodies, recording):
    path = recording({"lane": "urgent", "event": report(1, 0)}, report(2, 1))
    assert run(path, "--speed", "max").exit_code == 0
    assert [len(bodies("urgent")), len(bodies("reports"))] == [1, 1]


def test_a_lane_is_replayed_from_its_topic(stack, topics, run, bodies):
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(feed.record(topics, "urgent", report(n, n)) for n in range(20))
    result = run("--from-topic", topics.lane("urgent"), "--speed", "max")
    assert json.loads(result.stdout)["posted"] == {"urgent": 20}
    assert len(bodies("urgent")) == 40  # the originals, and each of them again


def test_a_topic_that_is_no_lane_is_refused(topics, run):
    assert "settings.from_topic" in str(run("--from-topic", topics.decisions).exception)


def test_a_limit_that_cuts_the_recording_short_is_a_finding(run, bodies, recording):
    path = recording(*(report(n, n) for n in range(5)))
    result = run(path, "--speed", "max", "--limit", 3)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["cut_short"] is True
    assert len(bodies("reports")) == 3


def test_a_limit_that_fits_is_none(run, recording):
    path = recording(*(report(n, n) for n in range(3)))
    assert run(path, "--speed", "max", "--limit", 3).exit_code == 0


def test_the_live_namespace_is_not_replayed_into_by_accident(stack, recording):
    options = ["--brokers", stack.brokers, "--speed", "max"]
    for into in ([], ["--into", "wangge"]):
        result = CliRunner().invoke(app, [str(recording(report(1, 0))), *into, *options])
        assert isinstance(result.exception, SettingsError)
        assert "settings.live" in str(result.exception)


def test_a_file_and_a_topic_at_once_are_refused(topics, run, recording):
    error = run(recording(report(1, 0)), "--from-topic", topics.lane("reports")).exception
    assert "settings.replay" in str(error)


def test_a_faulty_line_is_reported_and_the_rest_is_replayed(run, bodies, tmp_path):
    path = tmp_path / "r.ndjson"
    path.write_bytes(b"{\n" + orjson.dumps(report(1, 0)))
    result = run(path, "--speed", "max")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"][0]["line"] == 1
    assert len(bodies("reports")) == 1
