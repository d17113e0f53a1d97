"""A replay keeps the order, divides the gaps and moves the times."""

import math
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import SettingsError
from messages.topics import Topics
from streams.posting import feed
from streams.posting.replay import paced, parse_speed, schedule

FIRST = datetime(2020, 2, 3, 8, tzinfo=UTC)
START = datetime(2026, 11, 23, tzinfo=UTC)
TOPICS = Topics("drill.x")


def events(*seconds, late=0):
    bodies = [
        {
            "schema_version": 1,
            "event_id": f"e{n}",
            "source": "s",
            "occurred_at": (FIRST + timedelta(seconds=s - late)).isoformat(),
            "submitted_at": (FIRST + timedelta(seconds=s)).isoformat(),
        }
        for n, s in enumerate(seconds)
    ]
    return [feed.check(n, body) for n, body in enumerate(bodies, 1)]


def run(seconds, speed=1.0, shift=True, late=0):
    dues = list(
        schedule(events(*seconds, late=late), TOPICS, start=START, speed=speed, shift=shift)
    )
    return [due.after_s for due in dues], [orjson.loads(due.output.value) for due in dues]


def test_the_first_event_happens_now():
    _, bodies = run([0, 60])
    assert datetime.fromisoformat(bodies[0]["submitted_at"]) == START


def test_gaps_are_divided_by_the_speed():
    after, bodies = run([0, 60, 120], speed=10)
    assert after == [0, 6, 12]
    assert datetime.fromisoformat(bodies[2]["submitted_at"]) == START + timedelta(seconds=12)


def test_an_event_that_was_reported_late_stays_late_in_proportion():
    _, bodies = run([0], speed=10, late=600)
    assert datetime.fromisoformat(bodies[0]["occurred_at"]) == START - timedelta(seconds=60)


def test_without_a_shift_the_times_stay_and_the_pace_is_the_same():
    after, bodies = run([0, 60], speed=2, shift=False)
    assert after == [0, 30]
    assert datetime.fromisoformat(bodies[1]["submitted_at"]) == FIRST + timedelta(seconds=60)


def test_at_full_speed_everything_is_due_at_once():
    after, bodies = run([0, 60, 7200], speed=math.inf)
    assert after == [0, 0, 0]
    assert {body["submitted_at"] for body in bodies} == {START.isoformat()}


@given(st.lists(st.integers(0, 10_000), max_size=30), st.floats(0.1, 1000))
def test_nothing_overtakes_what_was_recorded_before_it(seconds, speed):
    after, bodies = run(seconds, speed=speed)
    assert after == sorted(after)
    assert [body["event_id"] for body in bodies] == [f"e{n}" for n in range(len(seconds))]


@given(st.lists(st.floats(0, 1000), max_size=20))
def test_nothing_is_posted_before_it_is_due(waits):
    dues = list(schedule(events(*sorted(waits)), TOPICS, start=START, speed=1.0, shift=True))
    now = 0.0

    def sleep(seconds):
        nonlocal now
        now += seconds

    posted = [now for _ in paced(dues, clock=lambda: now, sleep=sleep)]
    assert all(at >= due.after_s - 1e-6 for at, due in zip(posted, dues, strict=True))


@pytest.mark.parametrize(("text", "speed"), [("10x", 10), ("0.5x", 0.5), ("60", 60)])
def test_a_speed_is_a_factor(text, speed):
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["", "x", "0x", "-1x", "inf", "nan", "fast"])
def test_what_is_no_speed_is_refused(text):
    with pytest.raises(SettingsError, match=r"settings\.speed"):
        parse_speed(text)
