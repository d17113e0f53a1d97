"""Filters are tried in the file's order; what follows from a finding is its filter's effect."""

import pytest
from screen_events import CALM, FIRE, NOW, desk, facts, screen

from rules.screen import Finding, Screened, ScreenFacts
from streams.understanding.decode import decode

NULL = {"name": "null island", "lon": 0, "lat": 0, "radius_m": 1000}
NOWHERE = {"check": "impossible_position", "points": [NULL]}
FUTURE = {"check": "future", "max_minutes": 10}
BOTH = {"occurred_at": NOW + 7200, "lon": 0.0, "lat": 0.0}


def codes(screened):
    return screened.finding and screened.finding.code, [mark.code for mark in screened.marks]


def test_an_ordinary_report_passes_without_a_mark():
    assert screen(FUTURE, NOWHERE).check(facts()) == Screened(None, ())


def test_the_first_filter_of_the_file_puts_the_event_aside():
    assert codes(screen(FUTURE, NOWHERE).check(facts(**BOTH))) == ("future", [])
    assert codes(screen(NOWHERE, FUTURE).check(facts(**BOTH))) == ("impossible_position", [])


def test_a_mark_notes_and_the_next_filter_is_tried():
    rules = screen(FUTURE | {"effect": "mark"}, NOWHERE)
    assert codes(rules.check(facts(**BOTH))) == ("impossible_position", ["future"])


def test_several_marks_stand_in_the_order_of_the_filters():
    rules = screen(NOWHERE | {"effect": "mark"}, FUTURE | {"effect": "mark"})
    assert codes(rules.check(facts(**BOTH))) == (None, ["impossible_position", "future"])


def test_a_pass_is_noted_and_ends_the_search():
    trusted = {"check": "source", "source": ["app"], "effect": "pass"}
    assert codes(screen(trusted, FUTURE).check(facts(**BOTH))) == (None, ["source"])
    assert codes(screen(FUTURE, trusted).check(facts(**BOTH))) == ("future", [])


def test_a_finding_has_its_filter_s_name_and_reason_and_the_figures():
    rules = screen(FUTURE | {"filter": "clock", "reason": "时钟不准"})
    finding = rules.check(facts(occurred_at=NOW + 7200)).finding
    assert finding == Finding("clock", "时钟不准: occurred 2.0 h after it arrived", "quarantine")


@pytest.mark.parametrize(
    ("only", "other"),
    [
        ({"source": ["app"]}, {"source": "hotline"}),
        ({"kind": ["report"]}, {"kind": "alarm"}),
        ({"category": ["0403", "0000"]}, {"category": "2101"}),
        ({"category": ["04*"]}, {"category": "2101"}),
    ],
)
def test_a_filter_looks_only_at_what_it_is_for(only, other):
    rules = screen(FUTURE | only)
    late = {"occurred_at": NOW + 7200}
    assert rules.check(facts(**late)).finding is not None
    assert rules.check(facts(**late, **other)).finding is None


def test_a_bypass_marks_life_safety_where_it_would_hold_back():
    rules = screen(FUTURE | {"life_safety_bypass": True})
    late = {"occurred_at": NOW + 7200}
    found = rules.check(facts(**late, category=FIRE))
    assert found.finding is None
    (mark,) = found.marks
    assert (mark.code, mark.effect) == ("future", "mark")
    assert mark.text.endswith("not held back: life safety")
    assert rules.check(facts(**late, category=CALM)).finding is not None


def test_without_a_bypass_life_safety_is_held_back_too():
    assert screen(FUTURE).check(facts(occurred_at=NOW + 7200, category=FIRE)).finding is not None


def test_a_bypass_does_not_hide_what_another_filter_finds():
    rules = screen(FUTURE | {"life_safety_bypass": True}, NOWHERE)
    found = rules.check(facts(**BOTH, category=FIRE))
    assert codes(found) == ("impossible_position", ["future"])


def test_the_life_safety_categories_are_there_to_read():
    assert screen().life_safety == {FIRE}


def test_what_a_pass_lets_through_meets_the_memory_before_it_and_no_other():
    rate = {"check": "rate", "by": "source", "max": 1, "window_minutes": 1}
    trusted = {"check": "source", "source": ["app"], "effect": "pass"}
    rules = screen(rate | {"filter": "first"}, trusted, rate | {"filter": "second"})
    marks = [mark.code for mark in rules.check(facts()).marks]
    assert [f.name for f in rules.memory_for(rules.passed_by(marks))] == ["first"]
    assert [f.name for f in rules.memory_for(rules.passed_by([]))] == ["first", "second"]


def test_a_mark_of_a_filter_that_is_no_pass_lets_nothing_through():
    rules = screen(FUTURE | {"effect": "mark"})
    assert rules.passed_by(["future", "of another pack"]) is None


def test_a_filter_with_memory_is_for_some_events_only_too():
    rate = {"check": "rate", "by": "source", "max": 1, "window_minutes": 1, "category": ["04*"]}
    (only,) = screen(rate).memory
    assert only.key(desk()) is not None
    assert only.key(desk(category="2101")) is None


def test_the_facts_of_a_report_are_its_own():
    body = b"""{"schema_version": 1, "event_id": "e", "source": "app", "text": "x",
        "occurred_at": "2026-11-23T12:00:00Z", "position": {"lon": 118.8, "lat": 32.0},
        "media": [{"url": "https://a/b.jpg"}]}"""
    found = ScreenFacts.of(decode("reports", body), CALM, NOW)
    at = 1_795_435_200.0
    expected = ("report", "app", CALM, 118.8, 32.0, at, NOW, "x", True, False, None)
    assert tuple(found) == expected


def test_the_facts_of_a_reading_are_its_quality_and_no_text():
    body = b"""{"schema_version": 1, "event_id": "e", "source": "iot", "device_id": "d", "value": 1,
        "sensor": "gas", "occurred_at": "2026-11-23T12:00:00Z", "quality": "suspect"}"""
    found = ScreenFacts.of(decode("readings", body), CALM, NOW)
    assert (found.kind, found.lon, found.text, found.quality) == ("reading", None, "", "suspect")
