"""explain --again: an old decision under the pack it was made with, from the store."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from messages.errors import PackError, RunError, SettingsError
from packs.store import PackStore
from sinks.run_folder import Run, RunFolder, input_line
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "streams"))
from event_bodies import NOW, report
from small_city import at, edit, write_city


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WANGGE_STORE", raising=False)


@pytest.fixture
def run(tmp_path):
    """A run under a pack that is stored, and has been edited since."""
    pack = write_city(tmp_path / "town")
    PackStore(tmp_path / "cache" / "packs").put(pack)
    force = InForce.of(City.load(pack, tmp_path / "cache"))
    folder, states = RunFolder.create(tmp_path / "run"), {}
    posted = [report("e-1", position=at(0.5)), report("e-1", position=at(0.5)), report("e-2")]
    for number, body in enumerate(posted):
        raw = orjson.dumps(body)
        records = one_batch("wangge.in.reports", [raw], NOW + number, number)
        made = decide("reports", records, force, states, NOW + number)
        append(folder.inputs, input_line("reports", raw))
        for decision in made.decisions:
            append(folder.stream("decisions"), orjson.dumps(decision, option=orjson.OPT_UTC_Z))
    now = datetime.now(UTC)
    folder.write_run(Run(namespace="wangge", pack=force.first, started_at=now))
    edit(pack / "routing.yaml", "to: street", "to: district")
    return folder


def append(file, line):
    with file.open("ab") as stream:
        stream.write(line.rstrip(b"\n") + b"\n")


def again(run, event_id="e-1", *more):
    arguments = ["explain", event_id, "--run", str(run.folder), "--again", *more]
    return CliRunner().invoke(app, arguments)


def test_each_decision_on_an_event_comes_out_the_same_under_its_own_pack(run):
    result = again(run)
    assert result.exit_code == 0, result.output
    assert result.output.count("the same\n") == 2
    assert "street:S1" in result.output
    assert "repeat_of=" in result.output


def test_a_decision_that_would_be_another_today_is_a_finding_with_both_values(run):
    file = run.stream("decisions")
    text = file.read_text()
    assert '"unit":"street:S1"' in text
    file.write_text(text.replace('"unit":"street:S1"', '"unit":"dept:gas"', 1))
    result = again(run, "e-1", "--json")
    assert result.exit_code == 1
    first, second = (orjson.loads(line) for line in result.output.splitlines())
    assert {"field": "unit", "then": "dept:gas", "now": "street:S1"} in first["differences"]
    assert (first["same"], second["same"]) == (False, True)
    assert "differs" in again(run).output


def test_a_pack_that_is_not_in_the_store_is_told(run, tmp_path):
    error = again(run, "e-1", "--store", str(tmp_path / "empty")).exception
    assert isinstance(error, PackError)
    assert error.code == "pack.not_stored"


def test_an_event_that_the_run_did_not_post_is_told(run):
    lines = run.inputs.read_bytes().splitlines(keepends=True)
    run.inputs.write_bytes(b"".join(lines[:2]))
    assert again(run, "e-1").exit_code == 0
    error = again(run, "e-2").exception
    assert isinstance(error, RunError)
    assert error.code == "run.no_input"


def test_without_a_run_there_is_nothing_to_decide_again():
    error = CliRunner().invoke(app, ["explain", "e-1", "--again"]).exception
    assert isinstance(error, SettingsError)
    assert "--run" in error.mend
