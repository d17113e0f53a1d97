"""What a layer covers as a whole, cracks of rounding size closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding
from geo.lint.pieces import Told, findings_of
from geo.lint.plane import Plane
from geo.lint.rings import sound
from geo.lint.thickness import metric_of, wider_than
from geo.lint.thresholds import ROUNDING_WIDTH_M
from geo.metres import area_m2


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """``flat``: one polygon or multipolygon, in metres of ``plane``."""

    plane: Plane
    flat: Any

    def outlines(self) -> Any:
        """The same without its holes, in metres."""
        parts = _polygons(self.flat)
        return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))


def cover_of(geometries: Geometries, plane: Plane) -> Cover:
    """The area under any of the polygons (WGS-84 degrees).

    Where they do not fit each other exactly they are widened by half the rounding width before they
    are united, and the union is narrowed by as much: cracks that rounding leaves between neighbours
    are closed, all else comes back. It also takes a second where a plain union, with its 100,000
    cracks, takes half a minute.
    """
    flat = sound(plane.flat(geometries))
    if shapely.coverage_is_valid(flat):
        return Cover(plane, shapely.coverage_union_all(flat))
    half = ROUNDING_WIDTH_M / 2
    wide = shapely.buffer(flat, half, quad_segs=1, join_style="mitre")
    united = shapely.union_all(wide)
    return Cover(plane, shapely.buffer(united, -half, quad_segs=1, join_style="mitre"))


def holes(cover: Cover, level: str) -> list[LintFinding]:
    """Land inside the outline of the coarsest layer that no territory has."""
    shapes = _beyond(cover.plane, cover.outlines(), cover.flat)
    told = Told("hole", f"a hole among the territories of level {level}", "holes", stem="gap")
    return findings_of(told, level, [()] * len(shapes), shapes)


def gaps(
    cover: Cover, over: Cover, above: Draft, level: str, childless: Collection[str]
) -> tuple[list[LintFinding], list[float]]:
    """Land of parents that lies under no child, and how much of it each parent has, in m².

    ``cover`` is that of the children, ``over`` that of the parents. A parent without any child is
    not one large gap: it is left to the finding about it.
    """
    plane = cover.plane
    flat = sound(plane.flat(above.geometries))
    bare = _polygons(shapely.difference(over.flat, cover.flat))
    # A gap across a border of parents is one in each of them.
    part, row = shapely.STRtree(flat).query(bare, predicate="intersects")
    shapes = shapely.intersection(bare[part], flat[row])
    pieces, of = shapely.get_parts(shapes, return_index=True)
    polygon = shapely.get_type_id(pieces) == 3
    pieces, owner = plane.degrees(pieces[polygon]), row[of[polygon]]
    square_metres = np.zeros(len(above))
    np.add.at(square_metres, owner, area_m2(pieces))
    told = Told("gap", f"{above.label} {{}}: a gap under no {level}", "gaps")
    wide = wider_than(metric_of(pieces), ROUNDING_WIDTH_M)
    kept = [at for at, one in enumerate(owner) if wide[at] and above.codes[one] not in childless]
    who = [(above.codes[owner[at]],) for at in kept]
    return findings_of(told, above.label, who, pieces[kept]), square_metres.tolist()


def outside(
    child: Draft, cover: Cover, parents: Cover, orphans: Collection[str]
) -> list[LintFinding]:
    """Land under children that lies under no parent, by the child that most of a piece is in.

    An orphan lies outside altogether: it is left to the finding about it.
    """
    shapes = _beyond(cover.plane, cover.flat, parents.flat)
    piece, row = shapely.STRtree(child.geometries).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[piece], child.geometries[row]))
    largest = np.lexsort((-shared, piece))
    pieces, first = np.unique(piece[largest], return_index=True)
    codes = [child.codes[at] for at in row[largest][first]]
    kept = [at for at, code in enumerate(codes) if code not in orphans]
    who = [(codes[at],) for at in kept]
    one = f"{child.label} {{}} reaches outside of all parents"
    told = Told("beyond", one, "places outside of all parents")
    return findings_of(told, child.label, who, shapes[pieces[kept]])


def _beyond(plane: Plane, one: Any, other: Any) -> Geometries:
    """What ``one`` has and ``other`` has not, both in metres: polygons in WGS-84 degrees."""
    return _wide(plane.degrees(_polygons(shapely.difference(one, other))))


def _polygons(shape: Any) -> Geometries:
    parts = shapely.get_parts(np.array([shape], dtype=object))
    return parts[shapely.get_type_id(parts) == 3]  # type: ignore[no-any-return]


def _wide(shapes: Geometries) -> Geometries:
    """Without what is thinner than the cracks that a cover closes: those were not looked for."""
    return shapes[wider_than(metric_of(shapes), ROUNDING_WIDTH_M)]
