"""Where territories of one level lie on each other, and polygons that are hardly any."""

from __future__ import annotations

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, place_of
from geo.lint.pieces import Told, findings_of, in_m2
from geo.lint.thickness import LAND, thickness
from geo.lint.thresholds import SAME_POLYGON_FROM
from geo.metres import area_m2


def overlaps(draft: Draft) -> list[LintFinding]:
    """The pairs that share area, twins apart."""
    one, other = _pairs(draft.geometries)
    if not len(one):
        return []
    a, b = draft.geometries[one], draft.geometries[other]
    shared = shapely.intersection(a, b)
    square_metres = area_m2(shared)
    areas = np.array([area_m2(a), area_m2(b)])
    smaller, larger = areas.min(axis=0), areas.max(axis=0)
    same = square_metres >= SAME_POLYGON_FROM * larger
    inside = ~same & (square_metres >= SAME_POLYGON_FROM * smaller)
    who = [(draft.codes[i], draft.codes[j]) for i, j in zip(one, other, strict=True)]
    findings = [_twins(draft, who[row], shared[row]) for row in np.flatnonzero(same)]
    for text, chosen in (
        ("{} and {}: one lies inside the other", inside),
        ("{} and {} overlap", ~same & ~inside),
    ):
        rows = np.flatnonzero(chosen)
        told = Told("overlap", f"{draft.label} {text}", "overlaps")
        findings += findings_of(told, draft.label, [who[row] for row in rows], _areas(shared[rows]))
    return findings


def thin_polygons(draft: Draft) -> list[LintFinding]:
    """Polygons, and parts of multipolygons, that are thinner than a border is known."""
    parts, owner = shapely.get_parts(draft.geometries, return_index=True)
    thin = np.flatnonzero(thickness(parts) != LAND)
    who = [(draft.codes[owner[row]],) for row in thin]
    one = f"{draft.label} {{}} is very thin, or has a part that is"
    told = Told("polygon_sliver", one, "polygons or parts of them", stem="polygon")
    return findings_of(told, draft.label, who, parts[thin])


def _pairs(geometries: Geometries) -> tuple[Geometries, Geometries]:
    """Rows of polygons that may share area, each pair once.

    Edges that lie inside another polygon, or beside one without meeting it, are not of a valid
    coverage; two polygons of which neither has such an edge share no area. In an exact tessellation
    this asks nothing of its tens of thousands of pairs of neighbours.
    """
    suspect = ~shapely.is_empty(shapely.coverage_invalid_edges(geometries))
    rows = np.flatnonzero(suspect)
    tree = shapely.STRtree(geometries)
    one, other = tree.query(geometries[rows], predicate="intersects")
    one = rows[one]
    once = (one < other) | ((one > other) & ~suspect[other])
    return np.minimum(one, other)[once], np.maximum(one, other)[once]


def _areas(shared: Geometries) -> Geometries:
    """Only the polygons of intersections, which also hold the points and lines where they touch."""
    mixed = shapely.get_type_id(shared) == 7
    polygons = shared.copy()
    polygons[mixed] = [
        shapely.MultiPolygon([p for p in shapely.get_parts(one) if p.geom_type == "Polygon"])
        for one in shared[mixed]
    ]
    polygons[~np.isin(shapely.get_type_id(polygons), (3, 6))] = shapely.Polygon()
    return polygons


def _twins(draft: Draft, who: tuple[str, str], shared: object) -> LintFinding:
    m2 = float(area_m2(np.array([shared], dtype=object))[0])
    text = f"{draft.label} {who[0]} and {who[1]} have the same polygon of {in_m2(m2)}"
    lon, lat = place_of(shared)
    return LintFinding(
        "duplicate_polygon",
        draft.label,
        who,
        text,
        lon,
        lat,
        {"area_m2": round(m2, 2)},
        shape=shared,
    )
