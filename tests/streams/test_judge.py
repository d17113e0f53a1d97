"""Stage B: whose an event is, with the shard's memory, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from event_bodies import NOW, report, wire
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.state import MemoryState, Version
from rules.route import facts_of
from streams.control.in_force import InForce
from streams.pipeline import DeskBatch, decide, judge, one_batch, understand

TOPIC = "wangge.in.reports"
FAR = {"lon": 118.81, "lat": 32.04, "datum": "wgs84"}
"""Kilometres from where reports are by default."""


def desk(city, *bodies, at=NOW, lane="reports"):
    """What lies on the desk topic for these events, as the judge reads it."""
    records = one_batch(f"wangge.in.{lane}", wire(*bodies), at)
    found = understand(lane, records, InForce.of(city)).desk
    return orjson.loads(orjson.dumps(found, option=orjson.OPT_UTC_Z))


def batch(city, bodies, first=0):
    return DeskBatch(
        InForce.of(city), 0, bodies, range(first, first + len(bodies)), first + len(bodies)
    )


def judged(city, *bodies, state=None, now=0.0):
    state = MemoryState() if state is None else state
    return judge(state, batch(city, desk(city, *bodies)), now)


def test_an_event_that_is_no_repeat_opens_an_incident_in_its_unit_s_queue(nanjing):
    unit = judged(nanjing, report())
    (decision,), (incident,), (entry, *_) = unit.decisions, unit.incidents, unit.entries
    assert decision["outcome"] == "routed"
    assert decision["incident_id"] == incident["incident_id"] == entry["incident_id"]
    assert entry["unit"] == decision["unit"] == incident["unit"]
    assert entry["entry_id"] == f"{incident['incident_id']}:1"


def test_the_reason_on_the_queue_names_place_category_priority_and_route(nanjing):
    reason = judged(nanjing, report(text="路口井盖破损")).entries[0]["reason"]
    for part in ("inside", "井盖", "2101", "P2", "route"):
        assert part in reason


def test_copies_lie_in_their_own_queues_with_the_same_entry_id(nanjing):
    entries = judged(nanjing, report(text="居民楼冒烟起火 有人被困")).entries
    assert {e["role"] for e in entries} == {"owner", "copy"}
    assert len({e["unit"] for e in entries}) == len(entries)
    assert len({e["entry_id"] for e in entries}) == 1


def test_the_same_event_id_again_is_quarantined_as_a_repeat_and_names_the_incident(nanjing):
    unit = judged(nanjing, report("a"), report("a"))
    first, second = unit.decisions
    assert second["outcome"] == "quarantined"
    assert second["reasons"][-1]["code"] == "repeat"
    assert first["incident_id"] in second["reasons"][-1]["text"]
    assert len(unit.incidents) == 1
    assert unit.quarantined[0]["event"]["event_id"] == "a"


def test_the_same_record_put_on_the_desk_twice_has_one_outcome(nanjing):
    twice = desk(nanjing, report("a")) + desk(nanjing, report("a"))
    unit = judge(MemoryState(), batch(nanjing, twice), 0.0)
    assert [d["outcome"] for d in unit.decisions] == ["routed"]
    assert not unit.quarantined


def test_the_same_id_from_another_source_is_another_event(nanjing):
    unit = judged(nanjing, report("a"), report("a", source="hotline-12345", position=FAR))
    assert [d["outcome"] for d in unit.decisions] == ["routed", "routed"]


def test_a_repeat_is_known_across_units_of_work(nanjing):
    state = MemoryState()
    first = judged(nanjing, report("a"), state=state)
    state.apply(first.base, first.version, first.writes)
    again = judge(state, batch(nanjing, desk(nanjing, report("b"), report("a"))[1:], 1), 0.0)
    assert again.decisions[0]["outcome"] == "quarantined"


def test_an_id_that_has_left_its_window_is_forgotten(nanjing):
    state = MemoryState()
    first = judged(nanjing, report("a"), state=state)
    state.apply(first.base, first.version, first.writes)
    later = NOW + nanjing.screen.repeat_window_s + 1
    other = judge(state, batch(nanjing, desk(nanjing, report("b", at=later), at=later), 1), 0.0)
    state.apply(other.base, other.version, other.writes)
    assert state.get("seen", "suishoupai a") is None
    assert state.get("seen", "suishoupai b") is not None


def test_an_id_is_no_repeat_after_its_window_even_within_one_unit(nanjing):
    later = NOW + nanjing.screen.repeat_window_s + 60
    both = desk(nanjing, report("x")) + desk(nanjing, report("x", at=later), at=later)
    both[1]["origin"]["offset"] = 1
    state = MemoryState()
    unit = judge(state, batch(nanjing, both), 0.0)
    assert [d["outcome"] for d in unit.decisions] == ["routed", "routed"]
    state.apply(unit.base, unit.version, unit.writes)
    assert state.get("seen", "suishoupai x") is not None


def test_source_and_id_cannot_be_cut_another_way(nanjing):
    unit = judged(nanjing, report("b/c", source="a"), report("c", source="a/b", position=FAR))
    assert [d["outcome"] for d in unit.decisions] == ["routed", "routed"]


def test_judging_changes_no_state_by_itself(nanjing):
    state = MemoryState()
    judged(nanjing, report("a"), state=state)
    assert len(state) == 0
    assert state.version == Version()


def test_records_before_the_cursor_are_passed_over(nanjing):
    state = MemoryState(Version(number=3, cursor=2))
    bodies = desk(nanjing, report("a"), report("b"), report("c"))
    unit = judge(state, batch(nanjing, bodies), 0.0)
    assert [d["event_id"] for d in unit.decisions] == ["c"]
    assert unit.version.cursor == 3


def test_the_shard_s_clock_never_goes_back(nanjing):
    state = MemoryState(Version(number=1, now=NOW + 3600))
    unit = judged(nanjing, report("a"), state=state)
    assert unit.version.now == NOW + 3600
    assert unit.decisions[0]["decided_at"] > unit.decisions[0]["received_at"]


def test_a_poison_event_is_buried_alone(nanjing):
    good = desk(nanjing, report("a"), report("b", position=FAR))
    broken = {"event": {"event_id": "x", "source": "s"}, "received_at": "2026-11-23T12:00:00Z"}
    unit = judge(MemoryState(), batch(nanjing, [good[0], broken, good[1]]), 0.0)
    assert [d["event_id"] for d in unit.decisions] == ["a", "b"]
    assert [letter["code"] for letter in unit.dead] == ["event.undecided"]
    assert unit.version.opened == 2


@pytest.mark.parametrize("body", [None, [], "text", 5, {}])
def test_a_desk_record_that_is_no_understood_event_is_buried_too(nanjing, body):
    unit = judge(MemoryState(), batch(nanjing, [body]), 0.0)
    assert len(unit.dead) == 1


def test_an_unlocated_event_goes_to_the_city_s_triage_queue(nanjing):
    decision = judged(nanjing, report(position=None, text="路灯不亮")).decisions[0]
    assert decision["unit"] == "city"
    assert decision["route"] == "triage"


def test_a_decision_s_recorded_values_lead_to_the_same_route_again(nanjing):
    for decision in judged(
        nanjing,
        report("a", text="下穿通道积水严重"),
        report("b", text="流动摊贩"),
        report("c", position=None),
    ).decisions:
        again = nanjing.router.route(facts_of(decision))
        assert (again.route, again.runner_up) == (decision["route"], decision["runner_up"])


EVENTS = st.lists(
    st.builds(
        report,
        event_id=st.text("abcd", min_size=1, max_size=2),
        text=st.sampled_from(
            ["路灯不亮", "居民楼冒烟起火", "燃气泄漏", "天气不错", "下穿通道积水"]
        ),
        source=st.sampled_from(["suishoupai", "hotline-12345"]),
    ),
    max_size=20,
)


@settings(max_examples=40, deadline=None)
@given(events=EVENTS, cut=st.integers(0, 20))
def test_where_the_batches_are_cut_changes_no_decision(nanjing, events, cut):
    bodies = desk(nanjing, *events)
    whole = judge(MemoryState(), batch(nanjing, bodies), 0.0)
    state, parts = MemoryState(), []
    for first, last in ((0, min(cut, len(bodies))), (min(cut, len(bodies)), len(bodies))):
        unit = judge(state, batch(nanjing, bodies[first:last], first), 0.0)
        state.apply(unit.base, unit.version, unit.writes)
        parts += unit.decisions
    assert parts == whole.decisions
    assert replace(state.version, number=0) == replace(whole.version, number=0)


@settings(max_examples=40, deadline=None)
@given(events=EVENTS)
def test_every_event_opens_or_joins_a_case_once_or_is_a_repeat(nanjing, events):
    decided = decide("reports", one_batch(TOPIC, wire(*events), NOW), InForce.of(nanjing), {}, 0.0)
    outcomes = [d["outcome"] for d in decided.decisions]
    distinct = {(e["source"], e["event_id"]) for e in events}
    assert outcomes.count("routed") + outcomes.count("merged") == len(distinct)
    assert outcomes.count("quarantined") == len(events) - len(distinct)
