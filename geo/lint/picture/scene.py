"""What is to be seen: layers and findings in metres, thinned to what a screen can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.finding import LintFinding
from geo.lint.kinds import SEVERITIES
from geo.lint.plane import Plane
from geo.lint.report import severities
from geo.lint.survey import Survey
from geo.metres import Floats

LISTED: Final = 400
"""More findings than this nobody clicks through; the worst come first."""
_PER_CODE: Final = 60
_STEPS: Final = 4000
"""The whole picture is this many steps wide: two for each pixel of a large screen."""
_FINEST_M: Final = 0.02
_LEAST_VIEW_M: Final = 8.0

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """One level's outlines, in whole steps of ``Scene.step``."""

    level: str
    polygons: Geometries


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One finding: ``x``, ``y`` its place, ``shape`` what to fill (or None), ``view`` what to zoom
    to, ``around`` the borders in that view at full detail. Metres."""

    finding: LintFinding
    x: float
    y: float
    shape: Any
    view: Box
    around: Any


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """``title``: of the set. ``box``: where most of the city lies. ``step``: metres.
    ``unlisted``: how many findings have no mark for want of room; ``placeless``: those that lie
    nowhere. ``counts``: of all findings, by severity."""

    title: str
    box: Box
    step: float
    layers: tuple[Thinned, ...]
    marks: tuple[Mark, ...]
    placeless: tuple[LintFinding, ...]
    unlisted: int
    counts: Mapping[str, int]


def scene_of(title: str, survey: Survey) -> Scene:
    """The scene of a survey; empty layers make an empty scene."""
    placed, unlisted = _chosen([f for f in survey.findings if f.lon is not None])
    placeless = tuple(f for f in survey.findings if f.lon is None)
    counts = severities(survey.findings)
    if not survey.layers:
        return Scene(title, (0.0, 0.0, 1.0, 1.0), 1.0, (), (), placeless, unlisted, counts)
    plane = Plane.around([layer.geometries for layer in survey.layers])
    flats = [plane.flat(layer.geometries) for layer in survey.layers]
    box = _box(flats)
    step = max(box[2] - box[0], box[3] - box[1]) / _STEPS
    thinned = tuple(
        Thinned(layer.label, _thinned(flat, step))
        for layer, flat in zip(survey.layers, flats, strict=True)
    )
    trees = [shapely.STRtree(flat) for flat in flats]
    marks = tuple(_mark(finding, plane, trees) for finding in placed)
    return Scene(title, box, step, thinned, marks, placeless, unlisted, counts)


def _chosen(findings: Sequence[LintFinding]) -> tuple[list[LintFinding], int]:
    """The worst findings, not too many of one code."""
    counts: dict[tuple[str, str], int] = {}
    chosen: list[LintFinding] = []
    for finding in sorted(findings, key=lambda f: SEVERITIES.index(f.severity)):
        key = finding.level, finding.code
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= _PER_CODE and len(chosen) < LISTED:
            chosen.append(finding)
    return chosen, len(findings) - len(chosen)


def _box(flats: Sequence[Geometries]) -> Box:
    """Around most territories: one that lies far away does not make the city a dot."""
    bounds = np.vstack([shapely.bounds(flat) for flat in flats])
    low, high = np.quantile(bounds[:, :2], 0.02, axis=0), np.quantile(bounds[:, 2:], 0.98, axis=0)
    room = 0.35 * (high - low)
    low = np.maximum(low - room, bounds[:, :2].min(axis=0))
    high = np.minimum(high + room, bounds[:, 2:].max(axis=0))
    edge = 0.03 * float((high - low).max())
    low, high = low - edge, high + edge
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _thinned(flat: Geometries, step: float) -> Geometries:
    """Whole steps; what is smaller than one step stays as a triangle or goes."""
    thin = shapely.simplify(flat, step, preserve_topology=False)
    thin = thin[~shapely.is_empty(thin)]
    return shapely.transform(thin, lambda c: np.round(c / step))  # type: ignore[no-any-return]


def _mark(finding: LintFinding, plane: Plane, trees: Sequence[Any]) -> Mark:
    place = plane.flat(shapely.Point(finding.lon, finding.lat))
    shape = None if finding.shape is None else plane.flat(finding.shape)
    west, south, east, north = (place if shape is None else shape).bounds
    size = max(east - west, north - south, _LEAST_VIEW_M)
    view = (west - size / 2, south - size / 2, east + size / 2, north + size / 2)
    if shape is not None:
        shape = shapely.simplify(shape, max(_FINEST_M, size / 2000))
    return Mark(finding, place.x, place.y, shape, view, _around(view, size, trees))


def _around(view: Box, size: float, trees: Sequence[Any]) -> Any:
    """The borders that a view shows, as lines."""
    lines = []
    for tree in trees:
        near = tree.geometries[tree.query(shapely.box(*view))]
        lines.append(shapely.clip_by_rect(shapely.boundary(near), *view))
    found = np.concatenate(lines)
    found = found[~shapely.is_empty(found)]
    return shapely.simplify(found, max(_FINEST_M, size / 400))


def rings_of(polygons: Any) -> list[Floats]:
    """Every ring of polygons or multipolygons as an (n, 2) array."""
    rings = shapely.get_rings(shapely.get_parts(np.atleast_1d(np.asarray(polygons, dtype=object))))
    return [shapely.get_coordinates(ring) for ring in rings]
