from hypothesis import given, settings
from hypothesis import strategies as st

from packs.assessment import AssessmentFile
from packs.classify import ClassifyFile
from packs.taxonomy import TaxonomyFile
from rules.assess import Assessor, Event

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "未分类", "priority": "P3"},
            {"code": "0101", "name": "垃圾", "priority": "P4"},
            {"code": "0401", "name": "火灾", "priority": "P1"},
            {"code": "0403", "name": "积水", "priority": "P2"},
        ),
        "sensors": (
            {
                "code": "smoke",
                "name": "烟感",
                "category": "0401",
                "states": {"alarm": "P1", "fault": "P3"},
                "limits": {
                    "above": 1.0,
                    "priority": "P2",
                    "pre_alarm": {"above": 0.5, "priority": "P3"},
                },
            },
            {
                "code": "pressure",
                "name": "压力",
                "category": "0403",
                "limits": {"below": 0.2, "priority": "P3"},
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
ASSESSMENT = AssessmentFile.model_validate(
    {
        "schema_version": 1,
        "contributions": (
            {"name": "school", "layer": ("school",), "points": 10},
            {"name": "half more", "magnitude": 1.5, "points": 5},
            {"name": "twice", "magnitude": 2.0, "points": 7},
            {"name": "both", "corroborated": True, "points": 30, "category": ("04*",)},
            {"name": "three", "reports": 3, "points": 8, "category": ("0403",)},
            {"name": "calm", "category": ("0101",), "kind": ("alarm",), "points": -20},
        ),
        "proposals": (
            {
                "level": "IV",
                "emergency": "natural_disaster",
                "category": ("0403",),
                "score": 90,
                "reason": "flood",
            },
            {
                "level": "III",
                "emergency": "natural_disaster",
                "category": ("0403",),
                "score": 90,
                "layer": ("underpass",),
                "reason": "deep",
            },
        ),
    }
)
MODES = {"storm": AssessmentFile.model_validate(
    {
        "schema_version": 1,
        "contributions": ({"name": "water", "category": ("0403",), "points": 30},),
    }
).contributions}  # fmt: skip
ASSESSOR = Assessor.compile(TAXONOMY, CLASSIFY, ASSESSMENT, MODES)


def assess(category, lane="reports", text="", sensor=None, state=None, **more):
    kind = more.pop("kind", "report" if sensor is None else "alarm")
    return ASSESSOR.assess(Event(category, kind, lane, text, sensor, state, **more))


def parts(assessed):
    return [(part["name"], part["points"]) for part in assessed.contributions]


def test_a_category_starts_with_the_points_of_its_priority():
    assessed = assess("0101")
    assert parts(assessed) == [("category 0101", 0.0)]
    assert assessed.reason["text"] == "P4 by 0 points: category 0101 +0"


def test_contributions_add_up():
    assessed = assess("0403", layers=("school",), modes=("storm",))
    assert parts(assessed) == [("category 0403", 60.0), ("school", 10.0), ("storm: water", 30.0)]
    assert (assessed.score, assessed.priority) == (100.0, "P1")


def test_a_mode_counts_for_its_categories_only():
    assert assess("0101", modes=("storm",)).score == 0.0


def test_urgent_words_and_lanes_lift_the_sum_to_where_their_priority_begins():
    assessed = assess("0101", "urgent", "危险 有人被困", layers=("school",))
    assert assessed.priority == "P1"
    assert parts(assessed) == [
        ("category 0101", 0.0),
        ("school", 10.0),
        ("word 被困", 80.0),
        ("word 危险", 0.0),
        ("lane urgent", 0.0),
    ]


def test_a_denied_urgent_word_lifts_nothing():
    denying = ClassifyFile.model_validate(
        {**CLASSIFY.model_dump(), "negation": {"words": ("没有",)}}
    )
    assessor = Assessor.compile(TAXONOMY, denying, ASSESSMENT, {})
    assert assessor.assess(Event("0101", "report", "reports", "没有被困")).priority == "P4"
    assert assessor.assess(Event("0101", "report", "reports", "被困")).priority == "P1"


def test_a_lane_only_raises():
    assert assess("0401", "urgent").priority == "P1"


def test_a_negative_contribution_lowers():
    assert assess("0101", sensor="x", kind="alarm").score == -20.0


def test_an_alarm_s_state_stands_in_place_of_the_category():
    assert assess("0401", "alarms", sensor="smoke", state="fault").priority == "P3"


def test_a_state_that_the_sensor_does_not_list_leaves_the_category():
    assert assess("0401", "alarms", sensor="smoke", state="cleared").priority == "P1"


def test_a_reading_has_the_priority_of_the_limit_that_it_is_beyond():
    for state, priority in (("alarm", "P2"), ("pre_alarm", "P3")):
        assessed = assess("0401", "readings", "", "smoke", state, kind="reading")
        assert assessed.priority == priority


def test_far_beyond_its_limit_counts_more():
    def score(sensor, value):
        return assess("0401", "readings", "", sensor, "alarm", kind="reading", value=value).score

    assert [score("smoke", v) for v in (1.4, 1.5, 2.5)] == [60.0, 65.0, 72.0]
    assert [score("pressure", v) for v in (0.19, 0.1, 0.0)] == [30.0, 42.0, 42.0]


def test_memory_adds_corroboration_and_the_number_of_reports():
    before = assess("0403", "urgent", "危险")
    event = Event("0403", "report", "urgent")
    again = ASSESSOR.again(before.contributions, event, corroborated=True, reports=3)
    assert again.score == 60 + 30 + 8
    assert again.priority == "P1"
    assert ASSESSOR.again(before.contributions, event, corroborated=False, reports=2) is None


def test_what_lifts_is_lifted_anew_when_memory_has_added():
    before = assess("0403", "reports", "被困")
    assert before.score == 90
    again = ASSESSOR.again(
        before.contributions, Event("0403", "report", "reports"), corroborated=True, reports=1
    )
    assert again.score == 90
    assert parts(again)[-1] == ("word 被困", 0.0)


def test_only_categories_that_a_contribution_remembers_are_remembered():
    assert ASSESSOR.remembered == {"0401", "0403"}


def test_the_gravest_level_that_holds_is_proposed_with_its_reasons():
    assert ASSESSOR.proposal("0403", 89.0, ()) is None
    assert ASSESSOR.proposal("0403", 95.0, ())["level"] == "IV"
    deep = ASSESSOR.proposal("0403", 95.0, ("underpass",))
    assert deep["level"] == "III"
    assert deep["text"] == "deep: 0403 with a score of 95, from 90 on; in underpass"


@LAW
@given(st.text("被困危险火 ", max_size=20), st.sampled_from(["reports", "urgent"]))
def test_more_words_never_make_an_event_less_urgent(text, lane):
    for word in ("被困", "危险", "火"):
        more = assess("0101", lane, f"{text} {word}").priority
        assert more <= assess("0101", lane, text).priority


events = st.builds(
    Event,
    category=st.sampled_from(["0000", "0101", "0401", "0403"]),
    kind=st.sampled_from(["report", "alarm", "reading"]),
    lane=st.sampled_from(["reports", "urgent", "alarms"]),
    text=st.text("被困危险火 ", max_size=20),
    sensor=st.sampled_from([None, "smoke", "pressure", "quake"]),
    state=st.sampled_from([None, "alarm", "pre_alarm", "fault", "normal"]),
    value=st.none() | st.floats(0, 5),
    layers=st.sampled_from([(), ("school",), ("school", "underpass")]),
    modes=st.sampled_from([(), ("storm",)]),
)


@LAW
@given(events, st.booleans(), st.integers(1, 5))
def test_the_score_is_the_sum_of_its_contributions_and_gives_the_priority(event, agree, reports):
    assessed = ASSESSOR.assess(event)
    again = ASSESSOR.again(assessed.contributions, event, corroborated=agree, reports=reports)
    for one in (assessed, again or assessed):
        assert one.score == sum(part["points"] for part in one.contributions)
        begins = {"P1": 90, "P2": 60, "P3": 30, "P4": float("-inf")}
        assert one.score >= begins[one.priority]
        assert all(one.score < begins[p] for p in begins if p < one.priority)
