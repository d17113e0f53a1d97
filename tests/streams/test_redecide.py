"""As-of replay: what was decided is decided again, and what differs is told."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from event_bodies import NOW, report

from drills.ordinary_day import OrdinaryDay, events
from messages.errors import RunError
from rules.modes import Mode
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch
from streams.redecide import redecide


def plain(bodies):
    return orjson.loads(orjson.dumps(bodies, option=orjson.OPT_UTC_Z))


def decided(force, posted, at=NOW):
    """Each event decided on its own, one a second: (lane, body, decision)."""
    states, found = {}, []
    for number, (lane, raw) in enumerate(posted):
        records = one_batch(f"wangge.in.{lane}", [raw], at + number, number)
        made = decide(lane, records, force, states, at + number)
        found += [(lane, orjson.loads(raw), d) for d in plain(made.decisions)]
    return found


def one(city, body, lane="reports"):
    return decided(InForce.of(city), [(lane, orjson.dumps(body))])[0]


@pytest.fixture(scope="module")
def day(nanjing, cells):
    """An ordinary day at a few cells only, so that events meet; a flood is on from its middle."""
    made = events(
        OrdinaryDay.of(nanjing.pack),
        nanjing.pack,
        cells,
        count=600,
        seed=5,
        start=datetime.fromtimestamp(NOW - 300, UTC),
    )
    rng = random.Random(5)
    met = [(event.lane, meeting(event.body, rng)) for event in made]
    mode = Mode("m-1", "flood", frozenset({"city"}), NOW + 300, NOW + 9999, True, "a", "b", "rain")
    return decided(InForce.of(nanjing, (mode,)), met)


def meeting(raw, rng):
    """The body at one of two places and, where a device says it, of the one device of its kind."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw
    if body.get("position"):
        body["position"] = report()["position"] | {"lon": rng.choice((118.79, 118.80))}
    if "device_id" in body:
        body["device_id"] = body["sensor"]
    if body.get("state"):
        body["state"] = rng.choice(("alarm", "alarm", "fault", "cleared"))
    return orjson.dumps(body)


def test_whatever_a_day_decided_is_decided_again_the_same(nanjing, day):
    assert {d["outcome"] for _, _, d in day} >= {"routed", "quarantined", "merged"}
    assert any(d["modes"] for _, _, d in day if d["outcome"] == "routed")
    assert any(d["consulted"].get("reports", 1) > 1 for _, _, d in day if d.get("route"))
    assert any("joins" in d["consulted"] for _, _, d in day)
    for lane, body, decision in day:
        again = redecide(decision, lane, body, nanjing)
        assert again.differences == (), (decision, again)


def test_another_winner_priority_queue_or_copies_is_told_with_both_values(nanjing):
    lane, body, decision = one(nanjing, report(text="路口井盖破损"))
    forged = decision | {"unit": "dept:gas", "copies": ["city"], "priority": "P4"}
    told = {d.field: (d.then, d.now) for d in redecide(forged, lane, body, nanjing).differences}
    assert told["unit"] == ("dept:gas", decision["unit"])
    assert told["copies"] == (["city"], decision["copies"])
    assert told["priority"] == ("P4", decision["priority"])


def test_an_event_that_is_not_the_one_decided_on_is_told(nanjing):
    lane, body, decision = one(nanjing, report(text="路口井盖破损"))
    again = redecide(decision, lane, body | {"text": "居民楼冒烟起火"}, nanjing)
    assert "category" in {d.field for d in again.differences}


def test_what_memory_knew_is_taken_from_the_record_and_said(nanjing):
    lane, body, decision = one(nanjing, report(text="路口井盖破损"))
    assert not {w for w in redecide(decision, lane, body, nanjing).recalled if "repeat_of" in w}
    raw = orjson.dumps(body)
    (_, _, _), (_, _, repeat) = decided(InForce.of(nanjing), [(lane, raw), (lane, raw)])
    again = redecide(repeat, lane, body, nanjing)
    assert again.same
    assert f"repeat_of={repeat['consulted']['repeat_of']}" in again.recalled


def test_a_released_event_is_decided_again_as_released(nanjing):
    body = report(text="")
    lane, _, held = one(nanjing, body)
    assert held["outcome"] == "quarantined"
    release = {
        "schema_version": 1,
        "verdict_id": "v-1",
        "verdict": "release",
        "of": held["origin"],
        "event_id": held["event_id"],
        "author": "duty-1",
        "reason": "the picture shows it",
        "decided_at": held["received_at"],
        "lane": lane,
        "event": body | {"kind": "report"},
    }
    (_, _, decision) = one(nanjing, release, "verdicts")
    assert decision["outcome"] == "routed"
    assert redecide(decision, lane, body, nanjing).differences == ()


def test_a_discard_was_decided_by_no_rule(nanjing):
    lane, body, decision = one(nanjing, report())
    with pytest.raises(RunError) as refused:
        redecide(decision | {"outcome": "discarded"}, lane, body, nanjing)
    assert refused.value.code == "run.discarded"


def test_another_pack_with_another_route_is_found_out(nanjing):
    lane, body, decision = one(nanjing, report(text="路口井盖破损"))
    routes = [r for r in nanjing.router.routes if r.name != decision["route"]]
    other = replace(nanjing, router=type(nanjing.router)(routes, nanjing.pack.taxonomy))
    told = {d.field for d in redecide(decision, lane, body, other).differences}
    assert {"route", "route by its own record"} <= told
