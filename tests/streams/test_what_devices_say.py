"""What devices say, through both halves: opened once, eased and cleared on the record."""

from datetime import UTC, datetime

import orjson
import pytest
from event_bodies import NOW, wire

from incidents.case import KIND, Case
from incidents.state import Write
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch
from streams.redecide import redecide

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
        self.body = body
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

    def ends(self, incident_id, status="void"):
        """A unit has ended the case."""
        state = self.states[int(incident_id[:3])]
        case = Case.from_json(state.get(KIND, incident_id)).copy(status=status)
        state.restore([Write(KIND, incident_id, case.to_json(), None)])

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


@pytest.mark.parametrize("status", ["void", "closed"])
def test_an_alarm_after_its_case_has_ended_is_a_case_of_its_own_though_nothing_cleared(
    shift, status
):
    first = shift.alarms("alarm")
    shift.ends(first["incident_id"], status)
    found = shift.says("alarms", sensor="smoke", state="alarm")
    (again,) = found.decisions
    assert again["outcome"] == "routed"
    assert again["incident_id"] != first["incident_id"]
    assert {entry["change"] for entry in found.entries} == {"opened"}
    assert any(
        f"its incident {first['incident_id']} has ended" in r["text"] for r in again["reasons"]
    )
    assert shift.alarms("alarm")["incident_id"] == again["incident_id"]


def test_a_case_that_is_kept_no_longer_has_ended(shift):
    first = shift.alarms("fault")
    state = shift.states[int(first["incident_id"][:3])]
    state.restore([Write(KIND, first["incident_id"], None)])
    assert shift.alarms("fault")["outcome"] == "routed"


def test_readings_that_go_on_after_their_case_has_ended_open_none_until_they_rise_again(shift):
    opened = shift.says("readings", sensor="water_level", value=0.3, unit="m").decisions[0]
    shift.ends(opened["incident_id"])
    assert [shift.reads(value)[0] for value in (0.3, 0.31, 0.2)] == ["merged"] * 3
    risen = shift.says("readings", sensor="water_level", value=0.32, unit="m")
    assert risen.decisions[0]["outcome"] == "routed"
    assert risen.entries


def test_readings_that_come_back_after_a_silence_open_a_case_where_theirs_has_ended(shift):
    opened = shift.says("readings", sensor="water_level", value=0.3, unit="m").decisions[0]
    shift.ends(opened["incident_id"])
    shift.minute += 24 * 60
    assert shift.reads(0.3) == ["routed"]


def test_after_an_alarm_has_begun_again_its_clearing_is_told_to_the_open_case_alone(shift):
    first = shift.alarms("alarm")
    shift.ends(first["incident_id"])
    again = shift.alarms("alarm")
    over = shift.says("alarms", sensor="smoke", state="cleared")
    assert {entry["incident_id"] for entry in over.entries} == {again["incident_id"]}


def test_what_a_device_says_again_is_decided_again_the_same(shift):
    """Of a case that is open, that has ended, and where it joins what another has opened."""

    def same(decision):
        plain = orjson.loads(orjson.dumps(decision, option=orjson.OPT_UTC_Z))
        assert redecide(plain, "alarms", shift.body, shift.city).differences == ()
        return decision["outcome"]

    first = shift.alarms("alarm")
    assert same(shift.alarms("alarm")) == "merged"
    shift.ends(first["incident_id"])
    assert same(shift.alarms("alarm")) == "routed"
    shift.ends(shift.alarms("alarm")["incident_id"])
    shift.alarms("alarm", device="d-2")
    joined = shift.alarms("alarm")
    assert joined["consulted"]["joins"]
    assert same(joined) == "merged"
