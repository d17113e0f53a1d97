import pytest

from incidents.devices import Known, change, group_of, record_key

ALARM = Known("alarm", 100.0, "i-1")


@pytest.mark.parametrize(
    ("before", "state", "due"),
    [
        (None, "alarm", "new"),
        (None, "cleared", "nothing"),
        (None, "normal", "nothing"),
        ("pre_alarm", "alarm", "new"),
        ("alarm", "alarm", "same"),
        ("alarm", "pre_alarm", "eased"),
        ("alarm", "cleared", "cleared"),
        ("pre_alarm", "normal", "cleared"),
        ("fault", "fault", "same"),
        ("fault", "offline", "new"),
        ("offline", "cleared", "cleared"),
    ],
)
def test_what_a_state_means_depends_on_what_was_known(before, state, due):
    known = None if before is None else ALARM._replace(state=before)
    assert change(known, state) == due


def test_what_a_device_watches_and_its_own_trouble_are_two_records():
    assert (group_of("alarm"), group_of("cleared"), group_of("tamper")) == (
        "danger",
        "danger",
        "upkeep",
    )
    assert record_key("iot", "lid 7", "danger") == "iot lid 7 danger"


def test_a_record_is_its_own_json():
    assert Known.from_json(ALARM.to_json()) == ALARM
    assert Known.from_json(None) is None
