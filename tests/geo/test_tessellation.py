"""The demonstration city: exact nesting, always the same, and as dense as asked."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.metres import area_m2
from geo.tessellation import Plan, Seed, tessellate
from messages.errors import BoundaryError

OUTLINE = shapely.Polygon(
    [(118.4, 31.8), (118.9, 31.7), (119.1, 32.0), (118.8, 32.05), (118.9, 32.4), (118.5, 32.3)]
)


def seed(n, lon, lat, district="D0"):
    return Seed(f"S{n}", f"街{n}", district, district, lon, lat)


SEEDS = [
    seed(0, 118.60, 32.00),
    seed(1, 118.62, 32.01),
    seed(2, 118.80, 31.85, "D1"),
    seed(3, 118.70, 32.25, "D1"),
]


@pytest.fixture(scope="module")
def layers():
    return tessellate(SEEDS, OUTLINE, Plan(grids=400))


@pytest.mark.parametrize("level", [0, 1, 2])
def test_each_level_is_a_coverage_without_gap_or_overlap(layers, level):
    shapes = layers[level].geometries
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes, gap_width=1e-4)


@pytest.mark.parametrize("level", [1, 2])
def test_a_territory_is_exactly_the_union_of_its_parts(layers, level):
    above, below = layers[level - 1], layers[level]
    parents = np.array(below.parents)
    for code, whole in zip(above.codes, above.geometries, strict=True):
        parts = below.geometries[parents == code]
        assert shapely.covers(whole, parts).all()
        assert shapely.coverage_union_all(parts).symmetric_difference(whole).area == 0


def test_the_city_is_its_outline_to_within_a_cell_s_corner(layers):
    city = shapely.union_all(layers[0].geometries)
    assert city.symmetric_difference(OUTLINE).area < 0.02 * OUTLINE.area


def test_there_are_as_many_grids_as_asked_with_codes_of_their_street(layers):
    grids = layers[2]
    assert len(grids) == 400
    assert all(
        c.startswith(p) and len(c) == len(p) + 6
        for c, p in zip(grids.codes, grids.parents, strict=True)
    )


def test_small_streets_have_small_cells(layers):
    area = area_m2(layers[2].geometries)
    street = np.array(layers[2].parents)
    assert area[street == "S1"].mean() < area[street == "S3"].mean()


def test_the_same_recipe_gives_the_same_bytes(layers):
    again = tessellate(SEEDS, OUTLINE, Plan(grids=400))
    for one, other in zip(layers, again, strict=True):
        assert one.codes == other.codes
        assert shapely.to_wkb(one.geometries).tolist() == shapely.to_wkb(other.geometries).tolist()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(118.52, 118.78), st.floats(31.85, 32.0)),
        min_size=2,
        max_size=8,
        unique_by=lambda p: (round(p[0], 3), round(p[1], 3)),
    ),
    st.integers(10, 150),
)
def test_any_streets_nest_exactly(positions, grids):
    seeds = [seed(n, lon, lat, f"D{n % 2}") for n, (lon, lat) in enumerate(positions)]
    districts, streets, cells = tessellate(seeds, OUTLINE, Plan(grids))
    for layer in (districts, streets, cells):
        assert shapely.coverage_is_valid(layer.geometries)
        assert shapely.area(layer.geometries).sum() == pytest.approx(
            shapely.area(cells.geometries).sum(), rel=1e-12
        )


@pytest.mark.parametrize(
    ("seeds", "grids", "code"),
    [
        ([seed(0, 120.0, 32.0)], 10, "seed_outside"),
        ([seed(0, 118.6, 32.0), seed(1, 118.6, 32.0)], 10, "seed_twice"),
        (SEEDS, 3, "too_many_grids"),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused(seeds, grids, code):
    with pytest.raises(BoundaryError) as refused:
        tessellate(seeds, OUTLINE, Plan(grids))
    assert refused.value.code == f"boundary.{code}"
    assert refused.value.mend
