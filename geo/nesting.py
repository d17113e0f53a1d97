"""Parents by geometry, for layers that name none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from geo.finding import Finding
from geo.layer import BoundaryLayer
from messages.errors import BoundaryError

ORPHAN_BELOW: Final = 0.5
"""A territory with less of its area than this in any one parent has none."""
AMBIGUOUS_FROM: Final = 0.25
"""A territory with this much of its area in a second parent is reported."""


def nest(
    layers: Sequence[BoundaryLayer],
) -> tuple[tuple[BoundaryLayer, ...], tuple[Finding, ...]]:
    """The layers (coarse to fine), each with its parents, and what was odd about them.

    A layer that names parents keeps them; they must exist (``BoundaryError`` ``parent_unknown``).
    The others get the parent that holds the largest share of their area, the lower code of two
    that hold the same.
    """
    nested: list[BoundaryLayer] = []
    findings: list[Finding] = []
    for layer in layers:
        # All systems of grids lie in the same level above.
        above = next((one for one in reversed(nested) if one.level != layer.level), None)
        if above is not None and not any(layer.parents):
            layer, found = _by_geometry(layer, above)
            findings += found
        elif above is not None:
            findings += _named(layer, above)
        elif any(layer.parents):  # what lies above the coarsest layer is not ours to know
            layer = layer.with_parents((None,) * len(layer))
        nested.append(layer)
    return tuple(nested), tuple(findings)


def _named(layer: BoundaryLayer, above: BoundaryLayer) -> list[Finding]:
    known = set(above.codes)
    for code, parent in zip(layer.codes, layer.parents, strict=True):
        if parent is not None and parent not in known:
            raise BoundaryError(
                "parent_unknown",
                f"{layer.level} {code} names the {above.level} {parent!r}, which does not exist",
                mend="mend the property, or name none: parents are then found by geometry",
            )
    return [
        Finding("orphan", layer.level, code, f"names no {above.level}")
        for code, parent in zip(layer.codes, layer.parents, strict=True)
        if parent is None
    ]


def _by_geometry(layer: BoundaryLayer, above: BoundaryLayer) -> tuple[BoundaryLayer, list[Finding]]:
    parents: list[str | None] = []
    findings: list[Finding] = []
    for code, shares in zip(layer.codes, _shares(layer, above), strict=True):
        best = shares[0] if shares else (0.0, "")
        parents.append(best[1] if best[0] >= ORPHAN_BELOW else None)
        if parents[-1] is None:
            text = f"lies in no {above.level}: {_listed(shares) or 'none touches it'}"
            findings.append(Finding("orphan", layer.level, code, text))
        elif len(shares) > 1 and shares[1][0] >= AMBIGUOUS_FROM:
            text = f"lies in more than one {above.level}: {_listed(shares)}; the first is taken"
            findings.append(Finding("ambiguous_parent", layer.level, code, text))
    return layer.with_parents(tuple(parents)), findings


def _shares(layer: BoundaryLayer, above: BoundaryLayer) -> list[list[tuple[float, str]]]:
    """For each territory the shares of its area, largest first, with the codes that hold them.

    Areas in square degrees: within one territory the scale does not matter to a share.
    """
    tree = shapely.STRtree(above.geometries)
    child, parent = tree.query(layer.geometries, predicate="intersects")
    shared = shapely.area(
        shapely.intersection(layer.geometries[child], above.geometries[parent])
    ) / shapely.area(layer.geometries[child])
    shares: list[list[tuple[float, str]]] = [[] for _ in layer.codes]
    # Rounded, so that two halves are equal halves on every machine.
    for row, code, share in zip(child, parent, np.round(shared, 9), strict=True):
        if share > 0:
            shares[row].append((float(share), above.codes[code]))
    return [sorted(found, key=lambda one: (-one[0], one[1])) for found in shares]


def _listed(shares: list[tuple[float, str]]) -> str:
    return ", ".join(f"{code} {share:.0%}" for share, code in shares[:3])
