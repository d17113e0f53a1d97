"""A run folder: written by one run, read by explain, ledger and replay."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import RunError
from messages.topics import Topics
from messages.unit import CITY, Unit
from sinks.run_folder import Run, RunFolder, input_line

RUN = Run(
    namespace="wangge", pack="0123456789abcdef", started_at=datetime(2026, 11, 23, tzinfo=UTC)
)


def test_what_is_written_is_read_back(tmp_path):
    folder = RunFolder.create(tmp_path / "run")
    folder.write_run(RUN)
    folder.stream("decisions").write_bytes(b'{"event_id":"a"}\n{"event_id":"b"}\n')
    opened = RunFolder.open(tmp_path / "run")
    assert opened.run() == RUN
    assert [d["event_id"] for d in opened.bodies(opened.stream("decisions"))] == ["a", "b"]


def test_a_stream_that_the_run_did_not_write_is_empty(tmp_path):
    folder = RunFolder.create(tmp_path)
    assert list(folder.bodies(folder.stream("dead"))) == []


def test_queues_are_found_by_their_unit(tmp_path):
    folder = RunFolder.create(tmp_path)
    units = [CITY, Unit("dept", "gas"), Unit("street", "320106001")]
    for unit in units:
        folder.queue(unit).write_bytes(b"{}\n")
    assert list(folder.queues()) == units
    assert folder.queue(units[2]).name == "street.320106001.ndjson"


@pytest.mark.parametrize(
    ("topic", "file"),
    [
        ("drill.x.decisions", "decisions.ndjson"),
        ("drill.x.ledger", "ledger.ndjson"),
        ("drill.x.queue.city", "queues/city.ndjson"),
        ("drill.x.queue.linkage.119", "queues/linkage.119.ndjson"),
    ],
)
def test_each_output_topic_has_its_file(tmp_path, topic, file):
    assert RunFolder(tmp_path).path(Topics("drill.x"), topic) == tmp_path / file


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(RunError, match=r"run\.missing"):
        RunFolder.open(tmp_path)


def test_a_run_that_was_killed_is_incomplete(tmp_path):
    RunFolder.create(tmp_path)
    with pytest.raises(RunError, match=r"run\.incomplete"):
        RunFolder.open(tmp_path)


def test_a_folder_with_something_else_in_it_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RunError, match=r"run\.not_ours"):
        RunFolder.create(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_an_earlier_run_is_replaced(tmp_path):
    first = RunFolder.create(tmp_path)
    first.stream("decisions").write_bytes(b"{}\n")
    first.queue(CITY).write_bytes(b"{}\n")
    second = RunFolder.create(tmp_path)
    assert not second.stream("decisions").exists()
    assert second.queues() == {}


def test_a_damaged_line_is_named(tmp_path):
    folder = RunFolder.create(tmp_path)
    folder.stream("dead").write_bytes(b'{}\n{"code":')
    with pytest.raises(RunError, match=r"dead\.ndjson:2 is not JSON"):
        list(folder.bodies(folder.stream("dead")))


@given(st.binary(min_size=1))
def test_an_input_is_one_line_that_holds_the_body_whatever_it_is(body):
    line = input_line("reports", body)
    assert line.count(b"\n") == 1
    kept = orjson.loads(line)
    assert kept["lane"] == "reports"
    assert ("event" in kept) != ("base64" in kept)
