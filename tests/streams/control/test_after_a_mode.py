"""What a mode leaves behind: a case keeps the policy that it was opened under."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from event_bodies import NOW, wire

from rules.modes import Mode
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch

FLOOD = Mode(
    "m-1",
    "flood",
    frozenset({"district:320106"}),
    NOW - 60,
    NOW + 600,
    True,
    "duty-320106",
    "chief-320106",
    "暴雨",
)


def alarm(event_id, state, at):
    return {
        "schema_version": 1,
        "event_id": event_id,
        "source": "iot-alarms",
        "kind": "alarm",
        "occurred_at": datetime.fromtimestamp(at, UTC).isoformat(),
        "position": {"lon": 118.77, "lat": 32.06, "datum": "wgs84"},
        "device_id": "level-77",
        "sensor": "water_level",
        "state": state,
    }


def decided(city, states, number, state, at, hot=frozenset()):
    records = one_batch("wangge.in.alarms", wire(alarm(f"a-{number}", state, at)), at, number)
    found = decide("alarms", records, InForce.of(city, (FLOOD,), hot), states, 0.0)
    (decision,) = found.decisions
    cases = [case for unit in found.units.values() for case in unit.incidents]
    return decision, cases, found.units


def test_a_case_opened_under_a_mode_keeps_its_policy_when_the_mode_is_over(nanjing):
    states = {}
    opened, (case,), units = decided(nanjing, states, 0, "alarm", NOW)
    assert (opened["escalation"], case["escalation"]) == ("storm", "storm")
    assert [m["order_id"] for m in case["modes"]] == ["m-1"]

    after = FLOOD.ends + 60
    hot = frozenset(device for unit in units.values() for device in unit.hot)
    cleared, (*_, later), _ = decided(nanjing, states, 1, "cleared", after, hot)
    assert cleared["outcome"] == "merged"
    assert list(cleared["modes"]) == []
    assert later["incident_id"] == case["incident_id"]
    assert later["seq"] > 2  # what fell due in between, then the clearing
    assert later["escalation"] == "storm"
    assert [m["order_id"] for m in later["modes"]] == ["m-1"]

    kept = next(iter(states.values())).get("incident", case["incident_id"])
    assert orjson.loads(kept)["escalation"] == "storm"


def test_a_case_opened_after_the_mode_has_the_usual_policy(nanjing):
    _, (before,), _ = decided(nanjing, {}, 0, "alarm", FLOOD.starts - 1)
    _, (during,), _ = decided(nanjing, {}, 0, "alarm", FLOOD.starts)
    _, (last,), _ = decided(nanjing, {}, 0, "alarm", FLOOD.ends - 0.001)
    _, (after,), _ = decided(nanjing, {}, 0, "alarm", FLOOD.ends)
    assert during["escalation"] == last["escalation"] == "storm"
    assert before["escalation"] == after["escalation"] != "storm"
    assert list(after["modes"]) == []
