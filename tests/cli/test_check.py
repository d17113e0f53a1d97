"""check: what a person reads, what a program reads, and the three exit codes."""

from __future__ import annotations

import re

import orjson
import pytest
import typer
from checked_town import edit, write_town
from typer.testing import CliRunner

from cli.check import check
from messages.errors import BoundaryError, PackError, SettingsError

app = typer.Typer()
app.command()(check)


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))
    return write_town(tmp_path / "town")


def invoke(*arguments, today="2026-11-25"):
    options = ["--today", today] if today else []
    return CliRunner().invoke(app, [*map(str, arguments), *options])


def test_a_clean_pack_says_so_and_what_was_looked_at(town):
    result = invoke(town)
    assert result.exit_code == 0, result.output
    for part in ("9 of 9 routes reached", "448 places", "24 of 24 golden tests", "0 findings"):
        assert part in result.stdout


def test_a_finding_is_one_line_with_file_line_and_code_and_another_with_its_mend(town):
    edit(town / "routing.yaml", "  - {route: rest", "  - {route: all, to: city}\n  - {route: rest")
    result = invoke(town)
    assert result.exit_code == 1
    (line, mend) = re.findall(r"^.*unreachable_route.*$\n.*$", result.stdout, re.M)[0].splitlines()
    assert line == (
        f"{town / 'routing.yaml'}:14: no event is left for route 'rest': taken before by all "
        "[check.unreachable_route]"
    )
    assert mend == "  mend: move it before them, narrow them, or take it out"


def test_a_note_is_told_and_is_no_finding(town):
    since = "    working_hours:"
    edit(town / "calendars.yaml", since, f'    provisional_from: "2027-01-01"\n{since}')
    result = invoke(town)
    assert result.exit_code == 0
    assert "note: " in result.stdout
    assert "0 findings, 1 note" in result.stdout


def test_the_day_decides_what_a_calendar_is_worth(town):
    assert invoke(town, today="2027-10-31").exit_code == 0
    assert invoke(town, today="2027-11-01").exit_code == 1


def test_without_a_day_it_is_today(town):
    edit(town / "calendars.yaml", "2027-12-31", "2026-09-30")
    assert invoke(town, today=None).exit_code == 1


def test_what_is_no_day_is_refused(town):
    assert isinstance(invoke(town, today="tomorrow").exception, SettingsError)


def test_mutants_are_asked_for(town):
    assert "wrong trees" not in invoke(town).stdout
    assert (
        "59 of 59 wrong trees noticed (100.0%; 2 proved equal)" in invoke(town, "--mutate").stdout
    )


def test_golden_tests_that_notice_too_little_are_findings(town):
    tests = (town / "tests.yaml").read_text("utf-8").splitlines(keepends=True)
    (town / "tests.yaml").write_text("".join(tests[:4]), "utf-8")
    assert invoke(town).exit_code == 0
    result = invoke(town, "--mutate")
    assert result.exit_code == 1
    assert "check.mutant_survived" in result.stdout


def test_a_pack_without_golden_tests_is_noted(town):
    (town / "tests.yaml").unlink()
    result = invoke(town, "--mutate")
    assert result.exit_code == 0
    assert "check.no_golden_tests" in result.stdout


def test_json_holds_findings_notes_and_figures(town):
    edit(town / "tests.yaml", 'expect: {queue: "linkage:119", route: fire', "expect: {queue: city")
    result = invoke(town, "--json")
    assert result.exit_code == 1
    body = orjson.loads(result.stdout)
    (finding,) = body["findings"]
    assert (finding["code"], finding["line"]) == ("check.golden_failed", 3)
    assert finding["file"] == str(town / "tests.yaml")
    assert body["figures"]["reached"] == 9
    assert body["usable"]


def test_a_pack_that_cannot_be_loaded_is_the_loader_s_error(town):
    (town / "routing.yaml").unlink()
    assert isinstance(invoke(town).exception, PackError)
    result = invoke(town, "--json")
    assert result.exit_code == 2
    body = orjson.loads(result.stdout)
    assert (body["usable"], body["findings"][0]["code"]) == (False, "pack.missing_file")


def test_boundaries_that_cannot_be_loaded_are_an_error_too(town):
    (town / "boundaries" / "grid.geojson").write_text("{}", "utf-8")
    assert isinstance(invoke(town).exception, BoundaryError)
    assert invoke(town, "--json").exit_code == 2
