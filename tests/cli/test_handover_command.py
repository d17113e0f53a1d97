"""`wangge handover`: the page of a run, for a person and for a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import orjson
import pytest
from desk_record_run import NOON, ROADS, WATER, action, case, returned, text, write_run
from typer.testing import CliRunner

from cli.desk_record import DeskRecord
from cli.main import app
from messages.errors import SettingsError
from messages.order import ModeOrder
from sinks.output import Output
from streams.posting.poster import Poster

sys.path.insert(0, str(Path(__file__).parents[1] / "streams"))
from small_city import write_city


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A pack with limits and a roster."""
    folder = write_city(tmp_path_factory.mktemp("town"))
    (folder / "escalation.yaml").write_text(
        "schema_version: 1\n"
        "policies: [{policy: everyday, accept: 15 min, dispose: 40 min}]\n"
        "defaults: {P1: everyday, P2: everyday, P3: everyday, P4: everyday}\n"
    )
    (folder / "roster.yaml").write_text(
        "schema_version: 1\noffices:\n  city:\n"
        '    - {shift: "08:00-20:00", name: "[b]白班", phone: "8001"}\n'
        '    - {shift: "20:00-08:00", name: 夜班, phone: "8002"}\n',
        "utf-8",
    )
    return folder


def held(number, code, minutes):
    return {
        "origin": {"topic": "wangge.in.reports", "partition": 0, "offset": number},
        "received_at": text(minutes),
        "event": {"event_id": f"q-{number}", "source": "app"},
        "reasons": [{"step": "screen", "code": code, "text": "why"}],
    }


def released(number):
    return {
        "outcome": "routed",
        "incident_id": "x",
        "released_from": held(number, "", 0)["origin"],
    }


@pytest.fixture
def run(tmp_path):
    decisions, states, entries = returned("back")
    decisions += [action("p1", 2, "progress", "street:S1", -1), released(3)]
    states += [case("p1", 5, priority="P1", unit="street:S1")]
    quarantined = [held(1, "spam", 2), held(2, "spam", 1), held(3, "spam", 0)]
    return write_run(tmp_path / "run", decisions, states, entries, quarantined)


def invoke(town, *arguments):
    command = ["handover", "--pack", town, *arguments]
    result = CliRunner().invoke(app, list(map(str, command)), env={"WANGGE_BROKERS": ""})
    if result.exception is not None:
        raise result.exception
    return result.stdout


def page(town, run, since="12:00", *arguments):
    return json.loads(invoke(town, "--run", run, "--json", "--since", since, *arguments))


def test_a_program_gets_the_whole_page_of_the_shift(town, run):
    found = page(town, run)
    assert (found["since"], found["now"]) == ("2026-11-23T04:00:00Z", "2026-11-23T05:00:00Z")
    assert found["p1"] == ["p1"]
    late = found["overdue"][""]
    assert [(one["incident_id"], one["of"], one["by_s"]) for one in late] == [
        ("back", "accept", 45 * 60),
        ("p1", "accept", 40 * 60),
    ]
    assert [(one["unit"], one["cases"]) for one in found["silent"]] == [
        (WATER, ["back"]),
        ("street:S1", ["p1"]),
    ]
    assert found["quarantine"] == [
        {"code": "spam", "count": 2, "oldest": "2026-11-23T04:01:00Z"},
    ]
    assert found["misrouted"] == [
        {"route": "roads", "sent": ROADS, "went": WATER, "cases": ["back"]}
    ]
    assert (found["expiring"], found["left_over"]) == (None, None)


def test_an_earlier_now_shows_the_page_as_it_was_then(town, run):
    found = page(town, run, "12:00", "--now", text(10))
    assert found["misrouted"] == []
    assert [one["unit"] for one in found["silent"]] == [ROADS, "street:S1"]
    assert found["overdue"] == {}


def test_what_was_before_the_shift_is_not_of_it(town, run):
    found = page(town, run, "12:25")
    assert found["misrouted"] == []
    assert "street:S1" in {one["unit"] for one in found["silent"]}
    assert "street:S1" not in {one["unit"] for one in page(town, run, "11:58")["silent"]}


def test_a_person_gets_one_page_with_who_is_on_duty_and_no_markup_of_theirs(town, run):
    shown = invoke(town, "--run", run, "--since", "12:00")
    assert "town handover 交接班 11-23 12:00 → 11-23 13:00" in shown
    for piece in (
        "P1 open 未结 · 1",
        "Silent units 无动作 · 2",
        "[b]白班 8001",
        "a run records no",
    ):
        assert piece in shown
    assert "8002" not in shown


def test_names_and_phones_are_not_written_for_programs(town, run):
    assert "8001" not in invoke(town, "--run", run, "--since", "12:00", "--json")


def test_a_section_shows_ten_lines_and_says_how_many_more_there_are(town, tmp_path):
    states = [case(f"c-{i}", priority="P1") for i in range(13)]
    shown = invoke(town, "--run", write_run(tmp_path / "run", states=states), "--since", "12:00")
    assert "and 3 more; --json lists all" in shown
    p1, _, _ = shown.partition("Overdue")
    assert p1.count("│ c-") == 10


def test_neither_a_run_nor_a_broker_is_refused(town):
    with pytest.raises(SettingsError, match="neither a run nor a broker"):
        invoke(town, "--since", "12:00")


@pytest.mark.broker
def test_from_the_topics_the_page_has_the_modes_too(town, stack, topics):
    order = ModeOrder.model_validate(
        {
            "schema_version": 1,
            "order_id": "flood-1",
            "author": "a",
            "approver": "b",
            "reason": "rain",
            "effective_at": NOON,
            "scenario": "flood",
            "area": ("city",),
            "ends_at": NOON.replace(hour=8),
        }
    )
    under = case("wet", modes=[{"order_id": "flood-1", "scenario": "flood"}])
    decisions, states, _ = returned("back")
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post([Output(topics.control, b"flood-1", order.to_json())])
        for topic, bodies in ((topics.decisions, decisions), (topics.incidents, [*states, under])):
            poster.post(
                Output(topic, one["incident_id"].encode(), orjson.dumps(one)) for one in bodies
            )
        assert poster.flush().complete
    record = DeskRecord.open("handover", None, stack.brokers, topics.ns)
    assert [mode.order_id for mode in record.modes()] == ["flood-1"]
    more = ("--brokers", stack.brokers, "--namespace", topics.ns, "--since", "12:00", "--json")
    found = json.loads(invoke(town, *more, "--now", text(60)))
    assert [one["ends"] for one in found["expiring"]] == ["2026-11-23T08:00:00Z"]
    assert found["misrouted"][0]["went"] == WATER
    found = json.loads(invoke(town, *more, "--now", text(5 * 60)))
    assert (found["expiring"], found["left_over"][0]["cases"]) == ([], ["wet"])
