"""Boxes: what is left of one without others, on boxes small enough to count."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.reach.boxes import Met, Outside, WorkError

AXES = (3, 4, 2)
boxes = st.tuples(*(st.integers(0, (1 << size) - 1) for size in AXES))
POINTS = list(product(*(range(size) for size in AXES)))


def points(box):
    return {p for p in POINTS if all(mask >> at & 1 for mask, at in zip(box, p, strict=True))}


@settings(max_examples=100, deadline=None)
@given(boxes, st.lists(boxes, max_size=5))
def test_what_is_outside_is_what_no_cover_has_each_point_once(box, covers):
    left = [p for part in Outside(box, covers, 1000) for p in points(part)]
    assert len(left) == len(set(left))
    assert set(left) == points(box).difference(*map(points, covers))


@settings(max_examples=100, deadline=None)
@given(boxes, st.lists(boxes, max_size=8))
def test_those_found_are_all_that_have_a_point_in_common(box, others):
    met = Met()
    for other in others:
        met.add(other)
    expected = [i for i, other in enumerate(others) if points(box) & points(other)]
    assert met.by(box) == expected


def test_a_cover_that_takes_nothing_is_not_among_those_used():
    outside = Outside((0b011, 0b1, 0b1), [(0b100, 0b1, 0b1), (0b111, 0b1, 0b1)], 10)
    assert list(outside) == []
    assert outside.used == {1}


def test_it_ends_when_the_steps_are_used_up():
    covers = [(1 << a, 1 << b, 0b11) for a in range(3) for b in range(4)]
    with pytest.raises(WorkError):
        list(Outside((0b111, 0b1111, 0b11), covers, 3))
