"""Cities that are hard on an index, for hypothesis: everything meets on one lattice."""

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st

from geo.index import GridIndex
from geo.layer import BoundaryLayer
from geo.metres import area_m2

LON, LAT, STEP = 118.75, 32.0, 0.01


def layer(shapes, level="grid", codes=None, parents=None, system="management"):
    codes = tuple(codes or (f"{i:03d}" for i in range(len(shapes))))
    parents = tuple(parents or (None,) * len(codes))
    return BoundaryLayer(level, codes, codes, parents, np.array(shapes, dtype=object), system)


def index(shapes, *, tolerance_m=0.0, codes=None):
    cells = layer(shapes, codes=codes)
    return GridIndex.build([cells], city="320100", tolerance_m=tolerance_m, version="v")


def at(x, y):
    return (LON + x * STEP, LAT + y * STEP)


def box(west, south, east, north):
    return shapely.box(*at(west, south), *at(east, north))


small = st.integers(0, 6)


@st.composite
def polygons(draw):
    """Boxes, triangles, boxes with a hole, pairs of boxes, bow-ties (mended, as a file's would be)
    and free quadrilaterals, on a lattice, so that edges and corners coincide."""
    x, y, w, h = draw(small), draw(small), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    shape = box(x, y, x + w, y + h)
    match draw(st.sampled_from(["box", "triangle", "hole", "pair", "bow-tie", "free"])):
        case "triangle":
            return shapely.Polygon([at(x, y), at(x + w, y), at(x, y + h)])
        case "hole" if w > 2 and h > 2:
            return shapely.difference(shape, box(x + 1, y + 1, x + 2, y + 2))
        case "pair":
            return shapely.MultiPolygon([shape, box(x + w + 1, y, x + w + 2, y + 1)])
        case "bow-tie":
            crossed = shapely.Polygon([at(x, y), at(x + w, y + h), at(x + w, y), at(x, y + h)])
            return shapely.make_valid(crossed, method="structure", keep_collapsed=False)
        case "free":
            corners = st.tuples(small, small).map(lambda c: at(*c))
            ring = draw(st.lists(corners, min_size=3, max_size=6, unique=True))
            free = shapely.make_valid(
                shapely.Polygon(ring), method="structure", keep_collapsed=False
            )
            # What mends a ring rounds, and now and then leaves one that is not valid either.
            sound = free.is_valid and free.area > 0 and "Polygon" in free.geom_type
            return free if sound else shape
    return shape


shapes_of_a_city = st.lists(polygons(), min_size=1, max_size=12)


def hard_points(shapes):
    """A strategy of points: corners, edges' middles, an ulp beside either, and anywhere."""
    corners = np.vstack([shapely.get_coordinates(s) for s in shapes])
    middles = [(a + b) / 2 for s in shapes for a, b in edges_of(s)]
    exact = st.sampled_from([*map(tuple, corners), *map(tuple, middles)])
    ulp_x = st.builds(lambda p, d: (np.nextafter(p[0], d), p[1]), exact, st.sampled_from([0, 360]))
    ulp_y = st.builds(lambda p, d: (p[0], np.nextafter(p[1], d)), exact, st.sampled_from([0, 360]))
    level = st.builds(lambda p, x: (x, p[1]), exact, st.floats(LON - STEP, LON + 13 * STEP))
    anywhere = st.tuples(
        st.floats(LON - STEP, LON + 13 * STEP), st.floats(LAT - STEP, LAT + 13 * STEP)
    )
    return st.one_of(exact, ulp_x, ulp_y, level, anywhere)


@st.composite
def cities_and_points(draw):
    shapes = draw(shapes_of_a_city)
    return shapes, draw(st.lists(hard_points(shapes), min_size=1, max_size=40))


def edges_of(shape):
    # By parts: a multipolygon as such has no rings.
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        yield from pairwise(shapely.get_coordinates(ring))


def brute_force(shapes, point, codes=None):
    """The row of the smallest polygon (then lowest code) that covers the point, by plain GEOS."""
    held = [i for i, s in enumerate(shapes) if shapely.covers(s, shapely.Point(point))]
    area = np.round(area_m2(np.array(shapes, dtype=object)))
    return min(held, key=lambda i: (area[i], codes[i] if codes else f"{i:03d}"), default=None)


def as_arrays(points):
    lon, lat = np.array(points, float).reshape(-1, 2).T
    return np.ascontiguousarray(lon), np.ascontiguousarray(lat)


def codes_at(built, points, datum="wgs84"):
    """The grid code at each point, or None."""
    cells = built.locate(*as_arrays(points), datum).cell
    return [built.territories[c].grid if c >= 0 else None for c in cells]
