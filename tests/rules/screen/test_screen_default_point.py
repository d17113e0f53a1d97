"""One exact position that too many events carry is found; a busy place is not."""

from collections import Counter
from random import Random

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from screen_events import HOUR, NOW, Desk, desk, screen

from rules.screen.default_point import COUNTERS

LAW = settings(max_examples=40, deadline=None)
SPOT = (118.796877, 32.060257)


def point(**changes):
    rule = {"check": "default_point", "share": 0.2, "at_least": 50, "window_hours": 24}
    return screen(rule | changes)


def at(place):
    return {"lon": place[0], "lat": place[1]}


def scattered(random):
    return (118.5 + random.random(), 31.5 + random.random())


def stream(share, count, seed=1, near=scattered):
    """``count`` positions, ``share`` of them exactly the spot."""
    random = Random(seed)
    return [SPOT if random.random() < share else near(random) for _ in range(count)]


def test_a_point_that_a_third_of_the_events_carry_is_found_and_told_in_figures():
    one = Desk(point())
    found = [one.found(NOW + i, **at(place)) for i, place in enumerate(stream(0.33, 200))]
    (*_, last) = filter(None, found)
    assert last.startswith("118.79688, 32.06026 is where ")
    assert last.endswith(" events of app are")


def test_only_the_events_at_the_point_are_found():
    one = Desk(point())
    places = stream(0.4, 300)
    found = {place for i, place in enumerate(places) if one.found(NOW + i, **at(place))}
    assert found == {SPOT}


def test_a_point_that_events_begin_to_carry_late_is_found():
    one = Desk(point(window_hours=24 * 365))
    places = stream(0.0, 500) + stream(0.6, 500)
    assert any(one.found(NOW + i, **at(place)) for i, place in enumerate(places))


def test_places_that_were_busy_once_make_room_for_it():
    one = Desk(point(window_hours=24 * 365))
    busy = [(100.0 + i, 30.0) for i in range(COUNTERS)] * 5
    places = busy + [SPOT, SPOT, SPOT, (80.0, 30.0)] * 200
    assert any(one.found(NOW + i, **at(place)) for i, place in enumerate(places))


def test_before_the_least_number_of_events_nothing_is_found():
    one = Desk(point())
    assert next(i for i in range(60) if one.found(NOW + i, **at(SPOT))) == 49


def test_a_busy_station_has_jitter_and_is_not_found():
    def platform(random):
        # 20 m around the spot, as phones say it
        return (SPOT[0] + random.gauss(0, 2e-4), SPOT[1] + random.gauss(0, 2e-4))

    one = Desk(point())
    places = stream(0.0, 2000, near=platform)
    assert not any(one.found(NOW + i, **at(place)) for i, place in enumerate(places))


def test_the_same_digits_to_a_metre_are_the_same_point():
    one = Desk(point(at_least=20))
    places = [(SPOT[0] + i % 3 * 1e-6, SPOT[1]) for i in range(30)]
    assert one.found(NOW, **at(places[0])) is None
    assert [one.found(NOW, **at(place)) for place in places[1:]][-1] is not None


def test_each_source_has_its_own_points():
    one = Desk(point())
    for i in range(100):
        one.found(NOW + i, source="hotline", **at(SPOT))
    assert one.found(NOW + 100, source="app", **at(SPOT)) is None


def test_an_event_without_a_position_is_not_counted():
    one = Desk(point())
    assert one.found(NOW, lon=None, lat=None) is None
    assert not one.state


def test_old_events_count_half_and_then_nothing():
    one = Desk(point(at_least=20))
    start = NOW - NOW % (12 * HOUR)
    for i in range(100):
        one.found(start + i, **at(SPOT))
    (state,) = one.state.values()
    one.found(start + 12 * HOUR, **at(SPOT))
    (aged,) = one.state.values()
    assert [orjson.loads(body)["events"] for body in (state, aged)] == [100, 51]
    assert one.found(start + 36 * HOUR, **at(SPOT)) is None
    (fresh,) = one.state.values()
    assert orjson.loads(fresh)["events"] == 1


def test_a_state_carries_the_time_at_which_it_may_be_forgotten():
    (only,) = point().memory
    seen = only.observe(None, desk(), NOW)
    assert orjson.loads(seen.state)["due"] == seen.due
    assert NOW + 12 * HOUR < seen.due <= NOW + 24 * HOUR


@LAW
@given(seed=st.integers(0, 10_000), share=st.floats(0.25, 0.9))
def test_a_share_over_the_threshold_is_found_within_a_thousand_events(seed, share):
    one = Desk(point())
    places = stream(share, 1000, seed)
    assert any(one.found(NOW + i, **at(place)) for i, place in enumerate(places))


@LAW
@given(seed=st.integers(0, 10_000), share=st.floats(0, 0.1))
def test_a_share_far_under_it_is_never_found(seed, share):
    one = Desk(point(at_least=200))
    places = stream(share, 1500, seed)
    assert not any(one.found(NOW + i, **at(place)) for i, place in enumerate(places))


class Exact:
    """The same by counting every position there is."""

    def __init__(self, half_s):
        self.half_s, self.half, self.events, self.counts = half_s, None, 0, Counter()

    def count(self, place, now):
        """Events at the place and in all, by now."""
        half = now // self.half_s
        if self.half is not None and half > self.half + 1:
            self.events, self.counts = 0, Counter()
        elif self.half is not None and half > self.half:
            self.events = (self.events + 1) // 2
            self.counts = Counter({place: n // 2 for place, n in self.counts.items()})
        self.half = half
        self.events += 1
        self.counts[place] += 1
        return self.counts[place], self.events


# Few places, many places, and all of them in any order; now and then hours pass.
events = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3), st.integers(0, 60)),
        st.sampled_from([0.0] * 20 + [1 * HOUR, 7 * HOUR, 13 * HOUR, 30 * HOUR]),
    ),
    min_size=20,
    max_size=300,
)


@LAW
@given(events=events, share=st.floats(0.05, 0.5))
def test_what_is_found_lies_between_the_share_and_the_share_and_a_counter_s(events, share):
    one, exact, now = Desk(point(share=share, at_least=20)), Exact(12 * HOUR), NOW
    for number, step in events:
        now += step
        place = (100.0 + number, 30.0)
        count, whole = exact.count(place, now)
        found = one.found(now, **at(place)) is not None
        if found:
            assert whole >= 20
            assert count >= share * whole
        elif whole >= 20:
            assert count < share * whole + whole / (COUNTERS + 1) + 2


@LAW
@given(events=events)
def test_no_state_holds_more_points_than_there_are_counters(events):
    one, now = Desk(point()), NOW
    for number, step in events:
        now += step
        one.found(now, lon=100.0 + number, lat=30.0)
        (state,) = one.state.values()
        body = orjson.loads(state)
        assert len(body["points"]) == len(body["held"]) == len(body["seen"]) <= COUNTERS


@LAW
@given(events=events, forgets=st.lists(st.booleans(), min_size=300, max_size=300))
def test_when_a_state_that_is_due_is_removed_changes_nothing(events, forgets):
    kept, forgetful, now = Desk(point(at_least=20)), Desk(point(at_least=20)), NOW
    for (number, step), forget in zip(events, forgets, strict=False):
        now += step
        if forget:
            forgetful.forget(now)
        place = at((100.0 + number, 30.0))
        assert kept.found(now, **place) == forgetful.found(now, **place)
