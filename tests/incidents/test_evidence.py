from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.evidence import REMEMBERED, Evidence


def seen(*witnesses, window_s=60.0):
    found = Evidence()
    for sensor, now in witnesses:
        found = found.with_one(sensor=sensor, now=now, window_s=window_s)
    return found


def test_citizen_and_sensor_within_the_window_corroborate():
    assert not seen((False, 0), (False, 10)).corroborated
    assert seen((False, 0), (True, 59)).corroborated
    assert not seen((False, 0), (True, 60)).corroborated


def test_a_record_is_its_own_json():
    found = seen((False, 1.5), (True, 2.5))
    assert Evidence.from_json(found.to_json()) == found
    assert Evidence.from_json(None) == Evidence()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 50)), max_size=60), st.floats(1, 100))
def test_it_counts_the_witnesses_of_the_window_and_keeps_a_bounded_number(steps, window_s):
    now, found, everything = 0.0, Evidence(), []
    for sensor, later in steps:
        now += later
        found = found.with_one(sensor=sensor, now=now, window_s=window_s)
        everything.append((sensor, now))
        for kind, times in ((False, found.reports), (True, found.sensors)):
            due = [at for s, at in everything if s is kind and at + window_s > now]
            assert list(times) == due[-REMEMBERED:]
