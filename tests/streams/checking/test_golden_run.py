"""Golden tests at work: what is sent, what came before it, what none of them looks at."""

import pytest
from small_city import edit

from packs.golden import GoldenTest, read_golden
from streams.checking.golden import check_golden, play
from streams.checking.golden.spots import Spots

AT = "2026-11-25 10:00"


@pytest.fixture
def decided(town, load):
    """The decision on one test's event."""
    city = load(town)

    def decide(**test):
        given = {"name": "x", "source": "app", "at": AT, "expect": {"outcome": "ignored"}} | test
        ((_, _, decision),) = play([(0, GoldenTest.model_validate(given, strict=False))], city)
        return decision

    return decide


@pytest.fixture
def golden(town, load):
    return lambda: check_golden(load(town), *read_golden(town))


def test_the_event_arrives_at_that_minute_of_the_city_s_clocks(decided):
    decision = decided(text="路灯", street="S1")
    assert decision["received_at"] == "2026-11-25T02:00:00Z"
    assert (decision["consulted"]["minute"], decision["consulted"]["weekday"]) == (600, 3)


def test_a_spot_in_a_street_lies_in_it_and_in_no_layer(decided):
    decision = decided(text="路灯", street="S2")
    assert decision["place"]["street"] == "S2"
    assert "layers" not in decision["consulted"]


def test_a_spot_near_a_layer_lies_in_it(decided):
    assert decided(text="路灯", near="schools")["consulted"]["layers"] == ["schools"]


def test_near_in_another_district_has_no_spot(town, load):
    spots = Spots(load(town))
    assert spots.near("schools", None, "D1") is not None
    assert spots.near("schools", None, "D2") is None


def test_many_reports_are_told_as_many_and_not_as_one_reporter_s_flood(decided):
    assert decided(text="积水", street="S4", reports=32)["consulted"]["reports"] == 32


def test_what_was_sent_before_is_remembered(decided):
    before = {"source": "iot", "sensor": "smoke", "state": "alarm"}
    now = {"source": "iot", "sensor": "smoke", "state": "alarm", "street": "S1"}
    assert decided(**now)["outcome"] == "routed"
    assert decided(**now, before=(before,))["outcome"] == "merged"


def test_a_reading_that_came_back_is_heard_because_its_device_was(decided):
    back = {"source": "meters", "sensor": "level", "value": 0.1, "unit": "m", "street": "S1"}
    high = {key: back[key] for key in ("source", "sensor", "unit")} | {"value": 0.9}
    assert decided(**back) == {"outcome": "ignored"}
    assert decided(**back, before=(high,))["outcome"] == "merged"


def test_one_test_knows_nothing_of_another(town, load):
    city = load(town)
    alarm = {"source": "iot", "sensor": "smoke", "state": "alarm", "street": "S1", "device": "d1"}
    given = {"name": "x", "at": AT, "expect": {"outcome": "ignored"}} | alarm
    test = GoldenTest.model_validate(given, strict=False)
    assert [one.decision["outcome"] for one in play([(0, test), (1, test)], city)] == ["routed"] * 2


def test_a_field_that_its_kind_does_not_have_is_refused_as_the_worker_would(decided):
    decision = decided(text="x", sensor="smoke", street="S1")
    assert (decision["outcome"], decision["code"]) == ("dead", "event.unknown_field")


def test_a_mode_is_in_force_for_the_test_that_names_it_alone(town, load):
    city = load(town)
    given = {"name": "x", "source": "app", "text": "积水", "street": "S4", "at": AT}
    given["expect"] = {"outcome": "ignored"}
    plain, flood = (
        GoldenTest.model_validate(given | {"mode": mode}, strict=False) for mode in ((), ("flood",))
    )
    routes = [one.decision["route"] for one in play([(0, plain), (1, flood)], city)]
    assert routes == ["rest", "flood-water"]


def test_a_route_that_no_test_reaches_is_noted(town, golden):
    at_night = '"2026-11-25 22:10", expect: {queue: district, route: night-light'
    edit(town / "tests.yaml", at_night, '"2026-11-25 21:10", expect: {queue: street, route: rest')
    (note,) = golden().untested
    assert (note.code, note.severity, note.line) == ("check.untested_route", "note", 12)


def test_a_route_that_only_a_failing_test_reaches_is_noted_too(town, golden):
    edit(town / "tests.yaml", "district, route: night-light", "city, route: night-light")
    assert "night-light" in golden().untested[0].text


def test_a_mode_that_no_test_looks_at_out_of_hours_is_noted(town, golden):
    edit(town / "tests.yaml", '22:10", mode: [flood]', '11:10", mode: [flood]')
    (note,) = golden().untested
    assert note.text == "no golden test looks at flood outside working time"
