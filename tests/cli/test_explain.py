"""explain: a decision of a run, or of a file, as a chain that a duty officer can read."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from messages.decision import Decision
from messages.errors import RunError, SettingsError


@pytest.fixture
def event_file(tmp_path):
    file = tmp_path / "events.ndjson"
    body = {
        "schema_version": 1,
        "event_id": "e-1",
        "source": "suishoupai",
        "occurred_at": datetime.now(UTC).isoformat(),
        "position": {"lon": 118.7825, "lat": 32.0655, "datum": "gcj02"},
        "text": "路口井盖破损 很危险",
    }
    file.write_bytes(orjson.dumps(body) + b"\n" + orjson.dumps(body) + b"\n{broken\n")
    return file


def invoke(*arguments):
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


def test_a_file_is_decided_without_a_broker_and_the_chain_names_every_step(event_file):
    result = invoke(event_file)
    assert result.exit_code == 0, result.output
    for part in ("e-1", "locate", "classify", "井盖破损", "assess", "route", "winner", "drainage"):
        assert part in result.output


def test_the_second_time_the_same_id_is_explained_as_a_repeat(event_file):
    bodies = [orjson.loads(line) for line in invoke(event_file, "--json").output.splitlines()]
    assert [body["outcome"] for body in bodies] == ["routed", "quarantined", "dead"]
    assert bodies[1]["reasons"][-1]["code"] == "repeat"
    assert bodies[2]["code"] == "event.undecodable"


def test_what_json_prints_obeys_the_decision_s_model(event_file):
    line = invoke(event_file, "--json").output.splitlines()[0]
    assert Decision.from_json(line).unit == "dept:drainage"


def test_an_id_without_a_run_says_what_is_missing():
    error = invoke("no-such-id").exception
    assert isinstance(error, SettingsError)
    assert "--run" in error.mend


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    assert isinstance(invoke("x", "--run", tmp_path).exception, RunError)


def test_an_id_that_the_run_does_not_hold_is_a_finding(tmp_path, made_run):
    error = invoke("nobody", "--run", made_run).exception
    assert isinstance(error, RunError)
    assert error.code == "run.no_such_event"


def test_an_id_of_a_run_is_explained_as_the_worker_decided_it(made_run):
    result = invoke("e-7", "--run", made_run)
    assert result.exit_code == 0
    assert "street:320106001" in result.output
    assert "street-default" in result.output
