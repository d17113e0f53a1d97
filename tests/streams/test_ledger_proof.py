"""The proof of the ledger finds what is lost, what is doubled and what still waits."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from streams.ledger_proof import Within, prove

TOPIC = "wangge.in.reports"


def entry(start, end, ignored=(), absent=0):
    return {
        "topic": TOPIC,
        "partition": 0,
        "start": start,
        "end": end,
        "absent": absent,
        "ignored_offsets": [[o, o] for o in ignored],
    }


def decision(offset, outcome="routed"):
    return {
        "outcome": outcome,
        "origin": {"topic": TOPIC, "partition": 0, "offset": offset},
    }


def test_offsets_that_each_end_once_balance():
    (proof,) = prove([entry(0, 3, ignored=[2])], [decision(0)], [decision(1, "dead")])
    assert proof.balances
    assert dict(proof.outcomes) == {"routed": 1, "dead": 1, "ignored": 1}


def test_an_offset_without_an_outcome_is_waiting():
    (proof,) = prove([entry(0, 3)], [decision(0), decision(1)], [])
    assert proof.waiting == 1
    assert not proof.balances


def test_two_outcomes_of_one_offset_are_found():
    (proof,) = prove([entry(0, 1)], [decision(0), decision(0, "quarantined")], [])
    assert proof.doubled == [0]


def test_one_offset_routed_into_two_incidents_is_doubled():
    twice = [decision(0) | {"incident_id": name} for name in ("a", "b")]
    (proof,) = prove([entry(0, 1)], twice, [])
    assert proof.doubled == [0]


def test_the_same_decision_published_twice_is_a_repeat_and_still_balances():
    (proof,) = prove([entry(0, 1)], [decision(0), decision(0)], [])
    assert proof.repeats == 1
    assert proof.balances


def test_offsets_between_two_entries_are_a_gap():
    (proof,) = prove([entry(0, 1), entry(3, 4)], [decision(0), decision(3)], [])
    assert proof.gaps == [(1, 2)]


def test_an_outcome_of_an_offset_never_read_is_stray():
    (proof,) = prove([entry(0, 1)], [decision(0), decision(7)], [])
    assert proof.stray == [7]


def test_offsets_that_hold_no_event_need_no_outcome():
    (proof,) = prove([entry(0, 3, absent=1)], [decision(0), decision(2)], [])
    assert proof.balances


@given(st.lists(st.sampled_from(["routed", "quarantined", "dead", "ignored"]), min_size=1))
def test_losing_any_one_record_unbalances_the_ledger(outcomes):
    ignored = [o for o, outcome in enumerate(outcomes) if outcome == "ignored"]
    told = [(o, outcome) for o, outcome in enumerate(outcomes) if outcome != "ignored"]
    decisions = [decision(o, outcome) for o, outcome in told if outcome != "dead"]
    dead = [decision(o, outcome) for o, outcome in told if outcome == "dead"]
    ledger = [entry(0, len(outcomes), ignored=ignored)]
    assert prove(ledger, decisions, dead)[0].balances
    for lost in range(len(decisions)):
        (proof,) = prove(ledger, decisions[:lost] + decisions[lost + 1 :], dead)
        assert not proof.balances


def committed(at, body):
    return body | {"committed_at": f"2026-11-27T08:{at:02d}:00Z"}


def minute(at):
    return datetime(2026, 11, 27, 8, at, tzinfo=UTC).timestamp()


ENTRIES = [committed(0, entry(0, 3)), committed(10, entry(3, 6)), committed(20, entry(6, 9))]
WITHIN = Within(minute(5), minute(15))


def test_what_retention_has_taken_and_what_may_still_wait_is_left_out():
    some = [decision(offset) for offset in (2, 3, 4, 5, 6)]
    (proof,) = prove(ENTRIES, some, [], within=WITHIN)
    assert proof.balances
    assert (proof.read, proof.outcomes["routed"]) == (3, 3)


def test_what_lies_within_is_proved_as_ever():
    (proof,) = prove(ENTRIES, [decision(3), decision(5), decision(5)], [], within=WITHIN)
    assert (proof.waiting, proof.repeats) == (1, 1)
    (proof,) = prove(ENTRIES[1:], [decision(o) for o in (2, 3, 4, 5)], [], within=WITHIN)
    assert proof.stray == [2]  # nothing was left out before it


def test_a_partition_of_which_nothing_lies_within_is_not_shown():
    assert prove(ENTRIES[:1], [decision(0)], [], within=WITHIN) == []


def test_a_topic_that_grows_while_it_is_read_has_no_strays():
    """What is decided while the ledger is read waits, or is not there yet; it is never a stray."""
    ledger, decisions = [entry(0, 2)], [decision(0)]

    def growing(topic):
        yield from list(topic)
        ledger.append(entry(2, 4))
        decisions.extend(decision(offset) for offset in (1, 2, 3))

    def lazily(topic):
        yield from topic

    (proof,) = prove(lazily(ledger), growing(decisions), [])
    assert (proof.stray, proof.gaps) == ([], [])
    assert proof.waiting == 3
