"""The whole of lint over one boundary set: drafts in, findings out, nothing stops it.

What can be understood is mended for the steps that follow (axes turned back, the CRS or datum that
fits), so that one fault of a file is one finding and the others are still found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.lint.coverage import childless, uncovered
from geo.lint.covers import Cover, cover_of, gaps, holes, outside
from geo.lint.datums import moved_layer
from geo.lint.draft import Draft
from geo.lint.far import elsewhere, far_away
from geo.lint.finding import LintFinding, place_of
from geo.lint.kinds import KINDS, SEVERITIES
from geo.lint.overlaps import overlaps, thin_polygons
from geo.lint.parents import nested
from geo.lint.plane import Plane
from geo.lint.rings import mended, sound
from geo.lint.swapped import turn_back
from geo.lint.systems import as_wgs84, in_degrees


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """``layers``: what was looked at, coarse to fine, in WGS-84, mended where need was.
    ``features``: how many each file has. ``findings``: by level, severity and code."""

    layers: tuple[Draft, ...]
    features: dict[str, int]
    findings: tuple[LintFinding, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing stands against using the set: an info does not."""
        return all(finding.severity == "info" for finding in self.findings)


def survey(drafts: Sequence[Draft], read: Iterable[LintFinding] = ()) -> Survey:
    """Everything that is wrong with layers, coarse to fine. ``read``: what reading them found."""
    findings = list(read)
    features: dict[str, int] = {draft.label: draft.features for draft in drafts}
    layers = _placed([draft for draft in drafts if len(draft)], findings)
    findings += far_away(layers)
    if layers:
        layers = _compared(layers, findings)
    for layer in layers:
        findings += thin_polygons(layer)
        findings += overlaps(layer)
    return Survey(tuple(layers), features, tuple(_ordered(_located(findings, layers), features)))


def _placed(drafts: list[Draft], findings: list[LintFinding]) -> list[Draft]:
    """The layers in WGS-84, with valid polygons."""
    drafts, found = in_degrees(drafts)
    findings += found
    drafts, found = turn_back(drafts)
    findings += found
    layers = []
    for draft in drafts:
        layer, found = mended(as_wgs84(draft))
        findings += found
        if len(layer):
            layers.append(layer)
    return layers


def _compared(layers: list[Draft], findings: list[LintFinding]) -> list[Draft]:
    """Each layer against the one above it. The layers come back in the datum that fits."""
    plane = Plane.around([layer.geometries for layer in layers])
    covers = [cover_of(layer.geometries, plane) for layer in layers]
    agrees = False
    for row, child in enumerate(layers):
        over = _row_above(layers, row)
        if over is None:
            continue
        above = layers[over]
        lost = elsewhere(child, above)
        if lost is not None:
            findings.append(lost)
            continue
        moved = None
        if child.tiles:
            moved = moved_layer(child, above, covers[row], above_may_be_wrong=not agrees)
            agrees = True
        if moved is not None:
            findings.append(moved.finding)
            wrong = row if moved.wrong is child else over
            layers[wrong] = moved.draft.moved(sound(moved.draft.geometries))
            covers[wrong] = cover_of(layers[wrong].geometries, plane)
        findings += _family(layers[row], layers[over], covers[row], covers[over])
    findings += holes(covers[0], layers[0].level)
    return layers


def _row_above(layers: Sequence[Draft], row: int) -> int | None:
    """The layer of the next coarser level: all systems of grids lie in the same one."""
    coarser = [at for at in range(row) if layers[at].level != layers[row].level]
    return coarser[-1] if coarser else None


def _family(child: Draft, above: Draft, cover: Cover, over: Cover) -> list[LintFinding]:
    """What is wrong between children and parents."""
    nest = nested(child, above)
    pairs = zip(child.codes, nest.parents, strict=True)
    orphans = {code for code, parent in pairs if parent is None}
    findings = [*nest.findings, *outside(child, cover, over, orphans)]
    if child.tiles:
        without = childless(above, nest)
        bare, bare_m2 = gaps(cover, over, above, child.label, without)
        findings += [*bare, *uncovered(child, above, nest, bare_m2)]
    return findings


def _located(findings: Sequence[LintFinding], layers: Sequence[Draft]) -> list[LintFinding]:
    """Findings of reading knew no place yet: that of the territory, where it has one now."""
    shapes: dict[tuple[str, str], Any] = {
        (layer.label, code): shape
        for layer in layers
        for code, shape in zip(layer.codes, layer.geometries, strict=True)
    }
    located = []
    for finding in findings:
        shape = shapes.get((finding.level, finding.territories[0])) if finding.territories else None
        if finding.lon is None and shape is not None:
            lon, lat = place_of(shape)
            finding = replace(finding, lon=lon, lat=lat, shape=shape)
        located.append(finding)
    return located


def _ordered(findings: Sequence[LintFinding], levels: dict[str, int]) -> list[LintFinding]:
    """By level, then the worst first, then as the table of kinds; within one code as found."""
    level, kind = list(levels), list(KINDS)
    return sorted(
        findings,
        key=lambda f: (level.index(f.level), SEVERITIES.index(f.severity), kind.index(f.code)),
    )
