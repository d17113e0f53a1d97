"""Territories, and whole layers, that lie in another place than the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from geo.lint.draft import Draft
from geo.lint.finding import LintFinding, Measure, place_of
from geo.lint.pieces import in_metres
from geo.lint.thresholds import FAR_M
from geo.metres import Floats, metres_per_degree

_MOST: Final = (0.05, 0.95)
"""Where most territories lie: a tenth of them may be misplaced without moving it."""
_FEWEST: Final = 5
"""Of fewer territories none can be said to be far from most."""


def far_away(drafts: Sequence[Draft]) -> list[LintFinding]:
    """Territories of a layer that lie further from most of it than most of it is wide."""
    findings = []
    for draft in drafts:
        if len(draft) < _FEWEST:
            continue
        bounds = shapely.bounds(draft.geometries)
        # Bounds of territories, not between them: an interpolated one reaches towards a stray.
        low = np.quantile(bounds[:, :2], _MOST[0], axis=0, method="higher")
        high = np.quantile(bounds[:, 2:], _MOST[1], axis=0, method="lower")
        off = _metres_apart(bounds, np.concatenate((low, high)))
        scales = np.array(metres_per_degree((low[1] + high[1]) / 2))
        limit = max(FAR_M, float(np.hypot(*((high - low) * scales))))
        findings += [_far(draft, row, float(off[row])) for row in np.flatnonzero(off > limit)]
    return findings


def elsewhere(child: Draft, above: Draft) -> LintFinding | None:
    """A layer of which nothing touches the layer above; None where something does."""
    tree = shapely.STRtree(child.geometries)
    if len(tree.query(above.geometries, predicate="intersects")[0]):
        return None
    one, other = (shapely.total_bounds(d.geometries) for d in (child, above))
    metres = float(_metres_apart(one[None, :], other)[0])
    text = f"nothing of the {child.label} layer touches the {above.label} layer"
    if metres:
        text += f": {in_metres(metres)} lie between them"
    lon, lat = place_of(shapely.box(*one))
    measures: dict[str, Measure] = {"apart_m": round(metres, 1)}
    return LintFinding("layer_elsewhere", child.label, (), text, lon, lat, measures)


def _far(draft: Draft, row: Any, metres: float) -> LintFinding:
    shape = draft.geometries[row]
    lon, lat = place_of(shape)
    code = draft.codes[row]
    text = f"{draft.label} {code} lies {in_metres(metres)} away from nine tenths of its layer"
    measures: dict[str, Measure] = {"apart_m": round(metres, 1)}
    return LintFinding("far_away", draft.label, (code,), text, lon, lat, measures, shape=shape)


def _metres_apart(bounds: Floats, box: Floats) -> Floats:
    """From each bounding box (row: west, south, east, north) to another; 0 where they meet."""
    west, south, east, north = bounds.T
    x_scale, y_scale = metres_per_degree((box[1] + box[3]) / 2)
    x = np.maximum.reduce([west - box[2], box[0] - east, np.zeros(len(bounds))]) * x_scale
    y = np.maximum.reduce([south - box[3], box[1] - north, np.zeros(len(bounds))]) * y_scale
    return np.hypot(x, y)  # type: ignore[no-any-return]
