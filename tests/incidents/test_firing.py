"""What falls due is done: an escalation notifies and co-owns, and takes nothing away."""

from __future__ import annotations

import pytest
from cases_at_hand import CITY, DAY, DEPT, DISTRICT, HOUR, NOON, STREET, URGENT, a_case

from incidents.acting.roles import unit_at
from incidents.deadlines import Due
from incidents.firing import fire
from rules.escalate import Limit, Step

REMIND = 1800.0


def fired(case, step=None, kind="step", at=NOON + HOUR):
    return fire(case, Due(at, kind, step), REMIND, at)


def test_an_escalation_co_owns_and_leaves_the_case_with_its_owner():
    found = fired(a_case(), URGENT.steps[0])
    assert (found.case.unit, found.case.co_owners) == (STREET, [DISTRICT])
    assert found.told == {STREET: "owner", DISTRICT: "co_owner"}
    assert found.case.status == "dispatched"


def test_a_step_is_known_as_taken_on_its_own_clock_alone():
    accept, dispose = fired(a_case(), URGENT.steps[1]).case, fired(a_case(), URGENT.steps[3]).case
    assert (accept.accept.fired, accept.dispose.fired) == ((2,), ())
    assert (dispose.accept.fired, dispose.dispose.fired) == ((), (4,))


def test_entries_are_numbered_from_one_whatever_has_fallen_due():
    case = a_case(pauses=[(NOON, None)], review=NOON + HOUR, reminder=NOON)
    entries = []
    for kind, step in (("step", URGENT.steps[0]), ("review", None), ("reminder", None)):
        found = fired(case, step, kind)
        entries.append((found.entry, found.change))
        case = found.case
    assert entries == [("step:1", "step"), ("step:2", "review"), ("step:3", "reminder")]


def test_nobody_co_owns_twice_and_the_owner_never():
    both = Step(1, "accept", Limit.parse("15 min"), ("street", "district", "district"), "")
    assert fired(a_case(co_owners=[DISTRICT]), both).case.co_owners == [DISTRICT]


def test_a_step_that_supervises_names_the_highest_that_was_told():
    case = fired(a_case(), URGENT.steps[4]).case
    assert case.supervised == {"by": CITY, "at": NOON + HOUR, "times": 1}
    assert case.stage == "grave"


def test_a_step_without_a_stage_leaves_the_one_before():
    step = Step(1, "accept", Limit.parse("15 min"), (), "")
    assert fired(a_case(stage="late"), step).case.stage == "late"


def test_what_a_step_says_names_stage_limit_and_who_was_told():
    assert (
        fired(a_case(), URGENT.steps[0]).text == f"late: not accepted after 15 min, told {DISTRICT}"
    )
    assert "not disposed of after 4 h" in fired(a_case(), URGENT.steps[3]).text


def test_those_who_are_only_told_hear_of_no_step():
    assert DEPT not in fired(a_case(told=[DEPT]), URGENT.steps[0]).told


def test_at_its_review_date_a_suspension_is_over_and_the_dispatcher_hears_of_it():
    case = a_case(pauses=[(NOON, None)], review=NOON + DAY)
    found = fired(case, kind="review", at=NOON + DAY)
    assert found.case.pauses == [(NOON, NOON + DAY)]
    assert found.case.review is None
    assert found.told[DISTRICT] == "dispatcher"


def test_a_reminder_comes_again():
    found = fired(a_case(reminder=NOON), kind="reminder")
    assert found.case.reminder == NOON + HOUR + REMIND
    assert found.text == "again: nobody has accepted it"


def test_a_reminder_of_a_supervision_counts_how_often_it_was_said():
    case = a_case(reminder=NOON, supervised={"by": CITY, "at": NOON, "times": 2})
    found = fired(case, kind="reminder")
    assert found.case.supervised["times"] == 3
    assert CITY in found.text


def test_at_its_end_a_case_is_forgotten():
    assert fired(a_case(status="closed"), kind="end") is None


@pytest.mark.parametrize("kind", ["step", "review", "reminder"])
def test_firing_does_not_change_the_case_that_it_is_given(kind):
    case = a_case(
        pauses=[(NOON, None)],
        review=NOON + HOUR,
        reminder=NOON,
        supervised={"by": CITY, "at": NOON, "times": 1},
    )
    before = case.to_json()
    fired(case, URGENT.steps[4], kind)
    assert case.to_json() == before


@pytest.mark.parametrize(
    ("place", "level", "unit"),
    [
        ({"street": "1", "district": "2"}, "street", "street:1"),
        ({"street": "1", "district": "2"}, "district", "district:2"),
        ({"street": "1", "district": "2"}, "city", "city"),
        ({"district": "2"}, "street", "district:2"),
        ({}, "street", "city"),
        (
            {"street": "1", "district": "2", "responsible": {"street": "3", "district": "4"}},
            "street",
            "street:3",
        ),
        ({"district": "2", "responsible": {"district": "4"}}, "district", "district:4"),
    ],
)
def test_a_level_is_the_unit_that_answers_for_the_place_or_the_next_above(place, level, unit):
    assert unit_at(place, level) == unit
