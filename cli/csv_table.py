"""A CSV as it is read: its header, and its rows with the line where each begins."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from messages.errors import SettingsError

Row: TypeAlias = list[str]


class CsvTable:
    """The rows of a CSV, each with the line where it begins; empty lines are passed over."""

    def __init__(self, text: TextIO, file: str) -> None:
        csv.field_size_limit(1 << 24)
        self._reader = csv.reader(text)
        self._file = file
        self.header = next(iter(self), (1, []))[1]

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        while True:
            line = self._reader.line_num + 1
            try:
                row = next(self._reader, None)
            except csv.Error as error:
                raise SettingsError(
                    "csv", f"{self._file}, line {line}: {error}", mend="mend the line"
                ) from None
            if row is None:
                return
            if row:
                yield line, row

    def column(self, name: str, option: str) -> int:
        """Where it stands. Raises ``settings.column``."""
        if self.header.count(name) != 1:
            found = "no" if name not in self.header else "more than one"
            raise SettingsError(
                "column",
                f"{self._file} has {found} column {name!r}",
                mend=f"name it with {option}; the columns are {', '.join(self.header) or 'none'}",
            )
        return self.header.index(name)


def opened(file: Path, stack: ExitStack) -> TextIO:
    """The text of a file, or of standard input for ``-``. Raises ``settings.file``."""
    if str(file) == "-":
        raw: Any = sys.stdin.buffer
    else:
        try:
            raw = stack.enter_context(file.open("rb"))
        except OSError as error:
            raise SettingsError(
                "file", f"{file}: {error.strerror}", mend="name a CSV file"
            ) from None
    # Bytes that are not UTF-8 come out as they went in.
    text = TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")
    stack.callback(text.detach)
    return text


def as_utf8(text: str) -> str:
    """JSON cannot hold bytes that are not UTF-8."""
    return text.encode(errors="surrogateescape").decode(errors="replace")
