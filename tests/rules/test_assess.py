from hypothesis import given, settings
from hypothesis import strategies as st

from packs.classify import ClassifyFile
from packs.taxonomy import TaxonomyFile
from rules.assess import Assessor

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "未分类", "priority": "P3"},
            {"code": "0101", "name": "垃圾", "priority": "P4"},
            {"code": "0401", "name": "火灾", "priority": "P1"},
        ),
        "sensors": (
            {
                "code": "smoke",
                "name": "烟感",
                "category": "0401",
                "states": {"alarm": "P1", "fault": "P3"},
                "limits": {"above": 1.0, "priority": "P2"},
            },
        ),
    }
)
CLASSIFY = ClassifyFile.model_validate(
    {
        "schema_version": 1,
        "urgent_words": (
            {"name": "life", "priority": "P1", "words": ("被困",)},
            {"name": "hazard", "priority": "P2", "words": ("危险",)},
        ),
        "lanes": {"urgent": "P2"},
    }
)
ASSESSOR = Assessor.compile(TAXONOMY, CLASSIFY)


def parts(assessed):
    return [(part["name"], part["priority"]) for part in assessed.contributions]


def test_a_category_gives_its_default():
    assessed = ASSESSOR.assess("0101", "reports", "")
    assert parts(assessed) == [("category", "P4")]
    assert assessed.reason["text"] == "P4 by category"


def test_the_most_urgent_contribution_wins_and_stands_first():
    assessed = ASSESSOR.assess("0101", "urgent", "危险 有人被困")
    assert assessed.priority == "P1"
    assert parts(assessed) == [
        ("word 被困", "P1"),
        ("word 危险", "P2"),
        ("lane urgent", "P2"),
        ("category", "P4"),
    ]


def test_a_lane_only_raises():
    assert ASSESSOR.assess("0401", "urgent", "").priority == "P1"


def test_an_alarm_s_state_stands_in_place_of_the_category():
    assert ASSESSOR.assess("0401", "alarms", "", "smoke", "fault").priority == "P3"


def test_a_state_that_the_sensor_does_not_list_leaves_the_category():
    assert ASSESSOR.assess("0401", "alarms", "", "smoke", "cleared").priority == "P1"


def test_a_reading_beyond_its_limits_has_their_priority():
    assert ASSESSOR.assess("0401", "readings", "", "smoke").priority == "P2"


@LAW
@given(st.text("被困危险火 ", max_size=20), st.sampled_from(["reports", "urgent"]))
def test_more_words_never_make_an_event_less_urgent(text, lane):
    for word in ("被困", "危险", "火"):
        more = ASSESSOR.assess("0101", lane, f"{text} {word}").priority
        assert more <= ASSESSOR.assess("0101", lane, text).priority


@LAW
@given(
    st.sampled_from(["0000", "0101", "0401"]),
    st.sampled_from(["reports", "urgent", "alarms"]),
    st.text(max_size=30),
    st.sampled_from([None, "smoke", "quake"]),
    st.sampled_from([None, "alarm", "fault", "cleared"]),
)
def test_the_priority_is_the_least_of_its_contributions(category, lane, text, sensor, state):
    assessed = ASSESSOR.assess(category, lane, text, sensor, state)
    assert assessed.priority == min(priority for _, priority in parts(assessed))
