import pytest

from incidents.devices import Known, change, group_of, record_key


def known(state, *opened, by="alarm", occurred=100.0):
    cases = {one: f"i-{one}" for one in (opened or (state,))}
    return Known(state, occurred, 1000.0, by, cases)


@pytest.mark.parametrize(
    ("before", "state", "due"),
    [
        (None, "alarm", "new"),
        (None, "cleared", "nothing"),
        (None, "normal", "nothing"),
        (known("pre_alarm"), "alarm", "new"),
        (known("alarm"), "alarm", "same"),
        (known("alarm"), "pre_alarm", "eased"),
        (known("alarm"), "cleared", "cleared"),
        (known("pre_alarm"), "normal", "cleared"),
        (known("pre_alarm", "pre_alarm", "alarm"), "alarm", "risen"),
        (known("fault"), "fault", "same"),
        (known("fault"), "offline", "new"),
        (known("offline", "fault", "offline"), "fault", "risen"),
        (known("offline"), "cleared", "cleared"),
    ],
)
def test_what_a_state_means_depends_on_what_was_known(before, state, due):
    assert change(before, state, "alarm", 200.0) == due


def test_an_end_that_occurred_before_what_it_would_end_is_late():
    assert change(known("alarm"), "cleared", "alarm", 39.0) == "late"
    assert change(known("alarm"), "cleared", "alarm", 41.0) == "cleared"  # clocks are not so good


def test_a_reading_ends_what_a_reading_opened_and_no_alarm_of_the_device():
    assert change(known("alarm"), "normal", "reading", 200.0) == "outranked"
    assert change(known("alarm", by="reading"), "normal", "reading", 200.0) == "cleared"
    assert change(known("alarm", by="reading"), "cleared", "alarm", 200.0) == "cleared"


def test_what_a_sensor_watches_and_its_own_trouble_are_two_records_and_sensors_have_their_own():
    assert (group_of("alarm"), group_of("cleared"), group_of("tamper")) == (
        "danger",
        "danger",
        "upkeep",
    )
    assert record_key("iot", "box 7", "smoke", "danger") == "iot box 7 smoke danger"


def test_a_record_is_its_own_json_until_it_is_due():
    record = known("alarm", "pre_alarm", "alarm")
    assert Known.from_json(record.to_json(), 999.0) == record
    assert record.incident == "i-alarm"
    assert Known.from_json(record.to_json(), 1000.0) is None
    assert Known.from_json(None, 0.0) is None
