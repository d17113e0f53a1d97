"""A demonstration city of exact nesting, made from street positions and an outline.

Cells are a Voronoi diagram of evenly spread points, so neighbours share their corners to the last
bit; streets are unions of whole cells and districts of whole streets. Nothing here is random.

Spreading points: the R2 sequence (M. Roberts, "The Unreasonable Effectiveness of Quasirandom
Sequences", 2018). Evening them out: Lloyd's relaxation. A border that follows the outline: the
points near it are mirrored at it before the diagram is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.layer import BoundaryLayer, Geometries
from geo.metres import Floats, metres_per_degree
from messages.errors import BoundaryError

VERSION: Final = 2
"""Grows when the same recipe gives other polygons: it is part of a boundary version."""

_PLASTIC: Final = 1.32471795724474602596  # the real root of x³ = x + 1
_DECIMALS: Final = 7  # 1 cm
_MAX_GRIDS: Final = 999_999


class Seed(NamedTuple):
    """A street: where its office stands, in WGS-84 degrees, and which district it belongs to."""

    code: str
    name: str
    district: str
    district_name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Plan:
    """``grids``: how many cells in all. ``area_exponent``: 1 makes all cells alike, 0 gives every
    street as many as any other; between them small urban streets get small cells.
    ``relaxations``: Lloyd's steps."""

    grids: int
    area_exponent: float = 0.4
    relaxations: int = 2


