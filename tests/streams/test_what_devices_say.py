"""What devices say, through both halves: opened once, eased and cleared on the record."""

from datetime import UTC, datetime

import pytest
from event_bodies import NOW, wire

from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch

AT = {"lon": 118.7825, "lat": 32.0655, "datum": "wgs84"}
FAR = {"lon": 118.81, "lat": 32.04, "datum": "wgs84"}


class Shift:
    """Devices of one platform, minute by minute, against one memory."""

    def __init__(self, city):
        self.city, self.states, self.hot = city, {}, set()
        self.minute = 0

    def says(self, lane, source="iot", device="d-1", **event):
        self.minute += 1
        at = NOW + self.minute * 60
        body = {
            "schema_version": 1,
            "event_id": f"e-{self.minute}",
            "source": source,
            "device_id": device,
            "occurred_at": datetime.fromtimestamp(at, UTC).isoformat(),
            "position": AT,
            **event,
        }
        records = one_batch(f"wangge.in.{lane}", wire(body), at, self.minute)
        force = InForce.of(self.city, hot=frozenset(self.hot))
        found = decide(lane, records, force, self.states, at)
        for unit in found.units.values():
            for key, hot in unit.hot.items():
                (self.hot.add if hot else self.hot.discard)(key)
        return found

    def reads(self, value):
        found = self.says("readings", sensor="water_level", value=value, unit="m")
        return [d["outcome"] for d in found.decisions] or ["within"]

    def alarms(self, state, sensor="smoke", **more):
        return self.says("alarms", sensor=sensor, state=state, **more).decisions[0]


@pytest.fixture
def shift(nanjing):
    return Shift(nanjing)


def test_a_flood_is_one_case_from_its_pre_alarm_to_its_clearing(shift):
    values = [0.1, 0.2, 0.2, 0.3, 0.24, 0.2, 0.12, 0.1, 0.1, 0.3]
    assert [shift.reads(value)[0] for value in values] == [
        "within",
        "routed",  # pre-alarm
        "merged",
        "merged",  # alarm: graver, and the case with it
        "merged",  # inside, but not by the hysteresis
        "merged",  # eased
        "merged",
        "merged",  # cleared
        "within",
        "merged",  # again, and its case is still open
    ]


def test_the_queue_hears_of_the_clearing_and_not_of_every_reading(shift):
    opened = shift.says("readings", sensor="water_level", value=0.3, unit="m")
    still = shift.says("readings", sensor="water_level", value=0.31, unit="m")
    over = shift.says("readings", sensor="water_level", value=0.02, unit="m")
    assert not still.entries
    assert {e["unit"] for e in over.entries} == {e["unit"] for e in opened.entries}
    assert {e["seq"] for e in over.entries} == {2}
    assert "alarm → normal" in over.entries[0]["reason"]


def test_a_device_s_alarm_that_it_repeats_is_one_case(shift):
    first, again = shift.alarms("alarm"), shift.alarms("alarm")
    assert (first["outcome"], again["outcome"]) == ("routed", "merged")
    assert again["incident_id"] == first["incident_id"]
    cleared = shift.alarms("cleared")
    assert (cleared["outcome"], cleared["incident_id"]) == ("merged", first["incident_id"])
    assert shift.alarms("alarm")["incident_id"] == first["incident_id"]  # still open, and near


def test_a_clearing_of_what_never_was_is_ignored_on_the_record(shift):
    decision = shift.alarms("cleared")
    assert decision["outcome"] == "ignored"
    assert "nothing of d-1 is open" in decision["reasons"][-1]["text"]


def test_a_device_s_own_trouble_is_a_case_of_its_own_and_of_upkeep(shift):
    fire, fault = shift.alarms("alarm"), shift.alarms("fault")
    assert (fire["category"], fault["category"]) == ("0401", "0603")
    assert fault["outcome"] == "routed"


def test_an_alarm_goes_by_its_sensor_and_not_by_its_text(shift):
    found = shift.says("alarms", sensor="smoke", state="alarm", text="积水").decisions[0]
    assert found["category"] == "0401"


def test_an_alarm_of_an_unknown_sensor_is_unknown_and_not_lost(shift):
    found = shift.alarms("alarm", sensor="quake")
    assert (found["category"], found["outcome"]) == ("0000", "routed")
    assert any("quake is not in the taxonomy" in r["text"] for r in found["reasons"])


