"""Overlaps, gaps and the like as findings: land one by one, what rounding left in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.layer import Geometries
from geo.lint.finding import LintFinding, Measure, place_of
from geo.lint.thickness import LAND, ROUNDING, thickness, width_m
from geo.lint.thresholds import DUST_M2, ROUNDING_M2, ROUNDING_WIDTH_M
from geo.metres import area_m2


@dataclass(frozen=True, slots=True)
class Told:
    """How a person is told of one. ``one``: a sentence with the codes in ``{}``; ``many``: the
    plural. ``code``: of land; slivers are stem_sliver, rounding stem_rounding."""

    code: str
    one: str
    many: str
    stem: str = ""

    def code_of(self, kind: int) -> str:
        """The finding's code for ROUNDING, SLIVER or LAND."""
        stem = self.stem or self.code
        return (
            self.code if kind == LAND else f"{stem}_{'rounding' if kind == ROUNDING else 'sliver'}"
        )


def findings_of(
    told: Told, level: str, who: Sequence[tuple[str, ...]], shapes: Geometries
) -> list[LintFinding]:
    """Findings about polygons in WGS-84 degrees, the largest first; dust is dropped."""
    if not len(shapes):
        return []
    kinds, square_metres = thickness(shapes), area_m2(shapes)
    kept = np.flatnonzero(square_metres >= DUST_M2)
    order = kept[np.argsort(-square_metres[kept], kind="stable")]
    large = order[kinds[order] != ROUNDING]
    findings = []
    for row, width in zip(large.tolist(), width_m(shapes[large]).tolist(), strict=True):
        m2 = float(square_metres[row])
        text = f"{told.one.format(*who[row])}: {in_m2(m2)}, at most {in_metres(width)} wide"
        lon, lat = place_of(shapes[row])
        measures: dict[str, Measure] = {"area_m2": round(m2, 2), "width_m": round(width, 2)}
        code = told.code_of(int(kinds[row]))
        findings.append(
            LintFinding(code, level, who[row], text, lon, lat, measures, shape=shapes[row])
        )
    small = order[kinds[order] == ROUNDING].tolist()
    if small:
        findings.append(_together(told, level, who, shapes, small, square_metres[small].tolist()))
    return findings


def _together(
    told: Told,
    level: str,
    who: Sequence[tuple[str, ...]],
    shapes: Geometries,
    rows: Sequence[int],
    square_metres: Sequence[float],
) -> LintFinding:
    total, largest = sum(square_metres), square_metres[0]
    first = rows[0]
    text = (
        f"{told.many} under {ROUNDING_M2:g} m² or {ROUNDING_WIDTH_M * 100:g} cm wide: "
        f"{len(rows):,}, {total:,.2f} m² in all; "
        f"the largest {largest:,.2f} m² ({', '.join(who[first]) or level})"
    )
    lon, lat = place_of(shapes[first])
    measures: dict[str, Measure] = {
        "area_m2": round(total, 2),
        "largest_m2": round(largest, 2),
    }
    code = told.code_of(ROUNDING)
    return LintFinding(
        code, level, who[first], text, lon, lat, measures, count=len(rows), shape=shapes[first]
    )


def in_m2(m2: float) -> str:
    """An area as a person says it."""
    return f"{m2 / 1e6:,.2f} km²" if m2 >= 1e6 else f"{m2:,.0f} m²" if m2 >= 100 else f"{m2:.1f} m²"


def in_metres(metres: float) -> str:
    """A length as a person says it."""
    if metres >= 10_000:
        return f"{metres / 1000:,.0f} km"
    return f"{metres:,.0f} m" if metres >= 10 else f"{metres:.2g} m"
