"""Parents by geometry beside parents by property: orphans, strangers, contradictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, Measure, place_of
from geo.metres import area_m2
from geo.nesting import AMBIGUOUS_FROM, ORPHAN_BELOW

Shares = list[dict[str, float]]
"""For each territory: the share of its area in each parent that it meets, the largest first."""


@dataclass(frozen=True, slots=True)
class Nested:
    """``shares`` row by row; ``parents``: the code that holds, or None; ``findings``."""

    shares: Shares
    parents: tuple[str | None, ...]
    findings: tuple[LintFinding, ...]


def nested(child: Draft, above: Draft) -> Nested:
    """Which parent every territory has, and where property and geometry disagree."""
    shares = shares_of(child, above)
    findings: list[LintFinding] = []
    parents: list[str | None] = []
    for row, found in enumerate(shares):
        parent, finding = _judged(child, above, row, found)
        parents.append(parent)
        findings += finding
    return Nested(shares, tuple(parents), tuple(findings))


def shares_of(child: Draft, above: Draft) -> Shares:
    """Areas in square degrees: within one territory the scale does not matter to a share."""
    inside_of, inside = shapely.STRtree(child.geometries).query(
        above.geometries, predicate="covers"
    )
    rest = np.setdiff1d(np.arange(len(child)), inside)
    tree = shapely.STRtree(child.geometries[rest])
    parent, at = tree.query(above.geometries, predicate="intersects")
    row = rest[at]
    shared = shapely.area(
        shapely.intersection(child.geometries[row], above.geometries[parent])
    ) / shapely.area(child.geometries[row])
    found: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(len(child))]
    for one, other in zip(inside.tolist(), inside_of.tolist(), strict=True):
        found[one][above.codes[other]] = 1.0
    # Rounded, so that two halves are equal halves on every machine.
    for one, other, share in zip(
        row.tolist(), parent.tolist(), np.round(shared, 9).tolist(), strict=True
    ):
        if share > 0:
            found[one][above.codes[other]] += share
    return [dict(sorted(one.items(), key=lambda pair: (-pair[1], pair[0]))) for one in found]


def _judged(
    child: Draft, above: Draft, row: int, shares: dict[str, float]
) -> tuple[str | None, list[LintFinding]]:
    code = child.codes[row]
    best = next(iter(shares), None)
    holds = best if best is not None and shares[best] >= ORPHAN_BELOW else None
    who = f"{child.label} {code}"
    if child.parents is None:
        return holds, list(_by_geometry(child, above, row, shares, holds))
    named = child.parents[row]
    if named is None:
        if holds is None:
            return None, [_orphan(child, above, row, shares)]
        mend = f"write {holds} into the property of the parent"
        text = f"{who} names no {above.label}; by geometry it lies in {holds} ({shares[holds]:.0%})"
        return holds, [_found("parent_missing", child, row, (holds,), text, {}, mend)]
    if named not in above.known:
        where = f"; by geometry it lies in {holds}" if holds else ""
        text = f"{who} names the {above.label} {named!r}, which does not exist{where}"
        mend = f"write {holds} into the property of the parent" if holds else ""
        return holds, [_found("parent_unknown", child, row, (named,), text, {}, mend)]
    share = shares.get(named, 0.0)
    if share >= ORPHAN_BELOW or named not in above.codes:
        return named, []
    if not shares:
        return named, [_orphan(child, above, row, shares)]
    text = f"{who} names the {above.label} {named}, in which {share:.0%} of it lies: {told(shares)}"
    others = tuple(other for other in (named, best) if other)
    measures: dict[str, Measure] = {"share_named": round(share, 4)}
    if best:
        measures["share_best"] = round(shares[best], 4)
    return named, [_found("parent_contradicts", child, row, others, text, measures)]


def _by_geometry(
    child: Draft, above: Draft, row: int, shares: dict[str, float], holds: str | None
) -> Iterator[LintFinding]:
    if holds is None:
        yield _orphan(child, above, row, shares)
        return
    second = list(shares)[1:2]
    if second and shares[second[0]] >= AMBIGUOUS_FROM:
        text = f"{child.label} {child.codes[row]} lies in more than one {above.label}: "
        text += told(shares)
        measures: dict[str, Measure] = {
            "share_best": round(shares[holds], 4),
            "share_second": round(shares[second[0]], 4),
        }
        yield _found("ambiguous_parent", child, row, (holds, *second), text, measures)


def _orphan(child: Draft, above: Draft, row: int, shares: dict[str, float]) -> LintFinding:
    text = f"{child.label} {child.codes[row]} lies in no {above.label}: "
    text += told(shares) or "none touches it"
    best = next(iter(shares.values()), 0.0)
    return _found("orphan", child, row, (), text, {"share_best": round(best, 4)})


def _found(
    code: str,
    child: Draft,
    row: int,
    others: tuple[str, ...],
    text: str,
    measures: dict[str, Measure],
    mend: str = "",
) -> LintFinding:
    shape = child.geometries[row]
    lon, lat = place_of(shape)
    m2 = float(area_m2(child.geometries[row : row + 1])[0])
    measures = {"area_m2": round(m2, 2), **measures}
    who = (child.codes[row], *others)
    return LintFinding(code, child.label, who, text, lon, lat, measures, shape=shape, mend=mend)


def told(shares: dict[str, float]) -> str:
    """The three largest shares, for a person."""
    return ", ".join(f"{code} {share:.0%}" for code, share in list(shares.items())[:3])
