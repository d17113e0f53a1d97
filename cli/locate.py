"""``wangge locate``: a CSV with positions in, the same rows with their territory out."""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import numpy as np
import orjson
import typer

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.options import BoundarySetName
from geo.index import GridIndex
from messages.errors import SettingsError
from messages.place import Datum
from packs import load
from streams.boundaries.index import load_index
from streams.boundaries.load import chosen_set, load_sets

ADDED = ("grid", "street", "district", "method", "distance_m")
_BATCH = 8192
_INVALID = ("", "", "", "invalid", "")
_UNLOCATED = ("", "", "", "unlocated", "")

Row = list[str]


def locate(
    file: Annotated[Path, typer.Argument(help="CSV with a header line; - is standard input.")],
    city: Annotated[
        Path, typer.Option(envvar="WANGGE_PACK", help="City pack folder.")
    ] = DEFAULT_PACK,
    datum: Annotated[
        str, typer.Option(help=f"Of the positions: {', '.join(get_args(Datum))}.")
    ] = "wgs84",
    lon: Annotated[str, typer.Option(help="The column with the longitude, degrees.")] = "lon",
    lat: Annotated[str, typer.Option(help="The column with the latitude, degrees.")] = "lat",
    boundaries: BoundarySetName = None,
    json: Annotated[bool, typer.Option("--json", help="Print NDJSON in place of CSV.")] = False,
) -> None:
    """Add grid, street, district, method and distance_m to every row of a CSV.

    method is inside, nearest (within the pack's tolerance), unlocated, or invalid where lon and lat
    are not degrees: such rows are kept, and make the exit code 1.
    """
    if datum not in get_args(Datum):
        raise SettingsError(
            "datum", f"{datum!r} is not a datum", mend=f"use {', '.join(get_args(Datum))}"
        )
    began = time.perf_counter()
    index = _index(city, boundaries, cast(Datum, datum))
    # Bytes that are not UTF-8 come out as they went in; JSON cannot hold them.
    errors = "replace" if json else "surrogateescape"
    cast(TextIOWrapper, sys.stdout).reconfigure(encoding="utf-8", errors=errors)
    opened = nullcontext(sys.stdin.buffer) if str(file) == "-" else _open(file)
    with opened as raw:
        text = TextIOWrapper(raw, "utf-8-sig", errors=errors, newline="")
        counts = _rows(_Table(text, str(file), lon, lat), index, cast(Datum, datum), json)
        text.detach()
    _summary(counts, datum, time.perf_counter() - began)
    raise typer.Exit(1 if counts["invalid"] else 0)


class _Table:
    """The rows of a CSV and where its positions stand."""

    def __init__(self, text: TextIOWrapper, file: str, lon: str, lat: str) -> None:
        csv.field_size_limit(1 << 24)
        self._reader = csv.reader(text)
        self._file = file
        self.header = next(self.rows(), [])
        self.lon, self.lat = self._column(lon, "--lon"), self._column(lat, "--lat")

    def rows(self) -> Iterator[Row]:
        """Every row that is not an empty line."""
        try:
            yield from filter(None, self._reader)
        except csv.Error as error:
            raise SettingsError(
                "csv", f"{self._file}, line {self._reader.line_num}: {error}", mend="mend the line"
            ) from None

    def _column(self, name: str, option: str) -> int:
        if self.header.count(name) != 1:
            found = "no" if name not in self.header else "more than one"
            raise SettingsError(
                "column",
                f"{self._file} has {found} column {name!r}",
                mend=f"name it with {option}; the columns are {', '.join(self.header) or 'none'}",
            )
        return self.header.index(name)


def _rows(table: _Table, index: GridIndex, datum: Datum, as_json: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    width, rows = len(table.header), table.rows()
    keys = _unique(table.header)
    named = [(t.grid or "", t.street or "", t.district or "") for t in index.territories]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if not as_json:
        writer.writerow([*table.header, *ADDED])
    while batch := list(islice(rows, _BATCH)):
        lon = np.array([_degrees(row, table.lon, 180.0) for row in batch])
        lat = np.array([_degrees(row, table.lat, 90.0) for row in batch])
        added = _places(index, lon, lat, datum, named)
        counts.update(one[3] for one in added)
        if as_json:
            lines = [_line(keys, r, one) for r, one in zip(batch, added, strict=True)]
            sys.stdout.write(b"".join(lines).decode())
        else:
            writer.writerows(
                # What a row has too much goes behind ours, so that every column keeps its place.
                [*row[:width], *[""] * (width - len(row)), *one, *row[width:]]
                for row, one in zip(batch, added, strict=True)
            )
    return counts


def _places(
    index: GridIndex, lon: Any, lat: Any, datum: Datum, named: list[tuple[str, str, str]]
) -> list[tuple[str, str, str, str, str]]:
    places = index.locate(lon, lat, datum)
    invalid = np.isnan(lon) | np.isnan(lat)
    added = []
    for bad, cell, near, metres in zip(
        *(a.tolist() for a in (invalid, places.cell, places.nearest, places.distance_m)),
        strict=True,
    ):
        if bad:
            added.append(_INVALID)
        elif cell < 0:
            added.append(_UNLOCATED)
        elif near:
            added.append((*named[cell], "nearest", f"{metres:.1f}"))
        else:
            added.append((*named[cell], "inside", "0"))
    return added


def _degrees(row: Row, column: int, limit: float) -> float:
    """The number in a column, or NaN where it is none or lies outside ±limit."""
    try:
        value = float(row[column])
    except (ValueError, IndexError):
        return float("nan")
    # float() takes 1_0 for ten; a CSV does not mean that.
    return value if -limit <= value <= limit and "_" not in row[column] else float("nan")


def _line(keys: list[str], row: Row, added: tuple[str, ...]) -> bytes:
    body: dict[str, Any] = dict(zip(keys, row, strict=False))
    if len(row) > len(keys):
        body["_more"] = row[len(keys) :]
    grid, street, district, method, metres = added
    body |= {"grid": grid or None, "street": street or None, "district": district or None}
    body |= {"method": method, "distance_m": float(metres) if metres else None}
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def _unique(header: Row) -> list[str]:
    """A key a column: JSON keeps one value a name, so a second ``x`` becomes ``x_2``."""
    seen: Counter[str] = Counter()
    keys = []
    for name in header:
        seen[name] += 1
        keys.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return keys


def _index(folder: Path, boundaries: str | None, datum: Datum) -> GridIndex:
    """Of the set that is named, else of the one valid now."""
    pack = load(folder)
    chosen = chosen_set(load_sets(pack, cache_folder()), boundaries, time.time())
    return load_index(pack, chosen, cache_folder(), [datum])


def _open(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise SettingsError("file", f"{file}: {error.strerror}", mend="name a CSV file") from None


def _summary(counts: Counter[str], datum: str, seconds: float) -> None:
    parts = [f"{counts[m]:,} {m}" for m in ("inside", "nearest", "unlocated", "invalid")]
    sys.stderr.write(
        f"{counts.total():,} rows: {', '.join(parts)}; datum {datum}; {seconds:.1f} s\n"
    )
