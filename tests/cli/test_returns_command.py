"""`wangge returns`: by route, and each as a golden test that the pack's loader reads."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk_record_run import DISTRICT, ROADS, WATER, action, case, returned, write_run
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli.main import app
from cli.returns_as_tests import HEAD, as_tests
from incidents.returned import returned as returns_of
from packs.golden import GoldenFile
from packs.yaml_file import read_model

sys.path.insert(0, str(Path(__file__).parents[1] / "streams"))
from small_city import write_city

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("town"))


@pytest.fixture
def invoke(town, tmp_path):
    def invoke(*cases, options=()):
        parts = [[body for one in cases for body in one[i]] for i in range(3)]
        run = write_run(tmp_path / "run", *parts)
        command = ["returns", "--run", str(run), "--pack", str(town), *options]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.exception
        return result.stdout

    return invoke


def parsed(text, tmp_path):
    (tmp_path / "tests.yaml").write_text(text, "utf-8")
    return read_model(tmp_path / "tests.yaml", GoldenFile).tests


def test_a_return_becomes_a_golden_test_that_expects_the_unit_it_was_assigned_to(invoke, tmp_path):
    shown = invoke(returned("c-1"), options=["--as-tests"])
    (test,) = parsed(shown, tmp_path)
    assert (test.source, test.text, test.street, test.at) == (
        "suishoupai",
        "水管爆了",
        "320106001",
        "2026-11-23 12:00",
    )
    assert (test.expect.queue, test.expect.route) == (WATER, None)
    assert f"# c-1: roads → {ROADS}; {ROADS} returned it: not-ours" in shown


def test_each_return_of_each_case_has_its_own_test(invoke, tmp_path):
    tests = parsed(invoke(returned("a"), returned("b"), options=["--as-tests"]), tmp_path)
    assert len({test.name for test in tests}) == 2


@pytest.mark.parametrize(
    ("first", "fields"),
    [
        ({"consulted": {"hint": "0401"}}, {"hint": "0401", "street": "320106001"}),
        (
            {"kind": "alarm", "consulted": {"sensor": "smoke", "state": "alarm"}},
            {"sensor": "smoke", "state": "alarm"},
        ),
        ({"kind": "reading", "consulted": {"sensor": "gas", "value": 12.5}}, {"value": 12.5}),
        ({"consulted": {"layers": ("schools",)}}, {"near": "schools", "street": "320106001"}),
        ({"modes": [{"order_id": "m", "scenario": "flood"}]}, {"mode": ("flood",)}),
        (
            {"place": {"method": "inside", "city": "c", "district": "D1"}},
            {"district": "D1", "street": None},
        ),
        ({"place": {"method": "unlocated", "city": "c"}}, {"unlocated": True, "street": None}),
    ],
    ids=["hint", "alarm", "reading", "layer", "mode", "district", "unlocated"],
)
def test_what_the_decision_consulted_stands_in_the_test(invoke, tmp_path, first, fields):
    (test,) = parsed(invoke(returned("c", **first), options=["--as-tests"]), tmp_path)
    assert {name: getattr(test, name) for name in fields} == fields


def test_a_case_returned_again_makes_one_test_of_its_last_assignment(invoke, tmp_path):
    decisions, states, entries = returned("c")
    decisions += [
        action("c", 4, "return", WATER, 40, reason_code="nor-ours"),
        action("c", 5, "assign", DISTRICT, 50),
    ]
    states += [case("c", seq=5, unit="dept:gas")]
    shown = invoke((decisions, states, entries), options=["--as-tests"])
    assert [test.expect.queue for test in parsed(shown, tmp_path)] == ["dept:gas"]
    assert "No test: that unit returned it too" in shown


def test_where_no_return_makes_a_test_only_comments_are_printed(invoke):
    decisions, states, entries = returned("c")
    shown = invoke((decisions[:2], states[:2], entries), options=["--as-tests"])
    assert shown.startswith("# c: ")
    assert "has not assigned it yet" in shown
    assert "tests:" not in shown


@given(words=st.text(max_size=60), code=st.text(max_size=12))
def test_whatever_a_citizen_wrote_is_read_back_as_it_was(tmp_path_factory, words, code):
    decisions, states, _ = returned("c")
    decisions[1]["reason_code"] = code
    found = returns_of(decisions, states)
    text = HEAD + "".join(as_tests(found, {"e-c": words}, SHANGHAI))
    (test,) = parsed(text, tmp_path_factory.mktemp("golden"))
    assert (test.text or "") == words


def test_without_the_option_returns_are_listed_by_route_with_their_count(invoke):
    shown = invoke(returned("a"), returned("b"), returned("c", route="signs"))
    assert "Returns 退回 · 3" in shown
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines()]
    assert [row for row in rows if row] == [
        ["roads", ROADS, WATER, "not-ours", "2"],
        ["signs", ROADS, WATER, "not-ours", "1"],
    ]


def test_only_returns_since_a_time_are_listed(invoke):
    assert "Returns 退回 · 1" in invoke(returned("a"), options=["--since", "12:20"])
    assert "Returns 退回 · 0" in invoke(returned("a"), options=["--since", "12:21"])
