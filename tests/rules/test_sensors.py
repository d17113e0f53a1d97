import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packs.taxonomy import TaxonomyFile
from rules.sensors import watches

LAW = settings(max_examples=100, deadline=None)
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": ({"code": "0403", "name": "积水", "priority": "P2"},),
        "sensors": (
            {
                "code": "level",
                "name": "液位",
                "category": "0403",
                "upkeep": "0603",
                "unit": "m",
                "states": {"alarm": "P1"},
                "limits": {
                    "above": 0.3,
                    "priority": "P2",
                    "pre_alarm": {"above": 0.15, "priority": "P3"},
                    "hysteresis": 0.05,
                },
            },
            {
                "code": "pressure",
                "name": "压力",
                "category": "0403",
                "limits": {"above": 0.9, "below": 0.2, "priority": "P3", "hysteresis": 0.1},
            },
            {"code": "lid", "name": "井盖", "category": "0403"},
        ),
    }
)
LEVEL, PRESSURE, LID = watches(TAXONOMY).values()


@pytest.mark.parametrize(
    ("value", "level"), [(0.15, "normal"), (0.16, "pre_alarm"), (0.3, "pre_alarm"), (0.31, "alarm")]
)
def test_a_value_is_beyond_a_limit_only_past_it(value, level):
    assert LEVEL.level(value) == level


@pytest.mark.parametrize(
    ("before", "value", "level"),
    [
        ("alarm", 0.26, "alarm"),
        ("alarm", 0.25, "pre_alarm"),
        ("alarm", 0.11, "pre_alarm"),
        ("alarm", 0.1, "normal"),
        ("pre_alarm", 0.26, "pre_alarm"),
        ("pre_alarm", 0.12, "pre_alarm"),
        ("pre_alarm", 0.1, "normal"),
    ],
)
def test_a_level_is_kept_until_the_value_is_back_inside_by_the_hysteresis(before, value, level):
    assert LEVEL.level(value, before) == level


def test_a_limit_below_clears_upwards():
    assert [PRESSURE.level(v, "alarm") for v in (0.1, 0.29, 0.31, 0.85)] == [
        "alarm",
        "alarm",
        "normal",
        "alarm",
    ]


def test_a_device_s_own_trouble_is_another_category():
    assert LEVEL.category_of("alarm") == "0403"
    assert LEVEL.category_of("tamper") == "0603"
    assert LID.category_of("fault") == "0403"


def test_a_kind_without_limits_is_never_beyond_them():
    assert (LID.level(1e9), LID.magnitude(1e9)) == ("normal", 0.0)


def test_the_limit_of_its_level_gives_a_reading_s_priority():
    found = [LEVEL.limit_priority(level) for level in ("normal", "pre_alarm", "alarm")]
    assert found == [None, "P3", "P2"]


@LAW
@given(st.lists(st.floats(-1, 1), max_size=30))
def test_a_value_at_the_limit_does_not_flap(values):
    """After a level is reached, values within the hysteresis of its limit never lower it."""
    level = "normal"
    for value in values:
        before, level = level, LEVEL.level(value, level)
        if before == "alarm" and value > 0.25:
            assert level == "alarm"
        if level == "normal":
            assert value <= 0.15


@LAW
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_more_is_never_less_grave(one, other):
    rank = {"normal": 0, "pre_alarm": 1, "alarm": 2}
    low, high = sorted([one, other])
    for before in rank:
        assert rank[LEVEL.level(low, before)] <= rank[LEVEL.level(high, before)]
