"""Returns: against which first decision, and where the case went."""

from __future__ import annotations

import pytest

from incidents.returned import returned
from messages.cloudevents import rfc3339_text

T0 = 1_795_406_400.0
WRONG, RIGHT, THIRD, DISTRICT = "dept:roads", "dept:water", "dept:gas", "district:320106"


def routed(name="c", unit=WRONG, route="roads", event="e-1"):
    return {
        "event_id": event,
        "outcome": "routed",
        "incident_id": name,
        "route": route,
        "unit": unit,
    }


def action(seq, what, by=DISTRICT, *, name="c", outcome="applied", code=None):
    return {
        "kind": "action",
        "incident_id": name,
        "action": what,
        "unit": by,
        "outcome": outcome,
        "reason_code": code,
        "seq": seq if outcome == "applied" else None,
        "decided_at": rfc3339_text(T0 + 60 * seq),
    }


def state(seq, unit, name="c"):
    return {"incident_id": name, "seq": seq, "unit": unit}


BACK = action(2, "return", WRONG, code="not-ours")


def test_a_return_stands_against_the_decision_that_opened_the_case():
    decisions = [routed(), BACK, routed(unit=RIGHT, route="later", event="e-2")]
    (one,) = returned(decisions, [])
    assert (one.route, one.sent, one.by, one.code) == ("roads", WRONG, WRONG, "not-ours")
    assert (one.at, one.first["event_id"]) == (T0 + 120, "e-1")


def test_it_went_to_whom_it_lies_with_after_the_assignment():
    states = [state(2, DISTRICT), state(3, RIGHT), state(4, RIGHT)]
    (one,) = returned([routed(), BACK, action(3, "assign")], states)
    assert (one.went, one.again) == (RIGHT, False)


def test_the_latest_state_does_where_the_case_has_not_gone_further():
    decisions = [routed(), BACK, action(3, "assign")]
    assert returned(decisions, [state(9, RIGHT)])[0].went == RIGHT


@pytest.mark.parametrize("further", ["assign", "transfer", "return", "reopen"])
def test_a_state_after_the_case_went_further_does_not_tell_where_it_went_first(further):
    decisions = [routed(), BACK, action(3, "assign"), action(5, further)]
    assert returned(decisions, [state(6, THIRD)])[0].went is None


def test_what_is_not_assigned_yet_went_nowhere():
    assert returned([routed(), BACK], [state(2, DISTRICT)])[0].went is None


def test_an_assignment_before_the_return_is_not_where_it_went():
    decisions = [routed(), action(1, "assign"), BACK]
    assert returned(decisions, [state(1, RIGHT), state(2, DISTRICT)])[0].went is None


def test_a_case_returned_twice_is_two_returns_and_the_first_was_returned_again():
    decisions = [
        *(routed(), BACK, action(3, "assign")),
        *(action(4, "return", RIGHT, code="nor-ours"), action(5, "assign")),
    ]
    states = [state(3, RIGHT), state(4, DISTRICT), state(5, THIRD)]
    found = returned(decisions, states)
    assert [(one.went, one.again) for one in found] == [(RIGHT, True), (THIRD, False)]


def test_a_return_that_was_refused_is_none():
    assert returned([routed(), action(2, "return", WRONG, outcome="refused")], []) == []


def test_only_those_of_the_time_are_told_its_ends_among_them():
    decisions = [routed(), *(action(seq, "return", WRONG, name="c") for seq in (2, 4, 6))]
    found = returned(decisions, [], T0 + 120, T0 + 240)
    assert [one.seq for one in found] == [2, 4]


def test_an_outcome_that_is_recorded_twice_is_one_return():
    assert len(returned([routed(), BACK, BACK], [])) == 1


def test_a_case_whose_first_decision_is_gone_has_no_route():
    (one,) = returned([BACK], [])
    assert (one.first, one.route, one.sent) == (None, "", "")
