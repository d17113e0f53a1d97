"""A layer that lies off its parents: which datum, declared wrongly, would explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from geo.datum import from_wgs84, to_wgs84
from geo.lint.covers import Cover, cover_of
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, Measure, place_of
from geo.lint.outlines import Shift, median_off, outline_of, samples_on, shift_onto
from geo.lint.plane import Plane
from geo.lint.rings import sound
from geo.lint.thresholds import SHIFT_EXPLAINED_BELOW, SHIFT_FROM_M
from geo.metres import Floats
from messages.place import Datum

_CANDIDATES: Final[tuple[Datum, ...]] = ("wgs84", "gcj02", "bd09")
_HAS_CHILDREN_FROM: Final = 0.2
"""A parent with less of it under children is one that they only reach into."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A layer read in another datum than it declares, and how far it lies off then."""

    draft: Draft
    datum: Datum
    off_m: float

    def mended(self) -> Draft:
        """The layer in that datum, in WGS-84."""
        declared, datum = self.draft.datum, self.datum
        geometries = shapely.transform(
            self.draft.geometries,
            lambda x, y: to_wgs84(*from_wgs84(x, y, declared), datum),
            interleaved=False,
        )
        return self.draft.moved(geometries, datum=datum)


@dataclass(frozen=True, slots=True)
class Moved:
    """What is wrong with where a layer lies, and ``draft``, in place of ``wrong``: mended."""

    finding: LintFinding
    wrong: Draft
    draft: Draft


def moved_layer(
    child: Draft, above: Draft, cover: Cover, *, above_may_be_wrong: bool
) -> Moved | None:
    """What is wrong with where ``child`` lies against ``above``; None where nothing is.

    ``cover`` is the children's. The datum of the parents is only doubted where nothing above them
    has agreed with it.
    """
    outline = _parents_outline(above, cover)
    if outline is None:
        return None
    points = samples_on(outline_of(cover))
    off = median_off(points, outline)
    if off < SHIFT_FROM_M / 2:  # a shift is felt less by borders that run along it
        return None
    readings = _readings(child, above, cover.plane, points, outline, above_may_be_wrong)
    # To the metre, and the children's first: of two that explain it alike, theirs is meant.
    best = min(readings, key=lambda reading: round(reading.off_m))
    shift = shift_onto(points, outline)
    measures = _measures(readings, off, shift)
    if best.off_m <= SHIFT_EXPLAINED_BELOW * off:
        rivals = [r for r in readings if r.off_m <= SHIFT_EXPLAINED_BELOW * off and r is not best]
        found = _datum_finding(child, above, best, rivals, measures)
        return Moved(found, best.draft, best.mended())
    if shift.length_m >= SHIFT_FROM_M and shift.left_m <= SHIFT_EXPLAINED_BELOW * off:
        flat, by = cover.plane.flat(child.geometries), (shift.east_m, shift.north_m)
        there = shapely.transform(flat, lambda xy: np.add(xy, by))
        found = _shift_finding(child, above, shift, measures)
        return Moved(found, child, child.moved(cover.plane.degrees(there)))
    return None


def _parents_outline(above: Draft, cover: Cover) -> Any:
    flat = sound(cover.plane.flat(above.geometries))
    share = shapely.area(shapely.intersection(flat, cover.flat)) / shapely.area(flat)
    having = share >= _HAS_CHILDREN_FROM
    if not having.any():
        return None
    return outline_of(cover_of(above.geometries[having], cover.plane))


def _readings(
    child: Draft, above: Draft, plane: Plane, points: Floats, outline: Any, above_too: bool
) -> list[_Reading]:
    readings = []
    for datum in _others(child.datum):
        moved = _in_another(points, plane, child.datum, datum)
        readings.append(_Reading(child, datum, median_off(moved, outline)))
    for datum in _others(above.datum) if above_too else ():
        moved = shapely.transform(outline, lambda c, d=datum: _in_another(c, plane, above.datum, d))
        readings.append(_Reading(above, datum, median_off(points, moved)))
    return readings


def _others(declared: Datum) -> tuple[Datum, ...]:
    same = "wgs84" if declared == "cgcs2000" else declared
    return tuple(datum for datum in _CANDIDATES if datum != same)


def _in_another(points: Floats, plane: Plane, declared: Datum, datum: Datum) -> Floats:
    lon = points[:, 0] / plane.x_scale + plane.lon
    lat = points[:, 1] / plane.y_scale + plane.lat
    lon, lat = to_wgs84(*from_wgs84(lon, lat, declared), datum)
    return np.column_stack(((lon - plane.lon) * plane.x_scale, (lat - plane.lat) * plane.y_scale))


def _datum_finding(
    child: Draft,
    above: Draft,
    best: _Reading,
    rivals: Sequence[_Reading],
    measures: dict[str, Measure],
) -> LintFinding:
    level, declared = best.draft.label, best.draft.datum
    text = (
        f"the {child.label} layer lies {measures['shift_m']:,.0f} m off the {above.label} layer; "
        f"with the {level} layer read as {best.datum}, not {declared}, the outlines lie "
        f"{best.off_m:,.0f} m apart: it is read so here"
    )
    mend = f"if that is right, declare `datum: {best.datum}` for the {level} layer in city.yaml"
    if rivals:
        listed = " or ".join(f"`datum: {r.datum}` for the {r.draft.label} layer" for r in rivals)
        mend += f"; {listed} would fit as well"
    measures = {
        **measures,
        "declared": declared,
        "fits": best.datum,
        "fits_off_m": round(best.off_m, 1),
    }
    return _found("datum_suspect", best.draft, text, measures, mend)


def _shift_finding(
    child: Draft, above: Draft, shift: Shift, measures: dict[str, Measure]
) -> LintFinding:
    text = (
        f"the {child.label} layer lies {shift.length_m:,.0f} m off the {above.label} layer, "
        f"{abs(shift.east_m):,.0f} m to the {'west' if shift.east_m > 0 else 'east'} and "
        f"{abs(shift.north_m):,.0f} m to the {'south' if shift.north_m > 0 else 'north'}; "
        "no datum explains it: it is looked at moved back here"
    )
    return _found("layer_shifted", child, text, measures, "")


def _measures(readings: Sequence[_Reading], off: float, shift: Shift) -> dict[str, Measure]:
    """``add_*``: what would have to be added to the children for them to fit. ``*off_m``: the
    median distance of the outlines, which borders along the shift make smaller than it."""
    measures: dict[str, Measure] = {
        "off_m": round(off, 1),
        "shift_m": round(shift.length_m, 1),
        "add_east_m": round(shift.east_m, 1),
        "add_north_m": round(shift.north_m, 1),
        "left_after_shift_m": round(shift.left_m, 1),
    }
    for reading in readings:
        measures[f"{reading.draft.label}_as_{reading.datum}_off_m"] = round(reading.off_m, 1)
    return measures


def _found(
    code: str, draft: Draft, text: str, measures: dict[str, Measure], mend: str
) -> LintFinding:
    lon, lat = place_of(shapely.box(*shapely.total_bounds(draft.geometries)))
    return LintFinding(code, draft.label, (), text, lon, lat, measures, mend=mend)
