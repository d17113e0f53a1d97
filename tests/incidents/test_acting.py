"""Who may do what to a case when, and what an action leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases_at_hand import (
    CITY,
    DAY,
    DEPT,
    DISTRICT,
    HOUR,
    LIFECYCLE,
    NEXT_DISTRICT,
    NOON,
    OTHER,
    STRANGER,
    STREET,
    UNITS,
    a_case,
    code,
    done,
    post,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.acting import Acted, Refused, Setting
from incidents.acting.act import RULES
from incidents.acting.outcome import REFUSALS
from incidents.case import Clock, Joined
from messages.action import ACTIONS
from messages.incident import IncidentStatus

STATUSES = IncidentStatus.__args__
RETURN = {"reason_code": "not-ours"}
ASSIGN = {"to_unit": OTHER}
SUSPEND = {"reason_code": "weather", "until": "2026-12-01T00:00:00+00:00"}
COMPLETE = {
    "to_unit": OTHER,
    "reason_code": "weather",
    "until": "2026-12-01T00:00:00+00:00",
    "longer": "1 d",
    "passed": True,
    "satisfaction": 4,
}

ACCEPTED = ((STREET, "accept"),)
RESOLVED = (*ACCEPTED, (STREET, "resolve"))
CHECKED = (*RESOLVED, (DISTRICT, "check", {"passed": True}))
CLOSED = (*CHECKED, (DISTRICT, "close"))
HAND_BACK = ((STREET, "return", RETURN), (DISTRICT, "assign", {"to_unit": STREET}))


# Accept and resolve ------------------------------------------------------------------------


def test_accepting_stops_the_accept_clock_and_never_the_disposal_clock():
    case = done(a_case(), *ACCEPTED)
    assert case.accept == Clock(NOON, NOON + HOUR)
    assert case.dispose == Clock(NOON)
    assert (case.status, case.accepted_by) == ("accepted", STREET)


def test_resolving_stops_the_disposal_clock():
    case = done(a_case(), *RESOLVED)
    assert case.dispose == Clock(NOON, NOON + HOUR)
    assert (case.status, case.resolved_by) == ("resolved", STREET)


def test_a_co_owner_may_accept_and_the_owner_stays_the_owner():
    case = done(a_case(co_owners=[DISTRICT]), (DISTRICT, "accept"))
    assert (case.unit, case.accepted_by) == (STREET, DISTRICT)


def test_an_assistant_reports_progress_but_does_not_resolve():
    case = done(a_case(assists=[DEPT]), *ACCEPTED, (DEPT, "progress"))
    assert case.status == "in_progress"
    assert code(post(case, DEPT, "resolve")) == "not_yours"


def test_what_was_not_accepted_is_not_resolved():
    assert code(post(a_case(), STREET, "resolve")) == "wrong_state"


# Return, assign, transfer -------------------------------------------------------------------


def test_a_return_goes_to_the_dispatcher_and_the_former_owner_hears_of_it():
    acted = post(a_case(), STREET, "return", **RETURN)
    assert (acted.case.unit, acted.case.status, acted.case.returns) == (DISTRICT, "returned", 1)
    assert acted.told == {DISTRICT: "owner", STREET: "former"}


def test_a_return_restarts_the_units_clock_and_the_cases_runs_on():
    case = done(a_case(), *ACCEPTED, (STREET, "return", RETURN))
    assert case.accept == Clock(NOON + HOUR)
    assert case.dispose == Clock(NOON)
    case = done(case, (DISTRICT, "assign", ASSIGN), after=2 * HOUR)
    assert case.accept == Clock(NOON + 2 * HOUR)
    assert case.dispose == Clock(NOON)


def test_a_return_names_its_reason():
    assert code(post(a_case(), STREET, "return")) == "missing"


def test_a_return_has_a_window_that_begins_anew_with_every_unit():
    within = LIFECYCLE.return_within_s
    assert code(post(a_case(), STREET, "return", within, **RETURN)) is None
    assert code(post(a_case(), STREET, "return", within + 1, **RETURN)) == "too_late"
    case = done(a_case(), (DISTRICT, "assign", ASSIGN), after=DAY)
    assert code(post(case, OTHER, "return", within + DAY, **RETURN)) is None


def test_only_the_owner_returns_a_case():
    assert code(post(a_case(co_owners=[CITY]), CITY, "return", **RETURN)) == "not_yours"


@pytest.mark.parametrize(
    ("dispatcher", "arbiter"), [(DISTRICT, DISTRICT), (NEXT_DISTRICT, CITY), (CITY, CITY)]
)
def test_the_third_return_goes_to_the_district_or_across_districts_to_the_city(dispatcher, arbiter):
    again = (dispatcher, "assign", {"to_unit": STREET})
    case = done(a_case(dispatcher=dispatcher), *((STREET, "return", RETURN), again) * 2)
    assert case.arbiter is None
    case = done(case, (STREET, "return", RETURN))
    assert (case.unit, case.arbiter, case.status) == (arbiter, arbiter, "returned")


def test_reopenings_count_like_returns():
    failed = (DISTRICT, "check", {"passed": False})
    case = done(a_case(), *HAND_BACK, *RESOLVED, failed, *RESOLVED, failed)
    assert (case.returns, case.reopened, case.arbiter, case.unit) == (1, 2, DISTRICT, DISTRICT)
    assert case.status == "returned"


def test_a_unit_that_becomes_the_owner_is_no_co_owner_or_assistant_beside():
    failed = (DISTRICT, "check", {"passed": False})
    many = a_case(co_owners=[DISTRICT, CITY], assists=[DISTRICT])
    for case in (
        done(many, *HAND_BACK, *RESOLVED, failed, *RESOLVED, failed),
        done(many, (STREET, "return", RETURN)),
        done(many, (CITY, "assign", {"to_unit": DISTRICT})),
    ):
        assert (case.unit, case.co_owners, case.assists) == (DISTRICT, [CITY], [])


def test_the_owner_that_loses_a_reopened_case_to_the_arbiter_hears_of_it():
    failed = (DISTRICT, "check", {"passed": False})
    case = done(a_case(returns=1, reopened=1), *RESOLVED)
    acted = post(case, *failed[:2], **failed[2])
    assert acted.told[DISTRICT] == "owner"
    assert acted.told[STREET] == "former"


def test_nobody_is_the_arbiter_of_what_it_returns_itself():
    case = a_case(unit=DISTRICT, returns=2)
    case = done(case, (DISTRICT, "return", RETURN))
    assert (case.unit, case.arbiter) == (CITY, CITY)


def test_the_arbiters_word_is_final_for_its_owner_and_for_other_dispatchers():
    case = done(a_case(returns=2), (STREET, "return", RETURN))
    assert code(post(case, CITY, "assign", **ASSIGN)) == "final"
    case = done(case, (DISTRICT, "assign", ASSIGN))
    assert code(post(case, OTHER, "return", **RETURN)) == "final"
    assert code(post(case, CITY, "transfer", to_unit=NEXT_DISTRICT)) == "final"


def test_an_arbiter_that_hands_a_case_over_hands_over_the_last_word():
    case = done(
        a_case(returns=2),
        (STREET, "return", RETURN),
        (DISTRICT, "transfer", {"to_unit": NEXT_DISTRICT}),
        (NEXT_DISTRICT, "assign", ASSIGN),
    )
    assert (case.unit, case.arbiter, case.ruled) == (OTHER, NEXT_DISTRICT, True)


@pytest.mark.parametrize("action", ["assign", "transfer"])
@pytest.mark.parametrize("unit", [STREET, DEPT])
def test_only_a_dispatcher_hands_a_case_to_others(action, unit):
    case = a_case(assists=[DEPT])
    assert code(post(case, unit, action, to_unit=DISTRICT)) == "not_dispatcher"


@pytest.mark.parametrize("to", [STREET, OTHER, DEPT])
def test_a_transfer_never_goes_sideways(to):
    assert code(post(a_case(), DISTRICT, "transfer", to_unit=to)) == "sideways"


def test_after_a_transfer_the_other_district_dispatches():
    case = done(a_case(), (DISTRICT, "transfer", {"to_unit": NEXT_DISTRICT}))
    assert (case.unit, case.dispatcher, case.status) == (NEXT_DISTRICT, NEXT_DISTRICT, "returned")
    assert done(case, (NEXT_DISTRICT, "assign", ASSIGN)).unit == OTHER


@pytest.mark.parametrize("action", ["assign", "assist", "transfer"])
def test_a_case_goes_to_no_unit_that_does_not_exist(action):
    assert code(post(a_case(), DISTRICT, action, to_unit="street:1")) == "unknown_unit"
    assert code(post(a_case(), DISTRICT, action)) == "missing"


def test_what_an_owner_has_asked_for_ends_with_its_ownership():
    asked = done(a_case(), (STREET, "suspend", SUSPEND))
    case = done(asked, (DISTRICT, "assign", ASSIGN))
    assert code(post(case, DISTRICT, "approve", request="suspend")) == "no_request"
    case = done(asked, *HAND_BACK)
    assert code(post(case, DISTRICT, "approve", request="suspend")) == "no_request"


def test_an_assistant_is_asked_once_and_the_owner_stays_the_owner():
    case = done(a_case(), (STREET, "assist", {"to_unit": DEPT}))
    assert (case.unit, case.assists) == (STREET, [DEPT])
    assert code(post(case, STREET, "assist", to_unit=DEPT)) == "wrong_state"
    assert code(post(case, STREET, "assist", to_unit=STREET)) == "wrong_state"


# Suspend and extend -------------------------------------------------------------------------


def test_a_suspension_pauses_only_from_its_approval():
    case = done(a_case(), (STREET, "suspend", SUSPEND))
    assert not case.paused
    case = done(case, (DISTRICT, "approve"), after=2 * HOUR)
    assert case.pauses == [(NOON + 2 * HOUR, None)]


def test_whoever_asks_does_not_approve():
    case = done(a_case(unit=DISTRICT), (DISTRICT, "suspend", SUSPEND))
    assert code(post(case, DISTRICT, "approve")) == "own_work"
    assert done(case, (CITY, "approve")).paused


def test_the_owner_does_not_approve_what_it_asks_for():
    case = done(a_case(), (STREET, "suspend", SUSPEND))
    assert code(post(case, STREET, "approve")) == "not_dispatcher"


@pytest.mark.parametrize("field", ["reason_code", "until"])
def test_a_suspension_has_a_reason_and_a_review_date(field):
    assert code(post(a_case(), STREET, "suspend", **{**SUSPEND, field: None})) == "missing"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason_code": "holiday"},
        {"until": "2026-11-23T04:30:00Z"},  # half an hour ago
        {"until": "2027-02-21T05:00:01Z"},  # 90 days and a second
    ],
)
def test_a_suspension_is_for_a_reason_of_the_packs_and_within_its_cap(wrong):
    assert code(post(a_case(), STREET, "suspend", **{**SUSPEND, **wrong})) == "not_allowed"


def test_a_suspension_may_last_as_long_as_the_cap():
    longest = {**SUSPEND, "until": "2027-02-21T05:00:00Z"}
    assert code(post(a_case(), STREET, "suspend", **longest)) is None


def test_a_suspension_is_not_approved_after_its_review_date():
    case = done(a_case(), (STREET, "suspend", SUSPEND))
    assert code(post(case, DISTRICT, "approve", 30 * DAY)) == "too_late"


def test_a_suspended_case_is_not_suspended_again_until_it_is_resumed():
    case = done(a_case(), (STREET, "suspend", SUSPEND), (DISTRICT, "approve"))
    assert code(post(case, STREET, "suspend", **SUSPEND)) == "wrong_state"
    case = done(case, (STREET, "resume"), after=2 * HOUR)
    assert case.pauses == [(NOON + HOUR, NOON + 2 * HOUR)]
    assert case.review is None
    assert code(post(case, STREET, "resume")) == "wrong_state"


def test_a_request_that_was_rejected_waits_no_more():
    case = done(a_case(), (STREET, "extend", {"longer": "1 d"}), (DISTRICT, "reject"))
    assert code(post(case, DISTRICT, "approve")) == "no_request"
    assert case.dispose.longer == ()


def test_of_two_requests_the_one_to_approve_is_named():
    asked = (STREET, "suspend", SUSPEND), (STREET, "extend", {"longer": "1 d"})
    case = done(a_case(), *asked)
    assert code(post(case, DISTRICT, "approve")) == "no_request"
    case = done(case, (DISTRICT, "approve", {"request": "extend"}))
    assert (case.dispose.longer, case.paused) == (("1 d",), False)


def test_the_same_is_not_asked_for_twice():
    case = done(a_case(), (STREET, "extend", {"longer": "1 d"}))
    assert code(post(case, STREET, "extend", longer="2 d")) == "wrong_state"


def test_there_are_as_many_extensions_as_the_pack_allows():
    granted = (STREET, "extend", {"longer": "1 d"}), (DISTRICT, "approve")
    case = done(a_case(), *granted * LIFECYCLE.extensions)
    assert len(case.dispose.longer) == LIFECYCLE.extensions
    assert code(post(case, STREET, "extend", longer="1 d")) == "too_many"


def test_a_dispatcher_extends_at_once():
    assert done(a_case(), (DISTRICT, "extend", {"longer": "1 d"})).dispose.longer == ("1 d",)


def test_an_extension_of_a_limit_that_is_gone_since_it_was_asked_for_is_refused():
    case = done(a_case(), (STREET, "extend", {"longer": "1 d"}))
    case.dispose = None  # raised to a P1, whose policy has no such limit
    assert code(post(case, DISTRICT, "approve")) == "wrong_state"
    assert code(post(a_case(None), STREET, "extend", longer="1 d")) == "wrong_state"


# Check, close, reopen, void -----------------------------------------------------------------


def test_whoever_resolved_a_case_does_not_check_it():
    case = done(a_case(co_owners=[DISTRICT]), (DISTRICT, "accept"), (DISTRICT, "resolve"))
    assert code(post(case, DISTRICT, "check", passed=True)) == "own_work"
    assert done(case, (CITY, "check", {"passed": True})).status == "checked"


def test_a_case_that_only_the_city_could_check_or_grant_is_its_own_to_check_and_grant():
    """One without a place: above its owner there is nobody, and it must come to an end."""
    nowhere = {"method": "unlocated"}
    case = a_case(unit=CITY, place=nowhere, dispatcher=CITY)
    asked = done(case, (CITY, "suspend", SUSPEND))
    assert done(asked, (CITY, "approve")).paused
    checked = done(case, (CITY, "accept"), (CITY, "resolve"), (CITY, "check", {"passed": True}))
    assert done(checked, (CITY, "close")).status == "closed"
    helped = a_case(unit=CITY, place=nowhere, dispatcher=CITY, co_owners=[DEPT])
    helped = done(helped, (CITY, "accept"), (CITY, "resolve"))
    assert code(post(helped, CITY, "check", passed=True)) == "own_work"


def test_an_owner_who_reopens_what_goes_to_its_dispatcher_hears_that_it_was_its_own():
    case = done(a_case(unit=CITY, returns=2), (CITY, "accept"), (CITY, "resolve"))
    acted = post(case, CITY, "reopen", reason_code="weather")
    assert (acted.case.unit, acted.told[CITY]) == (DISTRICT, "former")


def test_a_check_says_what_it_found():
    assert code(post(done(a_case(), *RESOLVED), DISTRICT, "check")) == "missing"


def test_a_failed_check_sends_the_case_back_to_its_owner_and_its_time_goes_on():
    case = done(a_case(), *RESOLVED)
    case = done(case, (DISTRICT, "check", {"passed": False}), after=3 * HOUR)
    assert (case.status, case.unit, case.reopened) == ("dispatched", STREET, 1)
    assert (case.accept, case.dispose) == (Clock(NOON + 3 * HOUR), Clock(NOON))
    assert case.pauses == [(NOON + HOUR, NOON + 3 * HOUR)]  # it counted as done
    assert (case.accepted_by, case.resolved_by) == (None, None)


def test_only_what_was_checked_is_closed_but_for_the_priorities_that_the_pack_names():
    case = done(a_case(), *RESOLVED)
    assert code(post(case, DISTRICT, "close")) == "wrong_state"
    assert done(replace(case, priority="P4"), (DISTRICT, "close")).status == "closed"
    assert code(post(done(a_case(), *CHECKED), STREET, "close")) == "not_dispatcher"


def test_a_closed_case_is_reopened_within_its_window_alone():
    case, within = done(a_case(), *CLOSED), LIFECYCLE.reopen_within_s
    again = {"reason_code": "not-done"}
    assert code(post(case, DISTRICT, "reopen", HOUR + within, **again)) is None
    assert code(post(case, DISTRICT, "reopen", HOUR + within + 1, **again)) == "too_late"


def test_what_is_said_of_a_closed_case_does_not_make_its_window_longer():
    within = LIFECYCLE.reopen_within_s
    case = done(a_case(), *CLOSED)
    case = done(case, (DISTRICT, "feedback", {"satisfaction": 1}), after=within)
    late = post(case, DISTRICT, "reopen", HOUR + within + 1, reason_code="not-done")
    assert code(late) == "too_late"


def test_a_void_case_has_no_clock_that_runs_and_is_not_reopened():
    asked = (STREET, "suspend", SUSPEND), (DISTRICT, "approve")
    case = done(a_case(), *asked, (STREET, "extend", {"longer": "1 d"}))
    case = done(case, (DISTRICT, "void", {"reason_code": "no-case"}), after=2 * HOUR)
    assert case.status == "void"
    assert {case.accept.end, case.dispose.end, case.pauses[-1][1]} == {NOON + 2 * HOUR}
    assert case.asks == {}
    assert code(post(case, CITY, "reopen", reason_code="error")) == "wrong_state"


@pytest.mark.parametrize(
    ("posts", "action"),
    [((), "void"), (CLOSED, "reopen"), (CLOSED, "feedback"), ((), "unmerge")],
)
def test_what_an_action_needs_is_asked_for(posts, action):
    assert code(post(done(a_case(), *posts), DISTRICT, action)) == "missing"


def test_feedback_is_kept_with_a_case_that_is_done():
    assert done(a_case(), *CLOSED, (DISTRICT, "feedback", {"satisfaction": 2})).satisfaction == 2


# Push ---------------------------------------------------------------------------------------


def test_a_case_is_supervised_from_above_and_acknowledged_once_by_its_owner():
    assert code(post(a_case(), STREET, "supervise")) == "not_dispatcher"
    assert code(post(a_case(), STREET, "acknowledge")) == "no_request"
    case = done(a_case(), (CITY, "supervise"), (STREET, "acknowledge"))
    assert case.supervised == {
        "by": CITY,
        "at": NOON + HOUR,
        "times": 1,
        "acknowledged": NOON + HOUR,
    }
    assert code(post(case, STREET, "acknowledge")) == "no_request"


def test_urging_is_counted():
    assert done(a_case(), (DISTRICT, "urge"), (CITY, "urge")).urged == 2


def test_an_event_is_taken_out_but_never_the_first():
    place = {"street": "320106001"}
    more = [Joined(f"e-{n}", "report", NOON, "2101", "P2", None, place) for n in (2, 3)]
    case = a_case(count=3)
    case.events = [*case.events, *more]
    acted = post(case, STREET, "unmerge", event_id="e-2")
    assert [one.event_id for one in acted.case.events] == ["e-1", "e-3"]
    assert (acted.case.count, acted.apart) == (2, "e-2")
    assert code(post(case, STREET, "unmerge", event_id="e-1")) == "no_such_event"


# Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_is_refused_and_told_nothing_of_the_state(action):
    said = {post(a_case(status=one), STRANGER, action, **COMPLETE) for one in STATUSES}
    assert said == {Refused("not_yours", REFUSALS["not_yours"])}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", STATUSES)
def test_every_action_is_refused_in_every_state_that_is_not_in_its_rule(action, status):
    case = a_case(status=status, arbiter=CITY, dispatcher=CITY, unit=CITY)
    found = post(case, CITY, action, **COMPLETE)
    assert (code(found) == "wrong_state" and status in found.text.replace("has ended", status)) or (
        status in RULES[action].states
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_applied_to_some_case(action):
    place = {"street": "320106001"}
    joined = [Joined("e-2", "report", NOON, "2101", "P2", None, place)]
    fields = {**COMPLETE, "request": "extend", "event_id": "e-2"}
    if action == "transfer":
        fields["to_unit"] = NEXT_DISTRICT
    applied = set()
    for status in STATUSES:
        case = a_case(status=status, asks={"extend": {"longer": "1 d", "by": "x", "at": NOON}})
        case.events = [*case.events, *joined]
        case.supervised = {"by": CITY, "at": NOON, "times": 1}
        if action in ("resume",):
            case.pauses = [(NOON, None)]
        if action in ("extend", "suspend"):
            case.asks = {}
        for unit in (STREET, DISTRICT):
            if isinstance(post(case, unit, action, **fields), Acted):
                applied.add(status)
    assert applied
    assert applied <= RULES[action].states


CASES = st.builds(
    a_case,
    status=st.sampled_from(STATUSES),
    unit=st.sampled_from(sorted(UNITS)),
    dispatcher=st.sampled_from([DISTRICT, NEXT_DISTRICT, CITY]),
    co_owners=st.lists(st.sampled_from(sorted(UNITS)), unique=True, max_size=2),
    assists=st.lists(st.sampled_from(sorted(UNITS)), unique=True, max_size=2),
    arbiter=st.sampled_from([None, DISTRICT, CITY]),
    returns=st.integers(0, 3),
    asks=st.sampled_from([{}, {"extend": {"longer": "1 d", "by": STREET, "at": NOON}}]),
    pauses=st.sampled_from([[], [(NOON, None)], [(NOON, NOON + 60)]]),
    supervised=st.sampled_from([None, {"by": CITY, "at": NOON, "times": 1}]),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "to_unit": st.sampled_from([*sorted(UNITS), "street:1"]),
        "reason_code": st.sampled_from(["weather", "holiday"]),
        "until": st.just(COMPLETE["until"]),
        "longer": st.just("1 d"),
        "request": st.sampled_from(["extend", "suspend"]),
        "passed": st.booleans(),
        "satisfaction": st.integers(1, 5),
        "event_id": st.sampled_from(["e-1", "e-2"]),
    },
)


@settings(max_examples=400, deadline=None)
@given(CASES, st.sampled_from(sorted(UNITS)), st.sampled_from(ACTIONS), FIELDS)
def test_no_action_changes_the_case_that_it_is_given_and_its_owner_is_only_that(
    case, unit, action, fields
):
    before = case.to_json()
    acted = post(case, unit, action, **fields)
    assert case.to_json() == before
    if isinstance(acted, Refused):
        assert acted.code in REFUSALS
        return
    after = acted.case
    assert acted.told[after.unit] == "owner"
    if after.unit != case.unit:
        assert after.unit not in (*after.co_owners, *after.assists)
        assert acted.told[case.unit] == "former" or case.unit in (*after.co_owners, *after.assists)
    if action == "accept" and case.dispose is not None:
        assert after.dispose == case.dispose


@settings(max_examples=100, deadline=None)
@given(CASES, st.sampled_from(ACTIONS), FIELDS)
def test_what_is_judged_is_a_function_of_the_case_as_its_record_has_it(case, action, fields):
    setting = Setting(NOON + HOUR, LIFECYCLE, UNITS)
    kept = type(case).from_json(case.to_json())
    one = post(case, DISTRICT, action, setting=setting, **fields)
    other = post(kept, DISTRICT, action, setting=setting, **fields)
    if isinstance(one, Refused):
        assert one == other
    else:
        assert one.case.to_json() == other.case.to_json()
        assert one.told == other.told