class _Plane:
    """Metres around the middle of the city, and back."""

    def __init__(self, outline: Any) -> None:
        west, south, east, north = outline.bounds
        self.lon, self.lat = (west + east) / 2, (south + north) / 2
        x_scale, y_scale = metres_per_degree(self.lat)
        self.x, self.y = float(x_scale), float(y_scale)

    def flat(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        return (lon - self.lon) * self.x, (lat - self.lat) * self.y

    def degrees(self, x: Any, y: Any) -> tuple[Any, Any]:
        lon, lat = x / self.x + self.lon, y / self.y + self.lat
        # Rounded corner by corner: shared corners stay shared, on every machine the same.
        return np.round(lon, _DECIMALS), np.round(lat, _DECIMALS)


def tessellate(
    seeds: Sequence[Seed], outline: Any, plan: Plan
) -> tuple[BoundaryLayer, BoundaryLayer, BoundaryLayer]:
    """Districts, streets and grids. ``outline``: a polygon in WGS-84 degrees.

    A street is the part of the outline that lies nearest to its seed. A grid's code is its
    street's and six digits. Raises :class:`BoundaryError` ``seed_outside``, ``seed_twice`` or
    ``too_many_grids``.
    """
    _check(seeds, outline, plan)
    plane = _Plane(outline)
    flat = shapely.transform(outline, plane.flat, interleaved=False)
    regions = _street_regions(seeds, flat, plane)
    counts = _shares(shapely.area(regions) ** plan.area_exponent, plan.grids)
    street = np.repeat(np.arange(len(seeds)), counts)
    points = np.vstack([_spread(r, int(n)) for r, n in zip(regions, counts, strict=True)])
    spacing = np.sqrt(np.repeat(shapely.area(regions) / counts, counts))
    guards = _guards(spacing, flat)
    cells = _cells(points, spacing, flat, guards)
    for _ in range(plan.relaxations):
        points = shapely.get_coordinates(shapely.centroid(cells))
        cells = _cells(points, spacing, flat, guards)
    cells = shapely.remove_repeated_points(
        shapely.transform(cells, plane.degrees, interleaved=False)
    )
    return _layers(seeds, street, cells)


def _check(seeds: Sequence[Seed], outline: Any, plan: Plan) -> None:
    if plan.grids < len(seeds) or plan.grids > _MAX_GRIDS:
        raise BoundaryError(
            "too_many_grids",
            f"{plan.grids} grids for {len(seeds)} streets",
            mend=f"ask for at least one a street and at most {_MAX_GRIDS}",
        )
    standing: dict[tuple[float, float], str] = {}
    for seed in seeds:
        if not shapely.contains_xy(outline, seed.lon, seed.lat):
            raise BoundaryError(
                "seed_outside",
                f"street {seed.code} at {seed.lon}, {seed.lat} lies outside the outline",
                mend="widen the outline, or mend the position",
            )
        other = standing.setdefault((seed.lon, seed.lat), seed.code)
        if other != seed.code:
            raise BoundaryError(
                "seed_twice",
                f"streets {other} and {seed.code} stand on one point",
                mend="mend one of the positions",
            )


def _street_regions(seeds: Sequence[Seed], outline: Any, plane: _Plane) -> Geometries:
    x, y = plane.flat(np.array([s.lon for s in seeds]), np.array([s.lat for s in seeds]))
    return shapely.intersection(_voronoi(np.column_stack((x, y)), outline), outline)  # type: ignore[no-any-return]


def _voronoi(points: Floats, around: Any) -> Geometries:
    """One polygon a point, in their order."""
    diagram = shapely.voronoi_polygons(
        shapely.MultiPoint(points), extend_to=around.buffer(10_000.0), ordered=True
    )
    return shapely.get_parts(diagram)  # type: ignore[no-any-return]


def _shares(weights: Floats, total: int) -> npt.NDArray[np.int64]:
    """``total`` dealt out by weight, at least one each: the largest remainders get the rest."""
    exact = 1 + weights / weights.sum() * (total - len(weights))
    counts = np.floor(exact).astype(np.int64)
    rest = np.lexsort((np.arange(len(weights)), counts - exact))
    counts[rest[: total - int(counts.sum())]] += 1
    return counts  # type: ignore[no-any-return]


def _spread(region: Any, count: int) -> Floats:
    """``count`` points inside ``region``, evenly, always the same ones."""
    west, south, east, north = region.bounds
    shapely.prepare(region)
    fill = region.area / ((east - west) * (north - south))
    wanted = int(count / fill * 1.1) + 16
    while True:
        n = np.arange(1, wanted + 1)
        x = west + (east - west) * ((0.5 + n / _PLASTIC) % 1.0)
        y = south + (north - south) * ((0.5 + n / _PLASTIC**2) % 1.0)
        inside = np.flatnonzero(shapely.contains_xy(region, x, y))
        if len(inside) >= count:
            return np.column_stack((x, y))[inside[:count]]
        wanted *= 2


def _guards(spacing: Floats, outline: Any) -> Floats:
    """Points all around the outline. Where it turns inward sharply, mirrored points fall inside and
    are dropped; a guard then ends the cell that would run away."""
    wide = float(spacing.max())
    belt = outline.buffer(4 * wide).difference(outline.buffer(wide / 2))
    return _spread(belt, int(belt.area / wide**2) + 8)


def _cells(points: Floats, spacing: Floats, outline: Any, guards: Floats) -> Geometries:
    """The Voronoi cell of every point, ending at the outline."""
    border = outline.exterior
    near = np.flatnonzero(shapely.distance(shapely.points(points), border) < 4 * spacing)
    foot = shapely.line_interpolate_point(
        border, shapely.line_locate_point(border, shapely.points(points[near]))
    )
    mirrored = 2 * shapely.get_coordinates(foot) - points[near]
    mirrored = mirrored[~shapely.intersects_xy(outline, mirrored[:, 0], mirrored[:, 1])]
    return _voronoi(np.vstack((points, mirrored, guards)), outline)[: len(points)]


def _layers(
    seeds: Sequence[Seed], street: npt.NDArray[np.int64], cells: Geometries
) -> tuple[BoundaryLayer, BoundaryLayer, BoundaryLayer]:
    within = np.arange(len(street)) - np.searchsorted(street, street) + 1
    grids = BoundaryLayer(
        "grid",
        tuple(f"{seeds[s].code}{n:06d}" for s, n in zip(street, within, strict=True)),
        tuple(f"{seeds[s].name}{n}号网格" for s, n in zip(street, within, strict=True)),
        tuple(seeds[s].code for s in street),
        cells,
    )
    # A coverage union keeps every corner, so that a street is its cells to the last bit.
    unions = [shapely.coverage_union_all(cells[street == s]) for s in range(len(seeds))]
    streets = BoundaryLayer(
        "street",
        tuple(s.code for s in seeds),
        tuple(s.name for s in seeds),
        tuple(s.district for s in seeds),
        np.array(unions, dtype=object),
    )
    names = {s.district: s.district_name for s in seeds}
    codes = sorted(names)
    member = np.array([s.district for s in seeds])
    # From the cells, because streets that meet in a corner of a third need not share its node.
    whole = [shapely.coverage_union_all(cells[member[street] == code]) for code in codes]
    districts = BoundaryLayer(
        "district",
        tuple(codes),
        tuple(names[code] for code in codes),
        (None,) * len(codes),
        np.array(whole, dtype=object),
    )
    return districts, streets, grids
