"""The CSV file of one exposure layer: its places as columns, each with its radius."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from packs.layers import ExposureLayer
from packs.table import Table, read_position

REQUIRED: Final = ("name", "lon", "lat")
OPTIONAL: Final = ("radius_m",)
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 200_000
MAX_RADIUS_M: Final = 5_000.0
"""As of a whole layer."""
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class ExposureRows:
    """The places in the file's order. ``lon``, ``lat``: degrees of the layer's datum.
    ``radius_m``: the row's own, or the layer's where it has none."""

    file: Path
    names: tuple[str, ...]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    radius_m: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.names)


def read_exposure(folder: Path, layer: ExposureLayer) -> ExposureRows:
    """The places of a layer of the pack in ``folder``.

    Raises :class:`PackError` with file and line: what :class:`~packs.table.Table` raises, and
    ``missing_value``, ``wrong_value``, ``duplicate_row``.
    """
    table = Table(folder / layer.file, REQUIRED, OPTIONAL, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    lines: dict[tuple[str, float, float], int] = {}  # each place once, with its line
    radii = array("d")
    for line, (name, x, y, radius) in table:
        _check_name(table, line, name)
        position = read_position(table, line, x, y, layer.datum) if x and y else None
        if position is None:
            raise table.error(
                "missing_value", "a place without lon and lat", line, "give both, or take it out"
            )
        place = (name, *position[:2])
        if lines.setdefault(place, line) != line:
            raise table.error(
                "duplicate_row",
                f"{name} stands in line {lines[place]} already",
                line,
                "keep one; two gates of one place have two positions",
            )
        radii.append(_radius_m(table, line, radius) if radius else layer.radius_m)
    return ExposureRows(
        table.file,
        tuple(name for name, _, _ in lines),
        np.array([lon for _, lon, _ in lines], np.float64),
        np.array([lat for _, _, lat in lines], np.float64),
        np.asarray(radii, np.float64),
    )


def _check_name(table: Table, line: int, name: str) -> None:
    if not name:
        raise table.error("missing_value", "name is empty", line, "write the name")
    if len(name) > _LONGEST or not name.isprintable():
        raise table.error(
            "wrong_value",
            f"{name[:20]!r} is too long or holds control characters",
            line,
            f"write at most {_LONGEST} printable characters",
        )


def _radius_m(table: Table, line: int, text: str) -> float:
    try:
        metres = float(text)
    except ValueError:
        metres = 0.0
    # NaN is not in any range.
    if not 0 < metres <= MAX_RADIUS_M:
        raise table.error(
            "wrong_value",
            f"radius_m {text[:20]!r} is not a number above 0, up to {MAX_RADIUS_M:g}",
            line,
            "write metres, or leave it empty for the layer's radius",
        )
    return metres
