"""Rings that cross themselves, and what mending them makes of the area."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, place_of
from geo.metres import area_m2

_WHERE = re.compile(r"\[(\S+) (\S+)\]")


def mended(draft: Draft) -> tuple[Draft, list[LintFinding]]:
    """The layer with valid polygons only, as the engine would mend them, and what changed.

    Rows that enclose no area are left out. Areas in m²: that of a ring which crosses itself counts
    what lies to its one side against what lies to the other, as the surveyor's formula does.
    """
    broken = np.flatnonzero(~shapely.is_valid(draft.geometries)).tolist()
    geometries = sound(draft.geometries)
    usable = np.isin(shapely.get_type_id(geometries), (3, 6)) & ~shapely.is_empty(geometries)
    findings = []
    for row in broken:
        before = draft.geometries[row]
        why = str(shapely.is_valid_reason(before))
        if usable[row]:
            findings.append(_mended(draft, row, why, before, geometries[row]))
        else:
            text = f"{draft.label} {draft.codes[row]} encloses no area ({_told(why)})"
            findings.append(_at(why, "geometry_broken", draft, row, text, before))
    return draft.moved(geometries).kept(usable), findings


def sound(geometries: Geometries) -> Geometries:
    """The same polygons, the invalid ones mended: also what a move made invalid by rounding."""
    broken = ~shapely.is_valid(geometries)
    if not broken.any():
        return geometries
    geometries = geometries.copy()
    # "structure" keeps what the rings enclose; collapsed parts become nothing, not lines.
    geometries[broken] = shapely.make_valid(
        geometries[broken], method="structure", keep_collapsed=False
    )
    return geometries


def _mended(draft: Draft, row: int, why: str, before: Any, after: Any) -> LintFinding:
    was, now = (float(m2) for m2 in area_m2(np.array([before, after], dtype=object)))
    change = now - was
    text = (
        f"{draft.label} {draft.codes[row]}: {_told(why)}; {was:,.1f} m² before mending, "
        f"{now:,.1f} m² in {_parts(after)} after it"
    )
    return _at(
        why,
        "ring_invalid",
        draft,
        row,
        text,
        after,
        reason=_told(why),
        area_before_m2=round(was, 2),
        area_after_m2=round(now, 2),
        gained_m2=round(max(change, 0.0), 2),
        lost_m2=round(max(-change, 0.0), 2),
        parts=int(shapely.get_num_geometries(after)),
    )


def _at(
    why: str, code: str, draft: Draft, row: int, text: str, shape: Any, **measures: Any
) -> LintFinding:
    found = _WHERE.search(why)
    lon, lat = (round(float(found[1]), 7), round(float(found[2]), 7)) if found else place_of(shape)
    who = (draft.codes[row],)
    if found and lon is not None and lat is not None:
        shape = _spot(lon, lat, shape)
    return LintFinding(code, draft.label, who, text, lon, lat, measures, shape=shape)


def _spot(lon: float, lat: float, shape: Any) -> Any:
    """What to draw: the place where it crosses itself, in a fiftieth of its size."""
    west, south, east, north = shape.bounds
    size = max(east - west, north - south) / 100
    return shapely.box(lon - size, lat - size, lon + size, lat + size)


def _told(why: str) -> str:
    return _WHERE.sub("", why).strip().lower()


def _parts(after: Any) -> str:
    count = int(shapely.get_num_geometries(after))
    return "one part" if count == 1 else f"{count} parts"
