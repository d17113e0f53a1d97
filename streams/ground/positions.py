"""Where positions are: one look into the index per boundary set and datum, not one per event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.index import NOWHERE
from geo.layer import GRID_SYSTEMS, LEVELS
from messages.model import Body
from messages.place import Datum, Position
from streams.ground.ground import Ground
from streams.ground.located import Located, reason
from streams.ground.responsible import Answerable

_MANAGEMENT: Final = GRID_SYSTEMS.index("management")


def located_at(
    positions: Sequence[Position], datum: Datum, occurred_at: Sequence[float], ground: Ground
) -> list[Located]:
    """The place of every position, in their order; outside the city it is unlocated.

    ``occurred_at``: epoch seconds, for who is responsible then.
    """
    count = len(positions)
    lon = np.fromiter((p.lon for p in positions), np.float64, count)
    lat = np.fromiter((p.lat for p in positions), np.float64, count)
    accuracy = np.fromiter(
        (np.nan if p.accuracy_m is None else p.accuracy_m for p in positions), np.float64, count
    )
    index = ground.index
    places = index.locate(lon, lat, datum)
    borders = index.borders(places.cell, lon, lat, datum, accuracy)
    overridden = _overridden(ground, places.cell, lon, lat, datum)
    rows = zip(
        places.cell.tolist(),
        places.nearest.tolist(),
        places.distance_m.tolist(),
        np.round(borders.border_m, 1).tolist(),
        borders.runner_up.tolist(),
        overridden,
        occurred_at,
        strict=True,
    )
    return [_place(ground, *row) for row in rows]


def answered(ground: Ground, found: Located, occurred_at: float) -> Located:
    """A place that something else than a position tells, with who is responsible at a moment."""
    code = next((found.place[lv] for lv in reversed(LEVELS) if lv in found.place), None)
    cell = ground.index.by_code.get(code) if ground.answerable and code else None
    answer = None if cell is None else _answerable(ground, cell, occurred_at)
    if answer is None:
        return found
    place = {**found.place, "responsible": answer.unit}
    return found._replace(place=place).noting(answer.text)


def _place(
    ground: Ground,
    cell: int,
    nearest: bool,
    distance_m: float,
    border_m: float,
    runner_up: int,
    overridden: int,
    occurred_at: float,
) -> Located:
    if cell == NOWHERE:
        return ground.unlocated("outside", "outside every polygon of the city")
    inside = ground.cells[cell]
    place: Body = {**inside.place, "border_m": border_m}
    notes = []
    if runner_up != NOWHERE:
        place["runner_up"] = ground.index.territories[runner_up].code
        notes.append(f"{border_m} m from its border, next is {place['runner_up']}")
    if overridden != NOWHERE:
        below = ground.cells[overridden]
        place["overrides"] = ground.index.territories[overridden].code
        if "district" not in place:
            # A special grid of no street of its own: whose it is, the grid below it knows.
            place |= {lv: below.place[lv] for lv in LEVELS[:-1] if lv in below.place}
            inside = inside._replace(shard=below.shard)
        notes.append(f"{place['system']} grid over {place['overrides']}")
    answer = _answerable(ground, cell, occurred_at) if ground.answerable else None
    if answer is not None:
        place["responsible"] = answer.unit
        notes.append(answer.text)
    if nearest:
        place["method"], place["distance_m"] = "nearest", round(distance_m, 1)
    if not (nearest or notes):
        return inside._replace(place=place)
    text = inside.reason["text"]
    if nearest:
        text = text.replace("inside", f"{place['distance_m']} m from", 1)
    return inside._replace(place=place, reason=reason(place["method"], "; ".join([text, *notes])))


def _answerable(ground: Ground, cell: int, occurred_at: float) -> Answerable | None:
    answers = ground.answerable.get(cell, ())
    return next((a for a in answers if a.valid.holds(occurred_at)), None)


def _overridden(
    ground: Ground,
    cell: npt.NDArray[np.int32],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    datum: Datum,
) -> list[int]:
    """The grid of another system below each grid that goes before it; -1 for none."""
    found = np.full(len(cell), NOWHERE, np.int32)
    special = np.flatnonzero((ground.index.system[cell] != _MANAGEMENT) & (cell != NOWHERE))
    if len(special):
        found[special] = ground.index.overridden(cell[special], lon[special], lat[special], datum)
    return found.tolist()
