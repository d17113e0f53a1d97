"""A CSV file of a pack, read strictly: known columns, one record a row, errors with their line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from messages.errors import PackError
from messages.place import Datum

DATUMS: Final[tuple[Datum, ...]] = ("wgs84", "cgcs2000", "gcj02", "bd09")
_BOM: Final = b"\xef\xbb\xbf"


class Table:
    """One file. ``required`` and ``optional``: its columns, in any order.

    Iterating gives every row as ``(line, values)``; ``values`` in the order of ``required``, then
    ``optional``, stripped, and empty for a column that the file does not have. ``line`` is where
    the row begins. Rows without any value are passed over.

    Raises :class:`PackError` ``missing_file``, ``unreadable_file``, ``too_large``, ``empty_file``,
    ``missing_column``, ``unknown_column``, ``duplicate_column``, ``not_utf8``, ``wrong_row`` and
    ``too_many_rows``.
    """

    def __init__(
        self,
        file: Path,
        required: Sequence[str],
        optional: Sequence[str],
        *,
        max_bytes: int,
        max_rows: int,
    ) -> None:
        self.file = file
        self._required = tuple(required)
        self._columns = (*required, *optional)
        self._max_bytes = max_bytes
        self._max_rows = max_rows

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            with self.file.open("rb") as opened:
                self._check_size(opened.seek(0, 2))
                opened.seek(0)
                yield from self._rows(opened)
        except FileNotFoundError:
            raise PackError(
                "missing_file", "no such file", file=self.file, mend="add it to the pack"
            ) from None
        except OSError as error:
            raise PackError(
                "unreadable_file", str(error.strerror), file=self.file, mend="make it readable"
            ) from None

    def error(self, code: str, message: str, line: int, mend: str) -> PackError:
        """The error to raise about what stands in a line."""
        return PackError(code, message, file=self.file, line=line, mend=mend)

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            raise PackError(
                "too_large",
                f"{size:,} bytes are more than {self._max_bytes:,}",
                file=self.file,
                mend="leave out what nobody names, or split the city",
            )

    def _rows(self, lines: Iterator[bytes]) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._decoded(lines), strict=True)
        picked: Callable[[list[str]], list[str]] | None = None
        width = rows = 0
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise self.error(
                    "wrong_row", f"not CSV: {error}", reader.line_num, "mend the quotes"
                ) from None
            if row is None:
                break
            if picked is None:
                picked, width = self._header(row), len(row)
                continue
            if not any(value.strip() for value in row):
                continue
            if len(row) != width:
                raise self.error(
                    "wrong_row",
                    f"{len(row)} values under {width} columns",
                    line,
                    "put values with a comma in quotes",
                )
            rows += 1
            if rows > self._max_rows:
                raise self.error(
                    "too_many_rows", f"more than {self._max_rows:,} rows", line, "split the city"
                )
            yield line, picked(row)
        if picked is None:
            raise self.error("empty_file", "nothing stands in it", 1, "give it a header and rows")

    def _decoded(self, lines: Iterator[bytes]) -> Iterator[str]:
        for number, raw in enumerate(lines, 1):
            try:
                text = (raw.removeprefix(_BOM) if number == 1 else raw).decode()
            except UnicodeDecodeError:
                raise self.error("not_utf8", "not UTF-8", number, "save it as UTF-8") from None
            if "\0" in text:
                raise self.error("wrong_row", "a NUL character", number, "export it again")
            yield text

    def _header(self, header: list[str]) -> Callable[[list[str]], list[str]]:
        names = [name.strip() for name in header]
        listed = ", ".join(self._columns)
        for name in names:
            if name not in self._columns:
                raise self.error(
                    "unknown_column", f"no column is called {name!r}", 1, f"name one of {listed}"
                )
            if names.count(name) > 1:
                raise self.error(
                    "duplicate_column", f"{name} stands twice in the header", 1, "keep one"
                )
        missing = [name for name in self._required if name not in names]
        if missing:
            raise self.error(
                "missing_column", f"no column {', '.join(missing)}", 1, f"name all of {listed}"
            )
        at = [names.index(name) if name in names else -1 for name in self._columns]
        return lambda row: [row[i].strip() if i >= 0 else "" for i in at]


def read_position(
    table: Table, line: int, lon: str, lat: str, datum: str
) -> tuple[float, float, Datum] | None:
    """Degrees and datum, or None where none of the three is given.

    Raises :class:`PackError` ``missing_value``, ``wrong_value``.
    """
    if not lon and not lat and not datum:
        return None
    if not lon or not lat:
        raise table.error("missing_value", "lon and lat go together", line, "give both, or neither")
    if not datum:
        raise table.error(
            "missing_value",
            "a position without a datum is off by up to 700 m in China",
            line,
            f"write {', '.join(DATUMS)} into datum",
        )
    for known in DATUMS:
        if datum == known:
            return (
                _degrees(table, line, "lon", lon, 180.0),
                _degrees(table, line, "lat", lat, 90.0),
                known,
            )
    raise table.error(
        "wrong_value", f"datum {datum!r} is unknown", line, f"write one of {', '.join(DATUMS)}"
    )


def _degrees(table: Table, line: int, column: str, text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise table.error(
            "wrong_value",
            f"{column} {text!r} is not a number from {-most:g} to {most:g}",
            line,
            "write degrees with a point, such as 118.7969",
        )
    return value
