"""Parents by geometry, and the oddities that are reported."""

import numpy as np
import pytest
import shapely

from geo.layer import BoundaryLayer
from geo.nesting import nest
from messages.errors import BoundaryError


def layer(level, shapes, parents=None):
    codes = tuple(shapes)
    given = tuple(parents or (None,) * len(codes))
    return BoundaryLayer(level, codes, codes, given, np.array(list(shapes.values()), dtype=object))


WEST_AND_EAST = layer("district", {"W": shapely.box(0, 0, 10, 10), "E": shapely.box(10, 0, 20, 10)})


def nested(box, parents=None):
    (_, streets), findings = nest([WEST_AND_EAST, layer("street", {"s": box}, parents)])
    return streets.parents[0], [(f.code, f.level, f.territory) for f in findings]


def test_a_territory_gets_the_parent_that_it_lies_in():
    assert nested(shapely.box(11, 1, 12, 2)) == ("E", [])


def test_a_border_drawn_a_little_otherwise_is_no_finding():
    assert nested(shapely.box(8, 0, 10.1, 10)) == ("W", [])


def test_a_territory_across_two_parents_gets_the_larger_share_and_is_reported():
    assert nested(shapely.box(4, 0, 12, 10)) == ("W", [("ambiguous_parent", "street", "s")])


def test_of_two_equal_halves_the_lower_code_is_the_parent():
    assert nested(shapely.box(9, 0, 11, 10)) == ("E", [("ambiguous_parent", "street", "s")])


def test_a_territory_that_lies_mostly_outside_is_an_orphan():
    assert nested(shapely.box(-6, 0, 4, 10)) == (None, [("orphan", "street", "s")])


def test_a_territory_that_touches_nothing_is_an_orphan():
    assert nested(shapely.box(30, 0, 31, 1)) == (None, [("orphan", "street", "s")])


def test_touching_an_edge_is_not_lying_in():
    assert nested(shapely.box(-1, 0, 0, 10)) == (None, [("orphan", "street", "s")])


def test_a_named_parent_wins_over_geometry():
    assert nested(shapely.box(11, 1, 12, 2), ["W"]) == ("W", [])


def test_a_named_parent_that_does_not_exist_is_refused():
    with pytest.raises(BoundaryError) as refused:
        nested(shapely.box(11, 1, 12, 2), ["N"])
    assert refused.value.code == "boundary.parent_unknown"
    assert refused.value.mend


def test_a_level_may_be_left_out():
    grid = layer("grid", {"g": shapely.box(1, 1, 2, 2)})
    (_, cells), _ = nest([WEST_AND_EAST, grid])
    assert cells.parents == ("W",)


def test_what_lies_above_the_coarsest_layer_is_dropped():
    (only,), findings = nest([layer("street", {"s": shapely.box(0, 0, 1, 1)}, ["D"])])
    assert only.parents == (None,)
    assert findings == ()
