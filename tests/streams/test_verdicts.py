"""What an officer decides on a quarantined event, from the verdict to its outcome."""

import orjson
import pytest
from event_bodies import NOW, report, wire

from messages.decision import Decision
from messages.verdict import Verdict
from streams.control.in_force import InForce
from streams.ledger import balance
from streams.pipeline import decide, one_batch

FROM = {"topic": "wangge.in.reports", "partition": 0, "offset": 7}


def verdict(what, event=None, of=FROM, **change):
    body = {
        "schema_version": 1,
        "verdict_id": f"v-{what}",
        "verdict": what,
        "of": of,
        "event_id": "e",
        "author": "duty-320106",
        "reason": "seen on site",
        "decided_at": "2026-11-23T12:00:00Z",
    }
    if event is not None:
        body |= {"lane": "reports", "event": {"kind": "report", **event}}  # its own kind wins
    return orjson.dumps(body | change)


@pytest.fixture
def desk(nanjing):
    states = {}

    def take(lane, *bodies, at=NOW, first=0):
        records = one_batch(f"wangge.in.{lane}", list(bodies), at, first)
        return decide(lane, records, InForce.of(nanjing), states, at)

    return take


OLD = report("e", text="路灯不亮", at=NOW - 90 * 86_400)


def test_a_released_event_is_routed_whatever_the_screen_would_say(desk):
    assert [d["outcome"] for d in desk("reports", *wire(OLD)).decisions] == ["quarantined"]
    (decision,) = desk("verdicts", verdict("release", OLD)).decisions
    assert decision["outcome"] == "routed"
    assert decision["released_from"] == FROM
    assert decision["reasons"][0]["text"] == (
        "released from quarantine by duty-320106: seen on site"
    )


def test_a_record_is_released_once(desk):
    desk("verdicts", verdict("release", OLD))
    (again,) = desk("verdicts", verdict("release", OLD), first=1).decisions
    assert again["outcome"] == "quarantined"
    assert again["reasons"][-1]["code"] == "repeat"


def test_a_repeat_can_be_released_all_the_same(desk):
    fresh = report("e", text="路灯不亮", at=NOW)
    first, repeat = desk("reports", *wire(fresh, fresh)).decisions
    assert (first["outcome"], repeat["outcome"]) == ("routed", "quarantined")
    (released,) = desk("verdicts", verdict("release", fresh, of=repeat["origin"])).decisions
    assert released["outcome"] == "merged"  # it joins what the first one has opened
    assert released["incident_id"] == first["incident_id"]


def test_a_discarded_record_has_its_decision_and_nothing_on_the_desk(desk):
    found = desk("verdicts", verdict("discard"))
    (decision,) = found.decisions
    Decision.model_validate_json(orjson.dumps(decision, option=orjson.OPT_UTC_Z))
    assert decision["outcome"] == "discarded"
    assert decision["reasons"][0]["text"] == "discarded by duty-320106: seen on site"
    assert not found.understood.desk


def test_the_ledger_counts_a_discarded_record(nanjing):
    records = one_batch("wangge.in.verdicts", [verdict("discard"), b"{"], NOW)
    found = decide("verdicts", records, InForce.of(nanjing), {}, NOW)
    (entry,) = balance(records, found.understood, {}, NOW)
    assert (entry["discarded"], entry["dead"], entry["absent"]) == (1, 1, 0)


def test_a_release_without_its_event_is_a_dead_letter(desk):
    (dead,) = desk("verdicts", verdict("release")).dead
    assert dead["code"] == "event.wrong_type"
    assert "carries the event" in dead["message"]


def test_a_producer_cannot_release_itself(desk):
    (dead,) = desk("reports", *wire({**OLD, "released_from": FROM})).dead
    assert dead["code"] == "event.unknown_field"


def test_a_verdict_is_its_own_json():
    made = Verdict.from_json(verdict("release", OLD))
    assert Verdict.from_json(made.to_json()) == made


def test_a_released_reading_that_no_limit_can_be_held_against_reaches_a_queue(desk):
    body = {
        "schema_version": 1,
        "event_id": "w-1",
        "source": "iot-readings",
        "occurred_at": "2026-11-23T11:59:00Z",
        "position": {"lon": 118.79, "lat": 32.06, "datum": "wgs84"},
        "device_id": "d-1",
        "sensor": "gas",
        "value": 90,
        "unit": "ppm",
    }
    assert desk("readings", *wire(body)).decisions[0]["outcome"] == "quarantined"
    released = verdict("release", lane="readings", event={"kind": "reading", **body})
    (decision,) = desk("verdicts", released).decisions
    assert (decision["outcome"], decision["category"]) == ("routed", "0402")


def test_what_an_officer_sends_is_masked_too(desk):
    event = report("e", text="路灯不亮 13812345678")
    found = desk("verdicts", verdict("release", event, reason="call 13812345678"))
    assert b"13812345678" not in orjson.dumps([found.entries, found.decisions])
