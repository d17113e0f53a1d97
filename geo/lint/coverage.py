"""How far each parent's own children cover it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, Measure, place_of
from geo.lint.parents import Nested
from geo.lint.pieces import in_m2
from geo.lint.thresholds import COVERED_FROM
from geo.metres import area_m2


def childless(above: Draft, nest: Nested) -> set[str]:
    """The parents that no territory has."""
    return set(above.codes) - set(nest.parents)


def uncovered(
    child: Draft, above: Draft, nest: Nested, bare_m2: Sequence[float]
) -> list[LintFinding]:
    """Parents without children, and those that their own do not cover.

    ``bare_m2``: what lies under no child at all, of every parent.
    """
    own = _own_m2(child, nest)
    children = Counter(nest.parents)
    findings = []
    whole_m2 = area_m2(above.geometries).tolist()
    for row, (code, whole, bare) in enumerate(zip(above.codes, whole_m2, bare_m2, strict=True)):
        covered = min(own[code], whole - bare) / whole if whole else 0.0
        measures: dict[str, Measure] = {
            "area_m2": round(whole, 2),
            "covered_share": round(max(covered, 0.0), 4),
            "uncovered_m2": round(bare, 2),
            "children": children[code],
        }
        shape = above.geometries[row]
        lon, lat = place_of(shape)
        if not children[code]:
            kind, text = "parent_childless", f"{above.label} {code} has no {child.label}"
        elif covered < COVERED_FROM:
            kind = "parent_uncovered"
            others = max(whole * (1 - covered) - bare, 0.0)
            text = (
                f"{above.label} {code} is covered to {covered:.1%} by its {children[code]} of "
                f"level {child.label}: {in_m2(bare)} lie under none, {in_m2(others)} under others'"
            )
        else:
            continue
        findings.append(
            LintFinding(kind, above.label, (code,), text, lon, lat, measures, shape=shape)
        )
    return findings


def _own_m2(child: Draft, nest: Nested) -> dict[str, float]:
    own: defaultdict[str, float] = defaultdict(float)
    areas = area_m2(child.geometries).tolist()
    for parent, shares, m2 in zip(nest.parents, nest.shares, areas, strict=True):
        if parent is not None:
            own[parent] += shares.get(parent, 0.0) * m2
    return own