def test_a_citizen_beside_a_sensor_promotes_what_either_says(shift):
    water = {"sensor": "water_level", "value": 0.3, "unit": "m"}
    alone = shift.says("readings", **water).decisions[0]
    report = {"device_id": None, "text": "路口积水很深", "position": AT}
    body = {key: value for key, value in report.items() if value is not None}
    at = NOW + 600
    event = {
        "schema_version": 1,
        "event_id": "r-1",
        "source": "suishoupai",
        "occurred_at": datetime.fromtimestamp(at, UTC).isoformat(),
        **body,
    }
    records = one_batch("wangge.in.reports", wire(event), at, 999)
    told = decide("reports", records, InForce.of(shift.city), shift.states, at).decisions[0]
    assert (alone["priority"], alone["consulted"]["corroborated"]) == ("P2", False)
    assert (told["priority"], told["consulted"]["corroborated"]) == ("P1", True)
    assert any("agree" in part["name"] for part in told["contributions"])


def test_the_same_record_judged_twice_after_a_crash_has_one_outcome(nanjing):
    shift = Shift(nanjing)
    shift.alarms("alarm")
    cleared = shift.says("alarms", sensor="smoke", state="cleared")
    shift.minute -= 1  # the very same record again
    again = shift.says("alarms", sensor="smoke", state="cleared")
    assert [d["outcome"] for d in cleared.decisions] == ["merged"]
    assert again.decisions == []


def test_another_sensor_of_the_same_device_has_a_case_of_its_own(shift):
    gas, smoke = shift.alarms("alarm", sensor="gas"), shift.alarms("alarm", sensor="smoke")
    assert (gas["outcome"], smoke["outcome"]) == ("routed", "routed")
    assert (gas["category"], smoke["category"]) == ("0402", "0401")
    assert shift.alarms("cleared", sensor="manhole")["outcome"] == "ignored"
    assert shift.alarms("alarm", sensor="smoke")["outcome"] == "merged"


def test_a_reading_within_limits_does_not_end_the_device_s_own_alarm(shift):
    alarm = shift.alarms("alarm", sensor="gas")
    assert shift.says("readings", sensor="gas", value=5, unit="%LEL").decisions[0]["outcome"] == (
        "ignored"
    )
    again = shift.alarms("alarm", sensor="gas")
    assert (again["outcome"], again["incident_id"]) == ("merged", alarm["incident_id"])


def test_a_reading_of_a_sensor_without_limits_says_nothing_of_its_alarm(shift):
    shift.alarms("alarm")
    assert shift.says("readings", sensor="smoke", value=3.1).decisions == []
    assert shift.alarms("alarm")["outcome"] == "merged"


def test_every_case_that_a_device_opened_hears_of_the_end(shift):
    first, second = shift.alarms("pre_alarm"), shift.alarms("alarm")
    states = ("pre_alarm", "alarm", "pre_alarm", "alarm")
    assert {shift.alarms(state)["outcome"] for state in states} == {"merged"}
    over = shift.says("alarms", sensor="smoke", state="cleared")
    told = {entry["incident_id"] for entry in over.entries}
    assert told == {first["incident_id"], second["incident_id"]}


def test_a_late_end_ends_nothing(shift):
    shift.alarms("alarm")
    hour_ago = datetime.fromtimestamp(NOW - 3600, UTC).isoformat()
    late = shift.alarms("cleared", occurred_at=hour_ago)
    assert late["outcome"] == "ignored"
    assert "too late" in late["reasons"][-1]["text"]
    assert shift.alarms("alarm")["outcome"] == "merged"


def test_a_device_s_record_counts_no_longer_than_its_window_whatever_the_batches(nanjing):
    for quiet in (False, True):
        shift = Shift(nanjing)
        shift.alarms("alarm")
        shift.minute += 60 * 24 * 60
        if not quiet:  # another device's event lets the shard forget what is due
            shift.says("alarms", device="d-2", sensor="smoke", state="alarm", position=FAR)
        assert shift.alarms("alarm")["outcome"] == "routed"


@pytest.mark.parametrize("unit", ["℃", "°C", "° c"])
def test_a_unit_is_the_same_however_it_is_spelt(shift, unit):
    found = shift.says("readings", sensor="electrical_fire", value=95, unit=unit)
    assert found.decisions[0]["outcome"] == "routed"


def test_an_alarm_s_value_in_another_unit_is_held_against_no_limit(shift):
    found = shift.alarms("pre_alarm", sensor="water_level", value=160, unit="mm")
    assert found["priority"] == "P3"
