"""mode: orders checked before they are posted, modes listed, and planned without a broker."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from functools import cache

import orjson
import pytest
from typer.testing import CliRunner

from cli import mode_order
from cli.mode import app
from cli.mode_order import duration_of, mandate_of, moment_of
from messages.errors import SettingsError
from messages.order import Accepted, EndOrder, ModeOrder
from sinks.output import Output
from streams.posting.poster import Poster

GULOU = "district:320106"
ORDERED = ("--for", "6h", "--author", "duty-320106", "--reason", "暴雨")
_mandate = cache(mandate_of)


@pytest.fixture(autouse=True)
def one_reading_of_the_pack(monkeypatch):
    """The same mandate for every command: reading the pack again takes seconds."""
    monkeypatch.setattr(mode_order, "mandate_of", _mandate)


def invoke(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def lines(result):
    return [orjson.loads(line) for line in result.stdout.splitlines()]


# Plan: no broker ------------------------------------------------------------------------------


def test_a_plan_shows_queues_and_policies_before_and_after():
    result = invoke("plan", "flood", "--area", GULOU)
    assert result.exit_code == 0, result.output
    words = re.sub(r"[\s│]+", " ", result.output)
    for part in ("0403 道路积水", "dept:drainage", "storm", "in layer", "combinations change"):
        assert part in words
    assert "积水从重" in words


def test_a_plan_as_json_is_one_line_a_difference():
    found = lines(invoke("plan", "security", "--area", GULOU, "--json"))
    assert found
    for row in found:
        assert row["before"] != row["after"]
        assert len(row["streets"]) == 13


def event(event_id, position):
    return {
        "schema_version": 1,
        "event_id": event_id,
        "source": "suishoupai",
        "occurred_at": datetime.now(UTC).isoformat(),
        "position": {**position, "datum": "wgs84"},
        "text": "路面积水",
    }


def test_a_plan_on_a_file_lists_the_events_that_would_move(tmp_path):
    file = tmp_path / "events.ndjson"
    inside, outside = {"lon": 118.77, "lat": 32.06}, {"lon": 118.83, "lat": 31.95}
    bodies = [event("in", inside), event("out", outside)]
    file.write_bytes(b"".join(orjson.dumps(body) + b"\n" for body in bodies) + b"{broken\n")
    result = invoke("plan", "flood", "--area", GULOU, "--on", file)
    assert "1 of 2 events would move" in result.output
    assert "line 3" in result.output
    (row,) = lines(invoke("plan", "flood", "--area", GULOU, "--on", file, "--json"))
    assert row["event_id"] == "in"
    assert row["after"]["escalation"] == "storm"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "earthquake", "--area", GULOU), "settings.scenario"),
        (("plan", "flood", "--area", "district:1"), "settings.area"),
        (("plan", "flood", "--area", "nowhere"), "settings.unit"),
        (("plan", "flood", "--area", GULOU, "--on", "no-such-file"), "settings.file"),
        (
            ("start", "flood", "--area", GULOU, *ORDERED, "--from", "2026-11-23T20:00"),
            "settings.time",
        ),
        (("start", "flood", "--area", "nowhere", *ORDERED), "settings.order"),
        (
            ("start", "flood", "--area", GULOU, *ORDERED[2:], "--for", "soon"),
            "settings.duration",
        ),
    ],
)
def test_a_word_that_cannot_be_meant_is_named(arguments, code):
    error = invoke(*arguments).exception
    assert isinstance(error, SettingsError)
    assert error.code == code
    assert error.mend


@pytest.mark.parametrize(
    ("text", "minutes"), [("6h", 360), ("90m", 90), ("1d12h", 2160), ("1h30m", 90), ("30s", 0.5)]
)
def test_a_duration_is_read_by_its_units(text, minutes):
    assert duration_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "6", "h", "6h6h", "-6h", "6 h", "1.5h"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(SettingsError, match=r"settings\.duration"):
        duration_of(text)


def test_a_time_has_a_zone():
    assert moment_of("2026-11-23T20:00+08:00") == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert abs(moment_of(None).timestamp() - time.time()) < 5


# Orders: a broker, and no worker ---------------------------------------------------------------


def given(order_id, author="duty-320106", *, begins=-60, ends=300, **fields):
    now = datetime.now(UTC)
    accepted = Accepted(at=now + timedelta(minutes=begins), pack="0" * 16)
    return ModeOrder(
        schema_version=1,
        order_id=order_id,
        author=author,
        reason="暴雨",
        effective_at=now + timedelta(minutes=begins),
        ends_at=now + timedelta(minutes=ends),
        scenario="flood",
        area=(GULOU,),
        accepted=accepted,
        **fields,
    )


@pytest.fixture
def at_broker(stack, topics):
    def command(*arguments):
        return invoke(*arguments, "--brokers", stack.brokers, "--namespace", topics.ns)

    command.stack, command.topics = stack, topics
    return command


def post(at_broker, *outputs):
    with Poster(at_broker.stack.brokers, idempotent=False) as poster:
        poster.post(outputs)


def on_record(at_broker, *orders):
    topic = at_broker.topics.control
    post(at_broker, *(Output(topic, o.order_id.encode(), o.to_json()) for o in orders))


@pytest.mark.broker
def test_an_order_that_no_worker_answers_is_told_of_as_such(at_broker):
    result = at_broker("start", "flood", "--area", GULOU, *ORDERED, "--wait", "0.5")
    assert result.exit_code == 1
    assert "no worker has answered" in result.output


@pytest.mark.broker
def test_a_refused_order_is_not_posted(at_broker):
    ordered = ("--for", "6h", "--author", "duty-320102", "--reason", "暴雨", "--json")
    result = at_broker("start", "flood", "--area", GULOU, *ordered)
    assert result.exit_code == 1
    (row,) = lines(result)
    assert (row["accepted"], row["code"]) == (False, "event.order_not_own_area")
    assert at_broker("start", "flood", "--area", GULOU, *ORDERED, "--wait", "0").exit_code == 1
    from streams.cluster.topic_reader import read_all

    posted = list(read_all(at_broker.stack.brokers, at_broker.topics.orders))
    assert [order["author"] for order in posted] == ["duty-320106"]


@pytest.mark.broker
def test_an_approval_of_one_s_own_mode_is_refused_at_once(at_broker):
    on_record(at_broker, given("m-1", "chief-320106"))
    result = at_broker("approve", "m-1", "--author", "chief-320106")
    assert result.exit_code == 1
    assert "event.order_self_approved" in result.output
    assert "mend:" in result.output


@pytest.mark.broker
def test_no_mode_at_all_is_said_in_a_word(at_broker):
    result = at_broker("list")
    assert result.exit_code == 0
    assert "平" in result.output
    assert at_broker("list", "--json").stdout == ""


@pytest.mark.broker
def test_the_list_shows_modes_with_the_cases_they_leave(at_broker):
    end = EndOrder(
        schema_version=1,
        order_id="e",
        author="duty-320106",
        reason="雨停",
        effective_at=datetime.now(UTC) - timedelta(minutes=1),
        ends="over",
    )
    on_record(
        at_broker,
        given("on", approver="chief-320106"),
        given("asked", begins=-10),
        given("soon", approver="chief-320106", begins=30),
        given("over", approver="chief-320106"),
        end,
    )
    cases = [
        {
            "incident_id": f"001-{number}",
            "status": status,
            "modes": [{"order_id": "over", "scenario": "flood"}],
        }
        for number, status in enumerate(("dispatched", "accepted", "closed"))
    ]
    topic = at_broker.topics.incidents
    first = [Output(topic, c["incident_id"].encode(), orjson.dumps(c)) for c in cases]
    closed = Output(topic, b"001-1", orjson.dumps({**cases[1], "status": "closed"}))
    post(at_broker, *first, closed)
    found = {row["order_id"]: row for row in lines(at_broker("list", "--json"))}
    assert {one: row["state"] for one, row in found.items()} == {
        "on": "in force",
        "asked": "waiting",
        "soon": "to come",
        "over": "ended",
    }
    assert found["over"]["handover"] == {"count": 1, "incidents": ["001-0"]}
    assert "ended by duty-320106: 雨停" in found["over"]["change"]
    assert len(found["on"]["warnings"]) == 2

    table = at_broker("list").output
    assert "over handover 交接: 1 open: 001-0" in table
    assert "on warns at" in table
