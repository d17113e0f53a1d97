"""What joins a case: by distance to its anchor, never chained, never across a jump in priority."""

from __future__ import annotations

import pytest
from cases_at_hand import NOON, a_case
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import anchors
from incidents.anchors import Anchor, squares
from incidents.likeness import sketch
from incidents.merging import Candidate, Like, find, graver, jumps, photos_of

LIKE = Like(50.0, 3600.0)
LON, LAT = 118.79, 32.06
NORTH = 1 / 111_195
"""Degrees of latitude to the metre."""


class Desk:
    """Events that join or open, as the desk does it, with their records."""

    def __init__(self, like=LIKE):
        self.like = like
        self.records = {}
        self.members = {}

    def get(self, kind, key):
        return self.records.get((kind, key))

    def open(self, event, name, **fields):
        case = a_case(incident_id=name, priority=event.priority, **fields)
        self.records["incident", name] = case.to_json()
        key = squares(event.category, event.point, self.like.radius_m)[0]
        due = event.occurred + self.like.window_s
        one = Anchor(name, event.point, event.occurred, due, event.sketch, event.photos)
        kept = anchors.read(self.get(anchors.KIND, key), 0.0)
        self.records[anchors.KIND, key] = anchors.written([*kept, one])[0]
        self.members[name] = [event]

    def find(self, event):
        return find(self.get, event, self.like, NOON)

    def take(self, event):
        found = self.find(event)
        if found.joins is None:
            self.open(event, f"i-{len(self.members)}")
        else:
            self.members[found.joins[0].incident_id].append(event)


def event(north=0.0, after=0.0, priority="P2", text="", photos=(), east=0.0):
    point = (LON + east * NORTH * 1.18, LAT + north * NORTH)
    return Candidate("2101", priority, point, NOON + after, sketch(text), photos)


def joins(found):
    return found.joins[0].incident_id if found.joins is not None else None


def test_an_event_joins_within_the_radius_and_not_beyond():
    desk = Desk()
    desk.open(event(), "a")
    assert joins(desk.find(event(north=49.9))) == "a"
    assert desk.find(event(north=50.1)) == (None, ())


def test_an_event_joins_within_the_window_before_and_after_and_not_beyond():
    desk = Desk()
    desk.open(event(), "a")
    for after in (-3600.0, 3600.0):
        assert joins(desk.find(event(after=after))) == "a"
    for after in (-3601.0, 3601.0):
        assert joins(desk.find(event(after=after))) is None


def test_joining_is_never_chained():
    desk = Desk()
    for north in (0, 40, 80):
        desk.take(event(north))
    assert [len(found) for found in desk.members.values()] == [2, 1]


def test_the_nearest_of_two_cases_is_joined_and_the_other_linked():
    desk = Desk()
    desk.open(event(north=0), "a")
    desk.open(event(north=60), "b")
    found = desk.find(event(north=40))
    assert (joins(found), found.links) == ("b", ("a",))


def test_of_two_cases_at_one_distance_the_earlier_is_joined():
    desk = Desk()
    for name in ("b", "a"):
        desk.open(event(), name)
    found = desk.find(event())
    assert (joins(found), found.links) == ("a", ("b",))


def test_a_jump_in_priority_is_linked_and_not_joined():
    desk = Desk()
    desk.open(event(priority="P3"), "a")
    found = desk.find(event(priority="P1"))
    assert (joins(found), found.links) == (None, ("a",))


def test_the_nearest_that_is_no_jump_is_joined():
    desk = Desk()
    desk.open(event(priority="P4"), "a")
    desk.open(event(north=10, priority="P2"), "b")
    found = desk.find(event(priority="P1"))
    assert (joins(found), found.links) == ("b", ("a",))


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("P1", "P1", False), ("P1", "P2", False), ("P1", "P3", True), ("P4", "P2", True)],
)
def test_two_steps_of_priority_are_a_jump_in_either_direction(one, other, far):
    assert jumps(one, other) is jumps(other, one) is far


def test_graver_is_the_lower_number():
    assert graver("P1", "P2")
    assert not graver("P2", "P2")


@pytest.mark.parametrize("status", ["resolved", "checked", "closed", "void"])
def test_what_is_done_is_not_joined_nor_linked(status):
    desk = Desk()
    desk.open(event(), "a", status=status)
    assert desk.find(event()) == (None, ())


def test_a_case_that_was_forgotten_is_not_joined():
    desk = Desk()
    desk.open(event(), "a")
    del desk.records["incident", "a"]
    assert desk.find(event()) == (None, ())


def test_texts_that_are_not_alike_keep_apart_but_for_the_same_picture():
    desk = Desk(Like(50.0, 3600.0, likeness=0.3))
    desk.open(event(text="路口井盖破损", photos=("0" * 16,)), "a")
    assert joins(desk.find(event(text="路口的井盖破损了"))) == "a"
    assert joins(desk.find(event(text="流动摊贩占道"))) is None
    assert joins(desk.find(event(text="流动摊贩占道", photos=("0" * 15 + "1",)))) == "a"


def test_what_has_no_text_is_not_held_against_it():
    desk = Desk(Like(50.0, 3600.0, likeness=0.3))
    desk.open(event(), "a")
    assert joins(desk.find(event(text="路口井盖破损"))) == "a"


def test_why_an_event_joins_is_said_in_metres_minutes_and_likeness():
    desk = Desk()
    desk.open(event(text="井盖破损"), "a")
    match = desk.find(event(north=30, after=120.0, text="井盖破损")).joins[1]
    assert match.text() == "30 m and 2 min away, texts 100% alike"


def test_photos_without_a_hash_are_no_evidence():
    assert photos_of(({"url": "a"}, {"url": "b", "phash": "0" * 16})) == ("0" * 16,)


# Clusters far from one another, each narrower than the radius, in space and time.
MEMBERS = st.lists(
    st.tuples(st.floats(0, 34), st.floats(0, 34), st.floats(0, 3500)), min_size=1, max_size=6
)


@settings(max_examples=200, deadline=None)
@given(st.lists(MEMBERS, min_size=1, max_size=4), st.data())
def test_any_order_of_arrival_gives_the_same_cases_where_clusters_are_narrower_than_the_radius(
    clusters, data
):
    events = [
        (n, event(north=1000 * n + y, east=x, after=t))
        for n, cluster in enumerate(clusters)
        for x, y, t in cluster
    ]
    desk = Desk()
    for _, one in data.draw(st.permutations(events)):
        desk.take(one)
    found = sorted(sorted(members) for members in desk.members.values())
    due = sorted(
        sorted(one for n, one in events if n == cluster) for cluster in range(len(clusters))
    )
    assert found == due


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(0, 7200)), max_size=20))
def test_every_member_of_a_case_is_within_radius_and_window_of_its_first_event(steps):
    desk = Desk()
    for north, after in steps:
        desk.take(event(north, after))
    for first, *others in desk.members.values():
        for one in others:
            assert anchors.metres(first.point, one.point) <= LIKE.radius_m
            assert abs(first.occurred - one.occurred) <= LIKE.window_s
