"""``assets.csv``: where every sensor is. A sensor's place comes from here, not from its message."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from packs.table import DATUMS, Table, read_position

REQUIRED: Final = ("device_id",)
OPTIONAL: Final = ("code", "lon", "lat", "datum", "name", "sensor")
MAX_BYTES: Final = 1024 * 1024 * 1024
MAX_ROWS: Final = 12_000_000
"""One megacity has eleven million terminals."""
NO_DATUM: Final = -1
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class Assets:
    """The register as columns, row by row in the file's order; a million rows are some 200 MB.

    ``rows``: each device's row. ``codes``: of the territory that the device stands in, empty where
    it has a position. ``lon``, ``lat``: degrees, NaN where it has a code. ``datum``: index into
    :data:`packs.table.DATUMS`, -1 where it has a code. ``names`` and ``sensors``: empty where none
    is given. ``lines``: where each row begins, from 1.
    """

    file: Path
    rows: Mapping[str, int]
    codes: tuple[str, ...]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    datum: npt.NDArray[np.int8]
    names: tuple[str, ...]
    sensors: tuple[str, ...]
    lines: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def device_ids(self) -> tuple[str, ...]:
        return tuple(self.rows)


def read_assets(file: Path) -> Assets:
    """The register in the file.

    Raises :class:`PackError` with file and line: what :class:`~packs.table.Table` raises, and
    ``missing_value``, ``wrong_value``, ``duplicate_row``.
    """
    table = Table(file, REQUIRED, OPTIONAL, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    places = {datum: i for i, datum in enumerate(DATUMS)}
    rows: dict[str, int] = {}  # device to its row; its keys are the first column
    codes: list[str] = []
    names: list[str] = []
    sensors: list[str] = []
    lon, lat, datums, lines = array("d"), array("d"), array("b"), array("i")
    for line, (device, code, x, y, datum, name, sensor) in table:
        _check(table, line, device, code, name, sensor)
        position = read_position(table, line, x, y, datum)
        if bool(code) == (position is not None):
            raise table.error(
                "wrong_value" if code else "missing_value",
                "both a code and a position" if code else "neither a code nor a position",
                line,
                "give either code, or lon, lat and datum",
            )
        if rows.setdefault(device, len(lines)) != len(lines):
            raise table.error(
                "duplicate_row",
                f"device {device} stands in line {lines[rows[device]]} already",
                line,
                "keep the row of where it is now",
            )
        # Codes and sensors repeat: one text for all rows that say the same.
        codes.append(sys.intern(code))
        sensors.append(sys.intern(sensor))
        names.append(name)
        lon.append(position[0] if position else nan)
        lat.append(position[1] if position else nan)
        datums.append(places[position[2]] if position else NO_DATUM)
        lines.append(line)
    return Assets(
        file,
        MappingProxyType(rows),
        tuple(codes),
        np.asarray(lon, np.float64),
        np.asarray(lat, np.float64),
        np.asarray(datums, np.int8),
        tuple(names),
        tuple(sensors),
        np.asarray(lines, np.int32),
    )


def _check(table: Table, line: int, device: str, *others: str) -> None:
    if not device:
        raise table.error("missing_value", "device_id is empty", line, "write the device's id")
    for text in (device, *others):
        if len(text) > _LONGEST or not text.isprintable():
            raise table.error(
                "wrong_value",
                f"{text[:20]!r} is too long or holds control characters",
                line,
                f"write at most {_LONGEST} printable characters",
            )
