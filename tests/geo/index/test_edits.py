"""One polygon replaced: the same answers as an index built anew, and less work."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_cities import (
    as_arrays,
    at,
    box,
    codes_at,
    hard_points,
    index,
    polygons,
    shapes_of_a_city,
)

from messages.errors import BoundaryError


@st.composite
def edits(draw):
    """A city, replacements of its polygons one after the other, and points."""
    shapes = draw(shapes_of_a_city)
    rows = st.integers(0, len(shapes) - 1)
    changes = draw(st.lists(st.tuples(rows, polygons()), min_size=1, max_size=4))
    after = list(shapes)
    for row, shape in changes:
        after[row] = shape
    points = draw(st.lists(hard_points([*shapes, *after]), min_size=1, max_size=40))
    return shapes, changes, after, points


def grids(built, cells):
    return [built.territories[cell].grid if cell >= 0 else None for cell in cells]


@settings(max_examples=60, deadline=None)
@given(edits(), st.sampled_from(["wgs84", "gcj02"]))
def test_after_edits_every_answer_is_that_of_an_index_built_anew(edit, datum):
    shapes, changes, after, points = edit
    edited = index(shapes, tolerance_m=500)
    codes_at(edited, points, datum)
    for row, shape in changes:
        edited = edited.replaced(f"{row:03d}", shape, "v2")
    anew = index(after, tolerance_m=500)
    assert codes_at(edited, points, datum) == codes_at(anew, points, datum)
    lon, lat = as_arrays(points)
    ones = [edited.locate_one(x, y, datum) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    news = [anew.locate_one(x, y, datum) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert grids(edited, ones) == grids(anew, news)


@settings(max_examples=60, deadline=None)
@given(edits())
def test_after_edits_borders_and_runners_up_are_those_of_an_index_built_anew(edit):
    shapes, changes, after, points = edit
    edited = index(shapes)
    codes_at(edited, points)
    for row, shape in changes:
        edited = edited.replaced(f"{row:03d}", shape, "v2")
    lon, lat = as_arrays(points)
    seen = []
    for built in (edited, index(after)):
        cell = built.locate(lon, lat, "wgs84").cell
        borders = built.borders(cell, lon, lat, "wgs84", np.full(len(lon), 700.0))
        codes = [built.territories[c].grid if c >= 0 else None for c in borders.runner_up]
        seen.append((codes, np.round(borders.border_m, 3).tolist()))
    assert repr(seen[0]) == repr(seen[1])  # by repr, because NaN is not itself


def test_an_edit_leaves_the_index_that_it_came_from_as_it_was():
    before = index([box(0, 0, 2, 1), box(2, 0, 4, 1)])
    after = before.replaced("001", box(1, 0, 4, 1), "v2")
    point = [at(1.5, 0.5)]
    assert (codes_at(before, point), before.version) == (["000"], "v")
    assert (codes_at(after, point), after.version) == (["000"], "v2")  # 000 is the smaller one
    assert codes_at(before.replaced("001", box(1.5, 0, 2, 1), "v3"), [at(1.75, 0.5)]) == ["001"]


def test_an_edit_that_reaches_beyond_the_raster_is_answered_too():
    built = index([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    codes_at(built, [at(0.5, 0.5)])
    wide = built.replaced("001", box(1, -5, 9, 7), "v2")
    assert codes_at(wide, [at(8, 6), at(0.5, 0.5), at(1.5, -4)]) == ["001", "000", "001"]


def test_an_edit_touches_only_the_records_around_it():
    shapes = [box(x, y, x + 1, y + 1) for y in range(20) for x in range(20)]
    built = index(shapes)
    raster = built.in_datum("wgs84").raster
    edited = built.replaced("210", shapely.buffer(shapes[210], -0.002), "v2")
    redrawn = edited.in_datum("wgs84").raster
    changed = (redrawn.cells != raster.cells).mean()
    assert 0 < changed < 0.02
    assert len(redrawn.heads) - len(raster.heads) < 0.02 * len(raster.heads)


@pytest.mark.parametrize(
    ("code", "polygon", "error"),
    [
        ("999", box(0, 0, 1, 1), "boundary.code_unknown"),
        (
            "000",
            shapely.Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)]),
            "boundary.geometry_broken",
        ),
        ("000", shapely.Point(0, 0), "boundary.geometry_broken"),
        ("000", shapely.Polygon(), "boundary.geometry_broken"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(code, polygon, error):
    with pytest.raises(BoundaryError) as refused:
        index([box(0, 0, 1, 1)]).replaced(code, polygon, "v2")
    assert refused.value.code == error
