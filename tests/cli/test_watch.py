"""`wangge watch`: what arrives on units' queues."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner

from cli.watch import watch
from messages.unit import Unit
from sinks.output import Output
from streams.posting.poster import Poster

pytestmark = pytest.mark.broker
app = typer.Typer()
app.command()(watch)
STREET, FIRE = Unit("street", "320106001"), Unit("linkage", "119")


def entry(number, unit=STREET):
    return {
        "entry_id": f"i-{number}:1",
        "incident_id": f"i-{number}",
        "unit": str(unit),
        "role": "owner",
        "category": "0403",
        "category_name": "道路积水",
        "priority": "P2",
        "place": {"method": "inside", "city": "320100", "grid": "320106001000123"},
        "reason": "积水 → 0403",
        "occurred_at": "2026-11-23T08:00:00+08:00",
    }


@pytest.fixture
def put(stack, topics):
    def put(unit, *numbers):
        with Poster(stack.brokers, idempotent=False) as poster:
            poster.post(
                [
                    Output(topics.queue(unit), b"", orjson.dumps(entry(number, unit)))
                    for number in numbers
                ]
            )

    return put


@pytest.fixture
def run(stack, topics):
    def run(*arguments):
        options = ["--brokers", stack.brokers, "--namespace", topics.ns]
        return CliRunner().invoke(app, [*map(str, arguments), *options])

    return run


def test_entries_come_as_ndjson_when_piped(put, run):
    put(STREET, 1, 2, 3)
    result = run("--queue", STREET, "--from-start", "--count", 3, "--for", 20)
    assert result.exit_code == 0
    found = [json.loads(line)["incident_id"] for line in result.stdout.splitlines()]
    assert found == ["i-1", "i-2", "i-3"]


def test_several_queues_are_watched_at_once(put, run):
    put(STREET, 1)
    put(FIRE, 2)
    queues = ("--queue", STREET, "--queue", FIRE)
    result = run(*queues, "--from-start", "--count", 2, "--for", 20)
    assert {json.loads(line)["unit"] for line in result.stdout.splitlines()} == {
        "street:320106001",
        "linkage:119",
    }


def test_it_stops_at_the_count_although_there_is_more(put, run):
    put(STREET, *range(10))
    result = run("--queue", STREET, "--from-start", "--count", 4, "--for", 20)
    assert len(result.stdout.splitlines()) == 4


def test_it_stops_when_the_time_is_up(run):
    result = run("--queue", STREET, "--for", 0.5)
    assert (result.exit_code, result.stdout) == (0, "")


def test_what_was_there_before_is_left_out_unless_asked_for(put, run):
    put(STREET, 1)
    assert run("--queue", STREET, "--for", 0.5).stdout == ""


def test_a_unit_without_a_queue_is_an_error(run):
    error = run("--queue", "street:999").exception
    assert "settings.queue" in str(error)
    assert "4 queues" in str(error)


def test_what_is_no_unit_is_an_error(run):
    assert "settings.unit" in str(run("--queue", "moon").exception)


def test_a_terminal_gets_a_table(put, stack, topics):
    put(STREET, 7)
    ours, theirs = pty.openpty()
    script = "import typer; from cli.watch import watch; typer.run(watch)"
    options = ["--brokers", stack.brokers, "--namespace", topics.ns, "--from-start", "--count", "1"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, "--queue", str(STREET), *options],
        stdout=theirs,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "COLUMNS": "160", "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    assert process.wait(20) == 0
    assert "道路积水" in shown.decode()
    assert "entries: 1" in shown.decode()
