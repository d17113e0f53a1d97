"""A layer as its file has it: nothing about it is promised yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geo.layer import BoundaryLayer, Geometries, GridSystem, Level
from messages.place import Datum


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Rows that have a polygon. ``parents``: None when the layer names none at all.

    ``geometries``: polygons and multipolygons, perhaps invalid, in ``crs`` (None: not declared)
    and ``datum`` until they are placed, then WGS-84. ``known``: all codes in the file, also of rows
    without a polygon. ``features``: how many the file has.
    """

    level: Level
    codes: tuple[str, ...]
    parents: tuple[str | None, ...] | None
    geometries: Geometries
    crs: str | None
    datum: Datum
    known: frozenset[str]
    features: int
    system: GridSystem = "management"

    @property
    def label(self) -> str:
        """What a person calls the layer: its level, and the system of grids but the usual one."""
        return self.level if self.system == "management" else f"{self.system} grid"

    @property
    def tiles(self) -> bool:
        """Whether it is meant to cover its parents: special grids are single places in them."""
        return self.system != "special"

    def __len__(self) -> int:
        return len(self.codes)

    def moved(self, geometries: Geometries, **changes: Any) -> Draft:
        """The same rows with other polygons."""
        return replace(self, geometries=geometries, **changes)

    def kept(self, rows: Sequence[int] | Any) -> Draft:
        """Only some rows, by number or by mask."""
        chosen = np.arange(len(self))[np.asarray(rows)]
        return replace(
            self,
            codes=tuple(self.codes[row] for row in chosen),
            parents=self.parents and tuple(self.parents[row] for row in chosen),
            geometries=self.geometries[chosen],
        )


def drafts_of(layers: Sequence[BoundaryLayer]) -> tuple[Draft, ...]:
    """Drafts of layers that are built already, such as by a recipe."""
    return tuple(
        Draft(
            layer.level,
            layer.codes,
            layer.parents if any(layer.parents) else None,
            layer.geometries,
            None,
            "wgs84",
            frozenset(layer.codes),
            len(layer),
            layer.system,
        )
        for layer in layers
    )
