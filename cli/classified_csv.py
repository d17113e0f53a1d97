"""The rows of a CSV as they are written: as they were read, with what they are about added."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO, cast

import orjson

from cli.csv_table import Row, as_utf8
from messages.errors import SettingsError

ADDED: Final = ("category", "category_name", "by", "probability", "evidence")


def row_target(out: Path | None, evaluating: bool, stack: ExitStack) -> TextIO | None:
    """Where the rows go: ``out``, or standard output unless that is for figures; else None.
    Raises ``settings.out``."""
    if out is not None:
        try:
            opened = out.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            raise SettingsError(
                "out", f"{out}: {error.strerror}", mend="name a file to write"
            ) from None
        return stack.enter_context(opened)
    if evaluating:
        return None
    cast(TextIOWrapper, sys.stdout).reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdout


def write_rows(
    target: TextIO,
    names: list[str],
    rows: Sequence[Row],
    found: Sequence[tuple[str, ...]],
    as_json: bool,
) -> None:
    """Write rows as CSV or NDJSON. ``names``: of the columns read, then of the added ones;
    ``found``: what is added to each row."""
    width = len(names) - len(ADDED)
    # What a row has too much goes behind ours, so that every column keeps its place.
    full = [
        [*row[:width], *[""] * (width - len(row)), *added, *row[width:]]
        for row, added in zip(rows, found, strict=True)
    ]
    if not as_json:
        csv.writer(target, lineterminator="\n").writerows(full)
        return
    for row in full:
        body: dict[str, Any] = dict(zip(names, map(as_utf8, row), strict=False))
        probability = names[width + ADDED.index("probability")]
        body[probability] = float(body[probability]) if body[probability] else None
        if len(row) > len(names):
            body["_more"] = [as_utf8(value) for value in row[len(names) :]]
        target.write(orjson.dumps(body).decode() + "\n")


def unique_names(names: Row) -> list[str]:
    """A second ``category`` becomes ``category_2``."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
