from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from incidents.tasks.outcome import (
    DONE_BEFORE,
    NOT_ASKED,
    NOT_RELEASED,
    SAME_PERSON,
    NotNow,
    Standing,
    recheck,
    release,
    report,
)
from messages.task import RecheckOutcome, TaskOutcome

TODAY = date(2026, 11, 26)
ID = "A" * 26


def found(outcome="confirmed", by="w1", model=TaskOutcome):
    grid = "g2" if outcome == "corrected" else None
    at = datetime(2026, 11, 26, tzinfo=UTC)
    return model(task_id=ID, outcome=outcome, by=by, at=at, corrected_grid=grid)


def again(outcome="confirmed", by="w2"):
    return found(outcome, by, RecheckOutcome)


def reported(standing, outcome="confirmed", by="w1", sampled=False):
    return report(standing, found(outcome, by), attempts=3, sampled=sampled, on=TODAY)


def rechecked(standing, outcome="confirmed", by="w2"):
    return recheck(standing, again(outcome, by), attempts=3, on=TODAY)


def in_recheck(outcome="confirmed"):
    return release(reported(release(Standing(), "w1"), outcome, sampled=True), "w2")


@pytest.mark.parametrize("outcome", ["confirmed", "absent", "corrected"])
def test_what_a_worker_finds_is_done(outcome):
    done = reported(release(Standing(), "w1"), outcome)
    assert (done.state, done.outcome, done.by) == ("done", outcome, "w1")
    assert done.corrected_grid == ("g2" if outcome == "corrected" else None)


def test_whoever_finds_it_first_counts_so_that_an_absence_holds_nothing_up():
    assert reported(release(Standing(), "w1"), by="w9").by == "w9"


def test_unreachable_goes_back_to_the_queue_until_the_attempts_are_used_up():
    standing = Standing()
    for _ in range(2):
        standing = reported(release(standing, "w1"), "unreachable")
        assert (standing.state, standing.not_before) == ("waiting", date(2026, 11, 27))
    standing = reported(release(standing, "w1"), "unreachable")
    assert (standing.state, standing.outcome) == ("done", "unreachable")


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing(), NOT_RELEASED),
        (reported(release(Standing(), "w1")), DONE_BEFORE),
        (in_recheck(), DONE_BEFORE),
    ],
)
def test_an_outcome_out_of_turn_is_refused(standing, why):
    assert reported(standing, "absent") == why


@pytest.mark.parametrize("outcome", ["confirmed", "absent", "corrected", "unreachable"])
def test_the_second_person_agrees_or_contradicts(outcome):
    agreed = rechecked(in_recheck("absent"), outcome)
    expected = {"absent": "agreed", "unreachable": "recheck_waiting"}
    assert agreed.state == expected.get(outcome, "contradicted")
    assert (agreed.outcome, agreed.by) == ("absent", "w1")


def test_two_who_correct_to_different_grids_contradict_each_other():
    standing = in_recheck("corrected")._replace(corrected_grid="g3")
    assert rechecked(standing, "corrected").state == "contradicted"


def test_a_second_person_who_never_reaches_the_subject_leaves_it_unresolved():
    standing = in_recheck()
    for _ in range(2):
        standing = release(rechecked(standing, "unreachable"), "w3")
    assert rechecked(standing, "unreachable").state == "unresolved"


def test_the_first_person_is_no_second_person():
    assert rechecked(in_recheck(), by="w1") == SAME_PERSON
    with pytest.raises(ValueError, match="recheck_waiting"):
        release(reported(release(Standing(), "w1"), sampled=True), "w1")


def test_what_was_not_given_out_for_it_is_not_re_checked():
    assert rechecked(reported(release(Standing(), "w1"))) == NOT_ASKED
    assert rechecked(reported(release(Standing(), "w1"), sampled=True)) == NOT_ASKED


def test_a_corrected_grid_goes_with_corrected_and_only_with_it():
    fields = found("corrected").model_dump(exclude={"corrected_grid"})
    with pytest.raises(ValidationError, match="corrected_grid"):
        TaskOutcome(**fields)
    with pytest.raises(ValidationError, match="corrected_grid"):
        TaskOutcome(**{**fields, "outcome": "absent", "corrected_grid": "g2"})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["release", "report", "recheck"]),
        st.sampled_from(["confirmed", "absent", "corrected", "unreachable"]),
        st.sampled_from(["w1", "w2", "w3"]),
    ),
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(STEPS, st.booleans(), st.integers(1, 3))
def test_no_steps_lead_to_a_re_check_by_the_first_person_or_change_what_was_found(
    steps, sampled, attempts
):
    standing, tries = Standing(), 0
    for step, outcome, who in steps:
        if step == "release":
            if standing.state not in ("waiting", "recheck_waiting") or who == standing.by:
                continue
            after = release(standing, who)
        elif step == "report":
            after = report(
                standing, found(outcome, who), attempts=attempts, sampled=sampled, on=TODAY
            )
            tries += not isinstance(after, NotNow)
        else:
            after = recheck(standing, again(outcome, who), attempts=attempts, on=TODAY)
        if isinstance(after, NotNow):
            continue
        if standing.outcome is not None:
            kept = standing.outcome, standing.corrected_grid, standing.by
            assert (after.outcome, after.corrected_grid, after.by) == kept
            assert after.worker != after.by or after.state == "done"
        standing = after
    assert tries <= attempts
    assert (standing.outcome is None) == (standing.state in ("waiting", "released"))
