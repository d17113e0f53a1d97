"""Which orders are refused, with which code, and what goes on the record."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from given_orders import (
    AUTHORITY,
    PACK,
    approval,
    at,
    end,
    epoch,
    level,
    mandate,
    mode,
    pack,
    silence,
    standing,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.errors import EventError
from messages.order import Accepted
from streams.control.orders import accepted, check, read_order, stands_already
from streams.control.standing import Standing


def refusal(order, stands=None, now=0, **of_mandate):
    found = check(order, stands or Standing(), mandate(**of_mandate), epoch(now))
    return found.code.removeprefix("event.") if found is not None else None


PROPOSED = standing(mode())
APPROVED = standing(mode(approver="chief-1"))
EMERGENCY = standing(mode(emergency=True))

GOOD = {
    "a district's officer for the district": mode(),
    "for one of its streets": mode(area=("street:S2",)),
    "for both": mode(area=("district:D1", "street:S1")),
    "a street's officer for the street": mode(author="street-1", area=("street:S1",)),
    "the city's for any": mode(author="city-duty", area=("district:D1", "street:S3", "city")),
    "with an approver": mode(approver="chief-1"),
    "with one of the city": mode(approver="city-chief"),
    "an emergency": mode(emergency=True),
    "one that began a while ago": mode(begins=-60),
    "one to come": mode(begins=600, ends=700),
    "the longest": mode(ends=12 * 60),
    "a level": level(),
    "a level of the whole city": level("III", "city-chief", ("city",)),
    "a silence at home": silence(unit="street:S2"),
    "a department's silence by the city": silence("city-duty", unit="dept:gas"),
    "a silence of a category by the city": silence("city-duty", category="0403"),
}

REFUSED = {
    "order_invalid": mode().model_copy(update={"accepted": Accepted(at=at(0), pack=PACK)}),
    "order_id_reserved": mode("hot/iot s-1"),
    "order_ends_first": mode(ends=0),
    "order_self_approved": mode(author="chief-1", approver="chief-1"),
    "order_unknown_officer": mode(author="nobody"),
    "order_unknown_officer (approver)": mode(approver="nobody"),
    "order_unknown_scenario": mode(scenario="earthquake"),
    "order_no_power": mode(author="clerk"),
    "order_no_power (approver)": mode(author="chief-1", approver="duty-1"),
    "order_no_power (level)": level("III"),
    "order_no_power (pack)": pack(author="clerk"),
    "order_no_power (silence)": silence("chief-1", unit="district:D1"),
    "order_unknown_area": mode(area=("district:D9",)),
    "order_unknown_area (a department)": mode(author="city-duty", area=("dept:gas",)),
    "order_not_own_area": mode(area=("district:D1", "district:D2")),
    "order_not_own_area (another's street)": mode(area=("street:S3",)),
    "order_not_own_area (the city)": mode(area=("city",)),
    "order_not_own_area (a street's own district)": mode(author="street-1"),
    "order_not_own_area (approver)": mode(approver="chief-2"),
    "order_not_own_area (silence of a department)": silence(unit="dept:gas"),
    "order_not_own_area (silence of a category)": silence(category="0403"),
    "order_not_own_area (level)": level(area=("district:D2",)),
    "order_too_long": mode(ends=12 * 60 + 1),
    "order_over": mode(begins=-60, ends=-1),
    "order_over (silence)": silence(unit="district:D1", ends=1),
    "order_unknown_pack": pack("b" * 16),
    "order_unknown_mode (approval)": approval("x"),
    "order_unknown_mode (end)": end("x"),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_order_within_its_author_s_power_may_stand(name):
    assert refusal(GOOD[name]) is None


@pytest.mark.parametrize("name", REFUSED)
def test_an_order_beyond_it_is_refused_with_its_code(name):
    now = 1 if name == "order_over (silence)" else 0
    assert refusal(REFUSED[name], now=now) == name.partition(" ")[0]


def test_a_pack_without_authority_refuses_every_order_and_says_what_to_add():
    for order in (mode(), pack(), silence(unit="district:D1"), level()):
        found = check(order, Standing(), mandate(authority=None), epoch(0))
        assert found.code == "event.order_no_authority"
        assert "authority.yaml" in found.mend


def test_a_pack_that_is_at_hand_may_be_ordered():
    assert refusal(pack("b" * 16), packs={"b" * 16}) is None


# Approval -------------------------------------------------------------------------------


@pytest.mark.parametrize("author", ["chief-1", "city-chief"])
@pytest.mark.parametrize("stands", [PROPOSED, EMERGENCY], ids=["proposal", "emergency"])
def test_another_officer_with_the_power_approves(author, stands):
    assert refusal(approval(author=author), stands) is None


def test_a_proposer_does_not_approve_his_own_mode():
    proposed = standing(mode(author="chief-1"))
    assert refusal(approval(author="chief-1"), proposed) == "order_self_approved"


def test_another_district_s_chief_does_not_approve():
    assert refusal(approval(author="chief-2"), PROPOSED) == "order_not_own_area"


def test_an_officer_without_the_power_does_not_approve():
    assert refusal(approval(author="city-duty"), PROPOSED) == "order_no_power"


def test_what_is_approved_is_not_approved_again():
    assert refusal(approval(), APPROVED) == "order_approved_already"


def test_an_approval_that_comes_when_the_time_is_over_is_refused():
    assert refusal(approval(), PROPOSED, now=360) == "order_over"
    assert refusal(approval(when=400), PROPOSED) == "order_over"


def test_an_emergency_is_approved_within_the_pack_s_minutes_or_not_at_all():
    assert refusal(approval(), EMERGENCY, now=29) is None
    assert refusal(approval(), EMERGENCY, now=30) == "order_over"


def test_a_withdrawn_proposal_is_not_approved():
    withdrawn = standing(mode(), end())
    assert refusal(approval(), withdrawn, now=1) == "order_over"


# End ------------------------------------------------------------------------------------


@pytest.mark.parametrize("author", ["duty-1", "chief-1", "city-duty", "city-chief"])
@pytest.mark.parametrize("stands", [PROPOSED, APPROVED, EMERGENCY], ids=["proposed", "on", "em"])
def test_whoever_may_order_there_may_end_a_mode_or_withdraw_it(author, stands):
    assert refusal(end(author=author), stands, now=5) is None


@pytest.mark.parametrize(
    ("author", "code"), [("chief-2", "order_not_own_area"), ("clerk", "order_no_power")]
)
def test_others_do_not_end_a_mode(author, code):
    assert refusal(end(author=author), APPROVED, now=5) == code


def test_what_has_ended_is_not_ended_again():
    ended = standing(mode(approver="chief-1"), end(when=10))
    assert refusal(end(order_id="e2"), ended, now=20) == "order_over"
    assert refusal(end(), APPROVED, now=360) == "order_over"
    assert refusal(end(), EMERGENCY, now=31) == "order_over"


# The record -----------------------------------------------------------------------------


def test_the_same_order_again_is_accepted_and_changes_nothing():
    assert refusal(mode(), PROPOSED, now=400) is None
    assert stands_already(mode(), PROPOSED)


def test_another_order_under_the_same_id_is_refused():
    assert refusal(mode(ends=300), PROPOSED) == "order_duplicate"
    assert not stands_already(mode(ends=300), PROPOSED)


def test_an_accepted_order_says_when_it_arrived_and_whose_table_allowed_it():
    note = accepted(mode(), mandate(), epoch(2)).accepted
    assert (note.at, note.pack, note.approve_by) == (at(2), PACK, None)


def test_an_emergency_start_says_until_when_it_waits_for_its_approval():
    assert accepted(mode(emergency=True), mandate(), epoch(2)).accepted.approve_by == at(32)
    later = mode(begins=60, emergency=True)
    assert accepted(later, mandate(), epoch(2)).accepted.approve_by == at(90)
    approved = mode(emergency=True, approver="chief-1")
    assert accepted(approved, mandate(), epoch(2)).accepted.approve_by is None


def test_the_limit_of_an_emergency_is_not_moved_by_a_later_pack():
    order = accepted(mode(emergency=True), mandate(), epoch(0))
    sooner = AUTHORITY.model_copy(update={"approve_within_minutes": 5})
    stands = Standing.of([(b"m", order.to_json())])
    assert check(approval(), stands, mandate(authority=sooner), epoch(20)) is None


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.integers(-30, 30))
def test_what_goes_on_the_record_reads_back_as_the_order_that_was_given(name, now):
    order = GOOD[name]
    on_record = accepted(order, mandate(), epoch(now))
    stands = Standing.of([(order.order_id.encode(), on_record.to_json())])
    assert stands.orders[order.order_id] == on_record
    assert stands_already(order, stands)


# Bodies ---------------------------------------------------------------------------------


def test_a_body_is_read_as_the_order_that_it_is():
    assert read_order(mode().to_json()) == mode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "order_unreadable"),
        (b"", "order_unreadable"),
        (b"[" * 300_000, "order_unreadable"),
        (b"{broken", "order_invalid"),
        (b"{}", "order_invalid"),
        (mode(ends=-1).to_json(), "order_ends_first"),
        (mode(author="chief-1", approver="chief-1").to_json(), "order_self_approved"),
        (orjson.dumps({**orjson.loads(mode().to_json()), "extra": 1}), "order_invalid"),
    ],
)
def test_a_body_that_is_no_order_is_refused_with_its_code(body, code):
    with pytest.raises(EventError, match=code):
        read_order(body)


def test_a_note_that_a_producer_writes_is_refused():
    noted = accepted(mode(), mandate(), epoch(0)).to_json()
    with pytest.raises(EventError, match="order_invalid"):
        read_order(noted)


@pytest.mark.parametrize("year", [1, 1970, 2200, 9999])
def test_an_order_at_the_calendar_s_ends_is_refused_before_anything_is_added_to_it(year):
    far = mode(emergency=True).model_copy(
        update={
            "effective_at": datetime(year, 6, 1, tzinfo=UTC),
            "ends_at": datetime(year, 6, 1, 6, tzinfo=UTC),
        }
    )
    assert refusal(far) == "order_invalid"


def test_an_approval_from_later_on_does_not_keep_another_from_approving_now():
    later = standing(mode(), approval(when=60))
    now = approval(order_id="p2", author="city-chief")
    assert refusal(now, later) is None
