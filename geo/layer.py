"""One level of a city's territories: codes, names, parents and polygons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from messages.errors import BoundaryError

Level: TypeAlias = Literal["district", "street", "community", "grid"]
LEVELS: Final[tuple[Level, ...]] = ("district", "street", "community", "grid")
"""Coarse to fine."""

GridSystem: TypeAlias = Literal["special", "comprehensive", "management"]
GRID_SYSTEMS: Final[tuple[GridSystem, ...]] = ("special", "comprehensive", "management")
"""专属, 综合, 管理网格: layers of grids over the same streets. The first one has precedence."""

Geometries: TypeAlias = npt.NDArray[Any]
"""A one-dimensional array of shapely polygons and multipolygons."""

_CODE = re.compile(r"[^\x00-\x20]{1,64}")
_UNIT_CODE = re.compile(r"[A-Za-z0-9_-]{1,48}")
_POLYGON_TYPES: Final = (3, 6)  # shapely's type ids of Polygon and MultiPolygon


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryLayer:
    """Territories of one level, row by row.

    ``codes`` are opaque and unique. ``parents``: the code in the next coarser layer, or None where
    there is none. ``geometries``: valid, not empty polygons and multipolygons in WGS-84 degrees.
    ``system``: of grids; other levels have one system only.
    Raises :class:`BoundaryError` ``empty_layer``, ``code_missing``, ``code_unusable``,
    ``code_duplicate`` or ``geometry_missing``.
    """

    level: Level
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str | None, ...]
    geometries: Geometries
    system: GridSystem = "management"

    def __post_init__(self) -> None:
        rows = {len(self.codes), len(self.names), len(self.parents), len(self.geometries)}
        if len(rows) != 1:
            raise ValueError(f"columns of {sorted(rows)} rows")
        if not self.codes:
            raise BoundaryError(
                "empty_layer", f"the {self.level} layer has no polygon", mend="give another file"
            )
        self._check_codes()
        kinds = shapely.get_type_id(self.geometries)
        good = np.isin(kinds, _POLYGON_TYPES) & ~shapely.is_empty(self.geometries)
        if not good.all():
            code = self.codes[int(np.flatnonzero(~good)[0])]
            raise BoundaryError(
                "geometry_missing",
                f"{self.level} {code} has no polygon",
                mend="give it a polygon, or take it out",
            )

    def __len__(self) -> int:
        return len(self.codes)

    def with_parents(self, parents: tuple[str | None, ...]) -> BoundaryLayer:
        """The same territories under other parents."""
        return replace(self, parents=parents)

    def _check_codes(self) -> None:
        # A district's or street's code becomes part of a Kafka topic's name.
        pattern = _UNIT_CODE if self.level in ("district", "street") else _CODE
        allowed = "A-Z, a-z, 0-9, '_' and '-'" if pattern is _UNIT_CODE else "no blanks"
        seen: set[str] = set()
        for row, code in enumerate(self.codes):
            if not code:
                raise BoundaryError(
                    "code_missing",
                    f"{self.level} in row {row + 1} has no code",
                    mend="give every territory a code, or name another property",
                )
            if not pattern.fullmatch(code):
                raise BoundaryError(
                    "code_unusable",
                    f"{self.level} code {code!r} cannot name a queue",
                    mend=f"use at most {48 if pattern is _UNIT_CODE else 64} characters, {allowed}",
                )
            if code in seen:
                raise BoundaryError(
                    "code_duplicate",
                    f"{self.level} code {code!r} stands in two features",
                    mend="dissolve them into one multipolygon, or name a property that is unique",
                )
            seen.add(code)


def finest(layers: Sequence[BoundaryLayer]) -> BoundaryLayer:
    """The finest of layers that come coarse to fine; of several systems of grids the first."""
    return next(layer for layer in layers if layer.level == layers[-1].level)
