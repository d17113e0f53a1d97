"""A CSV of texts with their category codes: every label one of the pack's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from cli.csv_table import CsvTable, Row, as_utf8, opened
from messages.errors import SettingsError

_SHOWN: Final = 15


def read_labelled(
    file: Path, columns: tuple[str, str], names: dict[str, str]
) -> tuple[list[str], list[str], list[str]]:
    """Texts, labels and, where the file has that column, twists. Raises as ``check_labels`` does.

    ``columns``: of the text and of the label; ``names``: of the categories, by code.
    """
    with ExitStack() as stack:
        table = CsvTable(opened(file, stack), str(file))
        at = [table.column(columns[0], "--text-column"), table.column(columns[1], "--label-column")]
        if "twist" in table.header:
            at.append(table.header.index("twist"))
        rows = [(line, [row[i].strip() if i < len(row) else "" for i in at]) for line, row in table]
    check_labels(rows, str(file), names, with_text=True)
    texts, labels, *twists = zip(*(values for _, values in rows), strict=True) if rows else ((), ())
    return list(texts), list(labels), list(twists[0]) if twists else []


def check_labels(
    rows: Sequence[tuple[int, Row]], file: str, names: dict[str, str], *, with_text: bool = False
) -> None:
    """Names every wrong row on standard error, then raises ``settings.labelled_rows``.

    ``rows``: the line of each, with its text and label.
    """
    wrong = []
    for line, (text, label, *_) in rows:
        if label not in names:
            wrong.append(f"{file}:{line}: the pack has no category {label!r}")
        elif with_text and not text:
            wrong.append(f"{file}:{line}: no text")
        elif text != as_utf8(text):
            wrong.append(f"{file}:{line}: not UTF-8")
    if not wrong:
        return
    sys.stderr.write("".join(f"{one}\n" for one in wrong[:_SHOWN]))
    if len(wrong) > _SHOWN:
        sys.stderr.write(f"… and {len(wrong) - _SHOWN:,} more\n")
    raise SettingsError(
        "labelled_rows",
        f"{len(wrong):,} of {len(rows):,} rows of {file} cannot be used",
        mend="give each row a text, and a category code of the pack's taxonomy.yaml",
    )
