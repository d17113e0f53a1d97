"""Longitude and latitude swapped: a whole file, or single territories. Turned back afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, place_of
from geo.lint.systems import Mask, could_be_degrees
from geo.lint.thresholds import LEVEL_HOME_DEG
from geo.metres import Floats

_INHABITED_LAT: Final = 66.0
"""No city of a million lies beyond the polar circles: of two places, the other one is meant."""


@dataclass(frozen=True, slots=True)
class _Home:
    """Where the middle of a layer lies, and how far it reaches, in degrees."""

    middle: Floats
    reach: Floats

    def near(self, centres: Floats) -> Mask:
        """Which points lie in the layer's city, with room around it."""
        inside: Mask = np.all(np.abs(centres - self.middle) <= self.reach, axis=-1)
        return inside


def turn_back(drafts: Sequence[Draft]) -> tuple[list[Draft], list[LintFinding]]:
    """The layers with longitude first, and which of them or of their territories were swapped.

    A city whose longitude is its latitude, to half a degree, cannot be told from its mirror image.
    """
    findings: list[LintFinding] = []
    turned = [_certain(draft, findings) for draft in drafts]
    if not turned:
        return [], findings
    homes = [_home_of(draft) for draft in turned]
    chosen = _reference(homes)
    for row, draft in enumerate(turned):
        middle = homes[row].middle
        if not homes[chosen].near(middle) and homes[chosen].near(middle[::-1]):
            turned[row] = _whole(draft, findings)
    home = _home_of(turned[chosen])
    return [_single(draft, home, findings) for draft in turned], findings


def _certain(draft: Draft, findings: list[LintFinding]) -> Draft:
    """Turned back when most territories would otherwise lie beyond the poles."""
    as_is, swapped = could_be_degrees(draft.geometries)
    if np.mean(~as_is & swapped) > 0.5:
        return _whole(draft, findings)
    return draft


def _whole(draft: Draft, findings: list[LintFinding]) -> Draft:
    text = f"every {draft.label} has latitude first: read with the axes turned back here"
    geometries = _turned(draft.geometries)
    lon, lat = place_of(shapely.box(*shapely.total_bounds(geometries)))
    found = LintFinding(
        "axes_swapped", draft.label, (), text, lon, lat, {"territories": len(draft)}
    )
    findings.append(found)
    return draft.moved(geometries)


def _single(draft: Draft, home: _Home, findings: list[LintFinding]) -> Draft:
    centres = _centres(draft.geometries)
    wrong = ~home.near(centres) & home.near(centres[:, ::-1])
    if not wrong.any():
        return draft.kept(could_be_degrees(draft.geometries)[0])
    geometries = draft.geometries.copy()
    geometries[wrong] = _turned(geometries[wrong])
    for row in np.flatnonzero(wrong):
        x, y = centres[row]
        text = f"{draft.label} {draft.codes[row]} lies at {x:.4f}, {y:.4f}: latitude comes first"
        lon, lat = place_of(geometries[row])
        who = (draft.codes[row],)
        found = LintFinding("axes_swapped", draft.label, who, text, lon, lat, shape=geometries[row])
        findings.append(found)
    return draft.moved(geometries).kept(could_be_degrees(geometries)[0])


def _reference(homes: Sequence[_Home]) -> int:
    """The layer to believe: the one that most others agree with, then one where people live, then
    the coarsest."""
    agree = [sum(bool(home.near(other.middle)) for other in homes) for home in homes]
    lives = [bool(abs(home.middle[1]) <= _INHABITED_LAT) for home in homes]
    return max(range(len(homes)), key=lambda row: (agree[row], lives[row], -row))


def _home_of(draft: Draft) -> _Home:
    centres = _centres(draft.geometries)
    low, middle, high = np.quantile(centres, (0.1, 0.5, 0.9), axis=0)
    bounds = shapely.bounds(draft.geometries)
    size = np.median(bounds[:, 2:] - bounds[:, :2], axis=0)
    return _Home(middle, high - low + size + LEVEL_HOME_DEG)


def _centres(geometries: Geometries) -> Floats:
    bounds = shapely.bounds(geometries)
    return (bounds[:, :2] + bounds[:, 2:]) / 2  # type: ignore[no-any-return]


def _turned(geometries: Geometries) -> Geometries:
    return shapely.transform(geometries, lambda x, y: (y, x), interleaved=False)  # type: ignore[no-any-return]
