"""diff: two packs on the same events, from a file and from a topic."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import typer
from checked_town import at, edit, write_town
from typer.testing import CliRunner

from cli.diff import diff
from messages.errors import BrokerError, SettingsError
from streams.posting import feed
from streams.posting.poster import Poster

app = typer.Typer()
app.command()(diff)
MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def packs(tmp_path, monkeypatch):
    """The sound pack, and one that calls it night from 23:00 on."""
    monkeypatch.chdir(tmp_path)  # no .env
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))
    town = write_town(tmp_path / "town")
    other = shutil.copytree(town, tmp_path / "other")
    edit(other / "routing.yaml", '"22:00-06:00"', '"23:00-06:00"')
    return town, other


def light(number, hours=0.0, **fields):
    return {
        "schema_version": 1,
        "event_id": f"e{number}",
        "source": "app",
        "occurred_at": (MORNING + timedelta(hours=hours)).isoformat(),
        "position": at(0.5),
        "text": "路灯坏了",
        **fields,
    }


@pytest.fixture
def recording(tmp_path):
    def recording(*bodies):
        file = tmp_path / "inputs.ndjson"
        lines = (b if isinstance(b, bytes) else orjson.dumps(b) for b in bodies)
        file.write_bytes(b"\n".join(lines))
        return file

    return recording


def invoke(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_an_event_that_moves_is_listed_with_its_reason_and_counted(packs, recording):
    result = invoke(*packs, "--on", recording(light(1), light(2, 12.5), light(3, 13.5)))
    assert result.exit_code == 1, result.output
    told, why, flow, total = result.stdout.splitlines()
    assert told == "e2: district:D1 → street:S1"
    assert "night-light says no by hours" in why
    assert flow.split() == ["1", "a", "district", "→", "a", "street"]
    assert total == "3 events: 1 move to another queue; 1 change (1 in owner)"


def test_packs_that_decide_alike_are_no_finding(packs, recording):
    result = invoke(packs[0], packs[0], "--on", recording(light(1), light(2, 12.5)))
    assert (result.exit_code, result.stdout) == (
        0,
        "2 events: 0 move to another queue; 0 change\n",
    )


def test_json_holds_every_change_and_the_totals(packs, recording):
    result = invoke(*packs, "--json", "--on", recording(light(1), light(2, 12.5)))
    body = orjson.loads(result.stdout)
    assert (body["events"], body["moves"], body["totals"]["unit"]) == (2, 1, 1)
    (change,) = body["changes"]
    assert (change["before"]["unit"], change["after"]["unit"]) == ("district:D1", "street:S1")
    assert (change["before"]["route"], change["after"]["route"]) == ("night-light", "rest")
    assert body["before"] != body["after"]


def test_the_inputs_of_a_run_keep_their_lanes(packs, recording):
    alarm = light(1, 0, source="iot", device_id="d", sensor="smoke", state="alarm")
    posted = recording({"lane": "alarms", "event": alarm}, {"lane": "reports", "event": light(2)})
    assert invoke(*packs, "--on", posted).stdout.startswith("2 events")


def test_an_event_arrives_when_it_was_submitted(packs, recording):
    late = light(1, 0, submitted_at=(MORNING + timedelta(hours=12.5)).isoformat())
    assert invoke(*packs, "--on", recording(late)).exit_code == 1


def test_a_line_that_is_no_event_is_refused_with_its_number(packs, recording):
    result = invoke(packs[0], packs[0], "--on", recording(light(1), b"{broken"))
    assert result.exit_code == 1
    assert "line 2: " in result.stderr
    assert "1 line refused" in result.stdout


def test_no_more_than_the_limit_is_read(packs, recording):
    result = invoke(*packs, "--limit", 1, "--on", recording(light(1), light(2, 12.5)))
    assert result.stdout.startswith("1 event:")


@pytest.mark.parametrize(
    "arguments", [[], ["--on", "x.ndjson"], ["--from-topic", "wangge.decisions"]]
)
def test_what_it_cannot_read_events_from_is_refused(packs, arguments):
    assert isinstance(invoke(*packs, *arguments).exception, SettingsError)


@pytest.mark.broker
def test_a_topic_s_events_arrive_when_the_broker_had_them(packs, stack, topics):
    poster = Poster(stack.brokers, pace=None, idempotent=False)
    poster.post(feed.record(topics, "reports", light(n)) for n in range(3))
    poster.flush()
    # All day long, so that it matters to none when the test runs.
    edit(packs[1] / "routing.yaml", "23:00-06:00", "00:00-24:00")
    edit(packs[0] / "routing.yaml", '"2102"], hours: ["22:00-06:00"]', '"0000"]')
    result = invoke(
        *packs, "--brokers", stack.brokers, "--from-topic", topics.lane("reports"), "--json"
    )
    body = orjson.loads(result.stdout)
    assert (body["events"], body["moves"]) == (3, 3), result.output


@pytest.mark.broker
def test_a_topic_that_is_not_there_is_named(packs, stack):
    result = invoke(*packs, "--brokers", stack.brokers, "--from-topic", "nowhere.in.reports")
    assert isinstance(result.exception, BrokerError)
