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
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["explain", *map(str, arguments)])


def test_a_file_is_decided_without_a_broker_and_the_chain_names_every_step(event_file):
    result = invoke(event_file)
    assert result.exit_code == 1, result.output  # its last line is no event
    for part in ("e-1", "locate", "classify", "井盖破", "assess", "route", "winner", "drainage"):
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


FLOOD = {"schema_version": 1, "event_id": "f-1", "source": "suishoupai", "text": "路口积水"}
FLOOD |= {"position": {"lon": 118.7825, "lat": 32.0655, "datum": "gcj02"}}


@pytest.fixture
def flood_file(tmp_path):
    file = tmp_path / "flood.ndjson"
    file.write_bytes(orjson.dumps({**FLOOD, "occurred_at": "2026-11-25T22:00:00+08:00"}) + b"\n")
    return file


def test_a_file_can_arrive_at_another_time_and_in_an_emergency(flood_file):
    ordered = ("--at", "2026-11-25 22:10", "--mode", "flood", "--json")
    decision = Decision.from_json(invoke(flood_file, *ordered).output.splitlines()[0])
    assert decision.route == "flood-water"
    assert decision.consulted["minute"] == 22 * 60 + 10
    assert decision.consulted["working"] is False


def test_every_route_of_the_pack_is_shown_with_what_it_asked_and_the_event_has(flood_file):
    shown = invoke(flood_file, "--at", "2026-11-25 22:10", "--every-route").output
    assert "flood-water: no: mode (the event has none)" in shown
    assert "fire: no: life.life_safety (the event has 0403)" in shown
    assert "street-default: matched" in shown


@pytest.mark.parametrize(
    "option", [("--at", "tonight"), ("--at", "0001-01-01"), ("--mode", "drought")]
)
def test_a_time_or_a_mode_that_is_none_is_refused(flood_file, option):
    error = invoke(flood_file, *option).exception
    assert isinstance(error, SettingsError)
    assert error.mend
