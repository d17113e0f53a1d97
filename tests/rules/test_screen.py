import pytest

from packs.screening import ScreeningFile
from packs.taxonomy import TaxonomyFile
from rules.screen import Screen

NOW = 1_790_000_000.0
HOUR = 3600.0
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "?", "priority": "P3"},
            {"code": "0401", "name": "fire", "priority": "P1", "life_safety": True},
        ),
    }
)


def screen(**changes):
    rules = {
        "schema_version": 1,
        "impossible_positions": ({"name": "null island", "lon": 0, "lat": 0, "radius_m": 1000},),
        "bounding_box": {"west": 117.0, "south": -1.0, "east": 120.0, "north": 33.0},
        "future_max_minutes": 10,
        "too_old_hours": {"report": 72, "reading": 2},
        "repeat_window_hours": 24,
        "life_safety_bypass": ("impossible_position", "too_old"),
    }
    return Screen.compile(ScreeningFile.model_validate(rules | changes), TAXONOMY)


def check(rules=None, **changes):
    event = {
        "kind": "report",
        "lon": 118.8,
        "lat": 32.0,
        "occurred_at": NOW - 60,
        "received_at": NOW,
        "text": "积水",
        "has_media": False,
        "has_hint": False,
        "life_safety": False,
    }
    finding = (rules or screen()).check(**(event | changes))
    return finding and finding.code


def test_an_ordinary_report_passes():
    assert check() is None


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (0.005, -0.005)])
def test_a_point_near_null_island_is_impossible(lon, lat):
    assert check(screen(bounding_box=None), lon=lon, lat=lat) == "impossible_position"


def test_a_point_further_than_the_radius_is_possible():
    assert check(screen(bounding_box=None), lon=0.0, lat=0.0091) is None


def test_the_radius_is_in_metres_also_far_north():
    point = {"name": "pole", "lon": 20.0, "lat": 80.0, "radius_m": 1000}
    rules = screen(bounding_box=None, impossible_positions=(point,))
    # A degree of longitude has 19.4 km at 80° N.
    assert check(rules, lon=20.05, lat=80.0) == "impossible_position"
    assert check(rules, lon=20.06, lat=80.0) is None


def test_a_point_outside_the_box_is_impossible():
    assert check(lon=116.4, lat=32.0) == "impossible_position"


def test_an_event_without_a_position_has_no_impossible_one():
    assert check(lon=None, lat=None) is None


def test_an_event_of_the_future_is_held_back_beyond_the_allowed_minutes():
    assert check(occurred_at=NOW + 601) == "future"
    assert check(occurred_at=NOW + 600) is None


def test_age_is_limited_by_kind():
    assert check(occurred_at=NOW - 73 * HOUR) == "too_old"
    assert check(occurred_at=NOW - 3 * HOUR) is None
    assert check(kind="reading", occurred_at=NOW - 3 * HOUR) == "too_old"


def test_a_kind_without_a_limit_is_never_too_old():
    assert check(kind="alarm", occurred_at=0.0) is None


def test_null_sets_no_limit_at_all():
    assert check(screen(too_old_hours=None), occurred_at=0.0) is None


@pytest.mark.parametrize("text", ["", " ", "\u3000\n"])
def test_a_report_that_says_nothing_is_empty(text):
    assert check(text=text) == "empty"


@pytest.mark.parametrize("sign", [{"has_media": True}, {"has_hint": True}, {"kind": "alarm"}])
def test_a_picture_a_hint_or_a_device_says_something(sign):
    assert check(text="", **sign) is None


def test_the_pack_can_let_empty_reports_pass():
    assert check(screen(empty_reports=False), text="") is None


def test_the_bypass_lets_life_safety_pass():
    assert check(lon=0.0, lat=0.0, life_safety=True) is None
    assert check(occurred_at=0.0, life_safety=True) is None


def test_a_finding_that_is_not_on_the_bypass_list_holds_life_safety_back():
    assert check(occurred_at=NOW + HOUR, life_safety=True) == "future"


def test_a_bypassed_finding_does_not_hide_another():
    assert check(occurred_at=0.0, text="", life_safety=True) == "empty"


def test_the_window_and_the_life_safety_categories_are_there_to_read():
    rules = screen()
    assert rules.repeat_window_s == 24 * HOUR
    assert rules.life_safety == {"0401"}


def test_the_finding_reads_as_a_sentence():
    finding = screen().check("report", 118.8, 32.0, NOW - 80 * HOUR, NOW, "x", False, False, False)
    assert finding.text == "3.3 d old; reports count for 3.0 d"
