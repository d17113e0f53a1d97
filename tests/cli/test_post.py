"""`wangge post`, as a producer meets it: a file in, records on the lanes, a summary out."""

import json

import orjson
import pytest
import typer
from typer.testing import CliRunner

from cli.post import post
from messages.errors import BrokerError, PackError, SettingsError
from streams.cluster import brokers
from streams.cluster.tail import Tail

pytestmark = pytest.mark.broker
app = typer.Typer()
app.command()(post)

REPORT = {
    "schema_version": 1,
    "kind": "report",
    "event_id": "r-1",
    "source": "suishoupai",
    "occurred_at": "2026-11-23T08:00:00+08:00",
    "text": "积水",
}
READING = {
    "schema_version": 1,
    "kind": "reading",
    "event_id": "m-1",
    "source": "iot",
    "occurred_at": "2026-11-23T08:00:00+08:00",
    "device_id": "d-7",
    "sensor": "pm25",
    "value": 1.5,
}


@pytest.fixture
def run(stack, topics):
    def run(*arguments, stdin=None):
        options = ["--brokers", stack.brokers, "--namespace", topics.ns]
        return CliRunner().invoke(app, [*map(str, arguments), *options], input=stdin)

    return run


@pytest.fixture
def on_lane(stack, topics):
    def on_lane(lane):
        with Tail(stack.brokers, {topics.lane(lane): 4}, from_start=True) as tail:
            return list(tail.history())

    return on_lane


@pytest.fixture
def file(tmp_path):
    def file(*lines):
        path = tmp_path / "events.ndjson"
        path.write_bytes(b"\n".join(x if isinstance(x, bytes) else orjson.dumps(x) for x in lines))
        return path

    return file


def test_events_reach_the_lane_of_their_kind_with_their_headers(run, on_lane, file):
    result = run(file(REPORT, READING))
    assert result.exit_code == 0
    assert result.stdout == "posted 2 (readings 1, reports 1)\n"
    (report,), (reading,) = on_lane("reports"), on_lane("readings")
    assert orjson.loads(report.value()) == REPORT
    assert reading.key() == b"d-7"
    assert dict(report.headers())["ce_id"] == b"r-1"


def test_a_faulty_line_is_refused_with_its_number_and_the_others_are_posted(run, on_lane, file):
    result = run(file(REPORT, b"{", {**REPORT, "event_id": ""}))
    assert result.exit_code == 1
    assert "line 2: body: Invalid JSON" in result.stderr
    assert "[event.undecodable]" in result.stderr
    assert "line 3: event_id" in result.stderr
    assert len(on_lane("reports")) == 1


def test_the_summary_is_json_for_programs(run, file):
    result = run(file(REPORT, b"{"), "--json")
    summary = json.loads(result.stdout)
    assert summary["posted"] == {"reports": 1}
    assert [(one["line"], one["code"]) for one in summary["refused"]] == [(2, "event.undecodable")]


def test_standard_input_is_read(run, on_lane):
    assert run("-", "--lane", "urgent", stdin=orjson.dumps(REPORT)).exit_code == 0
    assert len(on_lane("urgent")) == 1


def test_raw_bytes_are_posted_as_they_are(run, on_lane, file):
    assert run(file(b"\xff\xfe nonsense", b"{"), "--raw", "--lane", "reports").exit_code == 0
    assert sorted(m.value() for m in on_lane("reports")) == [b"{", b"\xff\xfe nonsense"]


def test_raw_without_a_lane_is_refused(run, file):
    assert isinstance(run(file(REPORT), "--raw").exception, SettingsError)


def test_a_lane_that_does_not_exist_is_refused(run, file):
    assert "settings.lane" in str(run(file(REPORT), "--lane", "gossip").exception)


def test_a_namespace_without_topics_is_refused_before_anything_is_posted(stack, file):
    options = ["--brokers", stack.brokers, "--namespace", "nowhere"]
    result = CliRunner().invoke(app, [str(file(REPORT)), *options])
    assert "settings.namespace" in str(result.exception)


def test_a_broker_that_is_not_there_is_an_error_within_ten_seconds(file, monkeypatch):
    assert brokers.REACH_SECONDS < 10
    monkeypatch.setattr(brokers, "REACH_SECONDS", 0.5)
    result = CliRunner().invoke(app, [str(file(REPORT)), "--brokers", "127.0.0.1:1"])
    assert isinstance(result.exception, BrokerError)
    assert "broker.unreachable" in str(result.exception)


def test_a_file_that_is_not_there_is_an_error(run, tmp_path):
    assert "settings.file" in str(run(tmp_path / "absent").exception)


def test_a_practice_ground_without_a_worker_is_not_overrun(run, file, monkeypatch):
    monkeypatch.setattr("cli.feeding.PATIENCE_SECONDS", 0.5)
    lines = [{**REPORT, "event_id": f"r-{n}"} for n in range(50)]
    result = run(file(*lines), "--outstanding", "10", "--json")
    assert isinstance(result.exception, BrokerError)
    assert "broker.nobody_reads" in str(result.exception)
    assert json.loads(result.stdout)["posted"] == {"reports": 10}


CSV = """\
id,time,lon,lat,text,address,button,reporter
c-1,2026-11-23 08:00:00,118.77,32.06,路口积水,中山路1号,积水,anon-1
c-2,yesterday,118.77,32.06,垃圾,中山路2号,垃圾,anon-2
"""


def test_a_csv_goes_through_the_mapping_of_the_pack(run, on_lane, tmp_path):
    path = tmp_path / "snaps.csv"
    path.write_text("\ufeff" + CSV)
    result = run(path, "--pack", "cities/nanjing", "--source", "suishoupai")
    assert result.exit_code == 1
    assert "[row.not_a_time]" in result.stderr
    (message,) = on_lane("reports")
    body = orjson.loads(message.value())
    assert body["event_id"] == "c-1"
    assert body["position"] == {"lon": 118.77, "lat": 32.06, "datum": "gcj02"}
    assert body["occurred_at"] == "2026-11-23T08:00:00+08:00"


def test_a_csv_without_a_source_is_refused(run, tmp_path):
    path = tmp_path / "snaps.csv"
    path.write_text(CSV)
    assert "settings.source" in str(run(path).exception)


def test_a_source_that_the_pack_does_not_have_is_refused(run, tmp_path):
    path = tmp_path / "snaps.csv"
    path.write_text(CSV)
    error = run(path, "--pack", "cities/nanjing", "--source", "rumours").exception
    assert "suishoupai" in str(error)


def test_a_csv_in_another_encoding_is_refused(run, tmp_path):
    path = tmp_path / "snaps.csv"
    path.write_bytes(CSV.encode("gbk"))
    result = run(path, "--pack", "cities/nanjing", "--source", "suishoupai")
    assert "settings.csv" in str(result.exception)


def test_a_pack_that_is_not_there_is_an_error(run, tmp_path):
    path = tmp_path / "snaps.csv"
    path.write_text(CSV)
    error = run(path, "--pack", tmp_path / "atlantis", "--source", "s").exception
    assert isinstance(error, PackError)
