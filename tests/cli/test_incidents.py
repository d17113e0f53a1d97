"""`wangge incidents`: cases as they stand, one of them whole, and its steps."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from messages.errors import RunError, SettingsError
from messages.incident import Incident, QueueEntry
from messages.unit import Unit
from sinks.output import Output
from sinks.run_folder import Run, RunFolder
from streams.posting.poster import Poster

STREET, DISTRICT = "street:320106001", "district:320106"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PLACE = {"method": "inside", "city": "320100", "street": "320106001"}


def at(minutes):
    return NOON.timestamp() + minutes * 60


def text(minutes):
    return datetime.fromtimestamp(at(minutes), UTC).isoformat()


def case(name, minutes=0, **more):
    """A case opened so many minutes after noon, as the desk writes it: checked by its model."""
    body = {
        "incident_id": name,
        "seq": 1,
        "status": "dispatched",
        "opened_at": text(minutes),
        "changed_at": text(minutes),
        "category": "0403",
        "priority": "P3",
        "place": PLACE,
        "unit": STREET,
        "events": ["e-1"],
        "pack": "nanjing@1",
        "clocks": {"accept": {"start": at(minutes)}, "dispose": {"start": at(minutes)}},
        "timeline": [{"seq": 1, "at": at(minutes), "change": "opened"}],
    } | more
    return json.loads(Incident.from_json(orjson.dumps(body)).to_json())


def entry(name, seq=1, unit=STREET, role="owner", **more):
    body = {
        "entry_id": f"{name}:{seq}",
        "incident_id": name,
        "seq": seq,
        "unit": unit,
        "role": role,
        "status": "dispatched",
        "category": "0403",
        "priority": "P3",
        "place": PLACE,
        "reason": f"reason {seq}",
        "opened_at": text(0),
    } | more
    return json.loads(QueueEntry.from_json(orjson.dumps(body)).to_json())


@pytest.fixture
def run(tmp_path):
    """A run that ended an hour after noon; ``run(cases, entries)`` writes it, then invokes."""
    folder = RunFolder.create(tmp_path / "run")
    ended = NOON + timedelta(hours=1)
    folder.write_run(Run(namespace="wangge", pack="p", started_at=NOON, ended_at=ended))

    def run(cases, entries, *arguments):
        folder.stream("incidents").write_bytes(b"".join(orjson.dumps(c) + b"\n" for c in cases))
        for one in entries:
            with folder.queue(Unit.parse(one["unit"])).open("ab") as queue:
                queue.write(orjson.dumps(one) + b"\n")
        command = ["incidents", *arguments, "--run", str(folder.folder)]
        return CliRunner().invoke(app, command, env={"COLUMNS": "200"})

    return run


def names(result):
    assert result.exit_code == 0, result.exception
    return [json.loads(line)["incident_id"] for line in result.stdout.splitlines()]


def test_the_last_line_of_a_case_wins_and_the_oldest_case_comes_first(run):
    cases = [case("b", 5), case("a", 1), case("b", 5, seq=2, status="accepted")]
    result = run(cases, [], "list", "--json")
    assert names(result) == ["a", "b"]
    assert json.loads(result.stdout.splitlines()[1])["status"] == "accepted"


def test_cases_are_in_order_of_time_whatever_zone_they_are_told_in(run):
    early = case("early", opened_at="2026-11-23T11:00:00+08:00")
    assert names(run([case("late", -30), early], [], "list", "--json")) == ["early", "late"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--unit", DISTRICT], ["b"]),
        (["--status", "closed"], ["c"]),
        (["--priority", "P1"], ["b"]),
        (["--open"], ["a", "b"]),
        (["--open", "--unit", STREET], ["a"]),
    ],
    ids=["unit", "status", "priority", "open", "two-at-once"],
)
def test_only_cases_that_match_are_listed(run, options, found):
    cases = [
        case("a", 0),
        case("b", 1, unit=DISTRICT, priority="P1"),
        case("c", 2, status="closed"),
    ]
    assert names(run(cases, [], "list", "--json", *options)) == found


def test_overdue_is_what_is_past_the_limit_of_its_latest_entry_when_the_run_ended(run):
    cases = [case(name) for name in ("late", "in-time", "extended", "unlimited")]
    entries = [
        entry("late", accept_by=text(30)),
        entry("in-time", accept_by=text(90)),
        entry("extended", 2, dispose_by=text(90)),
        entry("extended", 1, dispose_by=text(30)),
        entry("unlimited"),
    ]
    assert names(run(cases, entries, "list", "--json", "--overdue")) == ["late"]


def test_a_clock_that_was_stopped_is_not_overdue_nor_a_case_that_is_done(run):
    stopped = {"accept": {"start": at(0), "end": at(10)}}
    cases = [case("accepted", clocks=stopped), case("done", status="resolved")]
    entries = [entry(name, accept_by=text(30)) for name in ("accepted", "done")]
    assert names(run(cases, entries, "list", "--json", "--overdue")) == []


def test_a_person_gets_a_table(run):
    shown = run([case("i-7", stage="黄牌")], [], "list").stdout
    assert "Incidents 案件 · 1" in shown
    assert "i-7" in shown
    assert "黄牌" in shown


def test_a_case_is_shown_with_its_clocks_limits_and_place(run, local_time):
    body = case(
        "i-7",
        copies=[DISTRICT],
        clocks={
            "accept": {"start": at(0), "end": at(10)},
            "dispose": {"start": at(0), "longer": ["2 h"]},
        },
        supervised={"by": "city", "at": at(20), "times": 3},
        modes=[{"order_id": "o-1", "scenario": "flood"}],
    )
    shown = run([body], [entry("i-7", dispose_by=text(120))], "show", "i-7").stdout
    assert "since 2026-11-23 12:00:00, ended 2026-11-23 12:10:00" in shown
    assert "running, limit 2026-11-23 14:00:00, longer by 2 h" in shown
    assert "city, since 2026-11-23 12:20:00, said 3" in shown
    assert "street 320106001" in shown
    assert "flood (o-1)" in shown
    assert DISTRICT in shown


def test_a_case_is_shown_whole_as_json(run):
    body = case("i-7")
    assert json.loads(run([body], [], "show", "i-7", "--json").stdout) == body


@pytest.fixture
def local_time(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def accepted():
    steps = [
        {"seq": 1, "at": at(0), "change": "opened"},
        {"seq": 2, "at": at(10), "change": "accepted", "by": STREET, "code": "ok"},
    ]
    return case("i-7", seq=2, status="accepted", timeline=steps, copies=[DISTRICT])


def test_steps_are_told_in_local_time_with_what_they_put_on_queues(run, local_time):
    entries = [entry("i-7"), entry("i-7", 2, DISTRICT, "copy"), entry("other", 2)]
    shown = run([accepted()], entries, "timeline", "i-7").stdout
    opened, taken = (line for line in shown.splitlines() if "2026-11-23" in line)
    assert "2026-11-23 12:00:00" in opened
    assert f"{STREET} (owner): reason 1" in opened
    assert "2026-11-23 12:10:00" in taken
    assert f"{DISTRICT} (copy): reason 2" in taken
    assert f"{STREET} (owner): reason 2" not in shown  # of another case


@pytest.mark.parametrize(
    "named", [{"resolved_by": DISTRICT}, {"assists": [DISTRICT]}], ids=["one", "of-several"]
)
def test_queues_of_units_that_do_not_have_the_case_are_read_too(run, named):
    shown = run([case("i-7", **named)], [entry("i-7", 1, DISTRICT)], "timeline", "i-7").stdout
    assert f"{DISTRICT} (owner): reason 1" in shown


def test_an_entry_that_lies_on_a_queue_twice_is_told_once(run):
    entries = [entry("i-7"), entry("i-7")]
    lines = run([accepted()], entries, "timeline", "i-7", "--json").stdout.splitlines()
    assert [len(json.loads(line)["entries"]) for line in lines] == [1, 0]


def test_a_step_that_the_timeline_has_lost_is_still_told_by_the_queues(run):
    later = case("i-7", seq=2, timeline=[{"seq": 2, "at": at(10), "change": "accepted"}])
    shown = run([later], [entry("i-7")], "timeline", "i-7").stdout
    assert "reason 1" in shown


@pytest.mark.parametrize("command", ["show", "timeline"])
def test_a_case_that_is_not_there_is_an_error(run, command):
    error = run([case("i-7")], [], command, "i-8").exception
    assert isinstance(error, RunError)
    assert error.code == "run.no_such_incident"


def test_neither_a_run_nor_a_broker_is_a_usage_error():
    result = CliRunner().invoke(app, ["incidents", "list"], env={"WANGGE_BROKERS": ""})
    assert isinstance(result.exception, SettingsError)


@pytest.mark.broker
def test_cases_and_their_entries_are_read_from_topics_too(stack, topics):
    bodies = [case("i-7"), accepted(), case("i-8", 1)]
    outputs = [Output(topics.incidents, b["incident_id"].encode(), orjson.dumps(b)) for b in bodies]
    late = entry("i-8", accept_by=text(30))
    outputs.append(Output(topics.queue(Unit.parse(STREET)), b"", orjson.dumps(late)))
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(outputs)

    def ask(*arguments):
        options = ["--brokers", stack.brokers, "--namespace", topics.ns, "--json"]
        return CliRunner().invoke(app, ["incidents", *arguments, *options])

    assert names(ask("list", "--status", "accepted")) == ["i-7"]
    assert names(ask("list", "--overdue")) == ["i-8"]
    (line,) = ask("timeline", "i-8").stdout.splitlines()
    assert json.loads(line)["entries"] == [late]
