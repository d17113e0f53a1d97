"""The CRS of each layer: declared, undeclared, wrong, or guessed from where the others lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from geo.boundaries import fits, look_like_degrees
from geo.datum import to_wgs84
from geo.layer import Geometries
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, Measure
from geo.lint.guess import Guess, guess_crs

Mask: TypeAlias = npt.NDArray[np.bool_]

_MOST: Final = 0.5
"""A file is what most of its features are: one stray feature does not make it projected."""


def in_degrees(drafts: Sequence[Draft]) -> tuple[list[Draft], list[LintFinding]]:
    """The layers whose coordinates are degrees now, perhaps with their axes swapped.

    A layer without a usable CRS is read in the one that lays it upon the others; where none does,
    it is left out. Both are findings.
    """
    findings: list[LintFinding] = []
    placed: list[Draft] = []
    lost: list[tuple[Draft, str, str]] = []
    for draft in drafts:
        found, fault = _placed(draft, findings)
        if found is not None:
            placed.append(found)
        else:
            lost.append((draft, *fault))
    home = _home(placed)
    for draft, code, text in lost:
        guess = guess_crs(draft.geometries, home) if home else None
        findings.append(_lost(draft, code, text, guess))
        if guess is not None:
            placed.append(_guessed(draft, guess))
    placed.sort(key=drafts_order(drafts))
    return placed, findings


def drafts_order(drafts: Sequence[Draft]) -> Any:
    """A sort key: as the layers came."""
    order = {draft.label: row for row, draft in enumerate(drafts)}
    return lambda draft: order[draft.label]


def as_wgs84(draft: Draft) -> Draft:
    """A layer in degrees of its declared CRS and datum, in WGS-84 degrees."""
    geometries = draft.geometries
    if draft.crs is not None:
        import pyproj  # 0.15 s that most packs never need

        system = pyproj.CRS.from_user_input(draft.crs)
        transformer = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
        geometries = shapely.transform(geometries, transformer.transform, interleaved=False)
    if draft.datum in ("gcj02", "bd09"):
        geometries = shapely.transform(
            geometries, lambda x, y: to_wgs84(x, y, draft.datum), interleaved=False
        )
    return draft.moved(geometries, crs=None)


def could_be_degrees(geometries: Geometries) -> tuple[Mask, Mask]:
    """Which polygons could be longitude and latitude as they stand, and which with axes swapped."""
    west, south, east, north = shapely.bounds(geometries).T
    as_is = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    swapped = (west >= -90) & (east <= 90) & (south >= -180) & (north <= 180)
    return as_is, swapped


def _placed(draft: Draft, findings: list[LintFinding]) -> tuple[Draft | None, tuple[str, str]]:
    """The layer in degrees; or None, with the code and text of what is missing for it."""
    level = draft.label
    system = _system(draft.crs)
    if draft.crs is not None and system is None:
        fault = "crs_unknown", f"{draft.crs!r}, the CRS of the {level} file, is none"
    elif system is None:
        fault = (
            "crs_undeclared",
            (f"the {level} file's coordinates are not degrees, and it declares no CRS"),
        )
    else:
        fault = "crs_wrong", f"the {level} file does not lie where {draft.crs} is used"
    if system is not None and not system.is_geographic:
        return _unprojected(draft, system, findings), fault
    as_is, swapped = could_be_degrees(draft.geometries)
    good = as_is | swapped
    if np.mean(good) < _MOST:
        return None, fault
    if fault[0] == "crs_unknown":
        findings.append(LintFinding(*fault[:1], level, (), fault[1] + ": read as degrees"))
    findings += _off_the_globe(draft, good)
    keeps = system is not None and system.to_epsg() != 4326 and "CRS84" not in str(draft.crs)
    return replace(draft.kept(good), crs=draft.crs if keeps else None), fault


def _unprojected(draft: Draft, system: Any, findings: list[LintFinding]) -> Draft | None:
    import pyproj

    transformer = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    degrees = shapely.transform(draft.geometries, transformer.transform, interleaved=False)
    finite = np.isfinite(shapely.bounds(degrees)).all(axis=1)
    good = finite & could_be_degrees(degrees)[0]
    if np.mean(good) >= _MOST and fits(degrees[good], system.area_of_use):
        findings += _off_the_globe(draft, good)
        return replace(draft.moved(degrees), crs=None).kept(good)
    if look_like_degrees(draft.geometries):
        text = f"{draft.crs} is declared, but the {draft.label} file's coordinates are degrees"
        mend = "take `crs:` out of city.yaml, or out of the file"
        findings.append(LintFinding("crs_wrong", draft.label, (), text, mend=mend))
        return replace(draft, crs=None)
    return None


def _off_the_globe(draft: Draft, good: Mask) -> list[LintFinding]:
    found = []
    for row in np.flatnonzero(~good):
        x, y = shapely.bounds(draft.geometries[row])[:2]
        text = f"{draft.label} {draft.codes[row]} has coordinates such as {x:.6g}, {y:.6g}"
        found.append(LintFinding("not_degrees", draft.label, (draft.codes[row],), text))
    return found


def _guessed(draft: Draft, guess: Guess) -> Draft:
    return replace(draft.moved(guess.degrees(draft.geometries)), crs=None, datum="wgs84")


def _lost(draft: Draft, code: str, text: str, guess: Guess | None) -> LintFinding:
    if guess is None:
        return LintFinding(code, draft.label, (), f"{text}: left out of the rest of this report")
    text += f"; as {guess.crs} ({guess.name}) it lies on the other layers, and is read so here"
    measures: dict[str, Measure] = {"guessed_crs": guess.crs, "off_m": round(guess.off_m, 1)}
    mend = f"if that is right, declare `crs: {guess.crs}` for the {draft.label} layer in city.yaml"
    if guess.alike:
        mend += f"; {', '.join(guess.alike[:5])} fit as well"
    return LintFinding(code, draft.label, (), text, measures=measures, mend=mend)


def _home(placed: Sequence[Draft]) -> tuple[float, float, float, float] | None:
    """Where the layers lie that are placed; none when one of them has its axes swapped."""
    drafts = [draft for draft in placed if look_like_degrees(draft.geometries)]
    if not drafts:
        return None
    bounds = np.array([shapely.total_bounds(draft.geometries) for draft in drafts])
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _system(declared: str | None) -> Any:
    if declared is None:
        return None
    import pyproj

    try:
        return pyproj.CRS.from_user_input(declared)
    except pyproj.exceptions.ProjError:
        return None
