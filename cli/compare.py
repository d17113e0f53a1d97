"""``wangge compare``: two lists of subjects in, those whose grids differ out (人户分离)."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.csv_table import CsvTable, opened
from cli.matched import Matched, Parts, matched
from cli.subject_key import SubjectKey, pseudonyms
from cli.task_rows import PSEUDONYM
from incidents.tasks.pseudonym import Pseudonyms, base32
from messages.errors import SettingsError

HEADER: Final = (PSEUDONYM, "grid", "other_grid", "code", "text")
_CODE: Final = "residence"
_TEXTS: Final = (
    "the first list has the subject in this grid, the second in another",
    "the second list has the subject in this grid, the first in another",
)
_SHOWN: Final = 15

ListFile = Annotated[Path, typer.Argument(help="CSV with a header line; - is standard input.")]


def compare(
    first: ListFile,
    second: ListFile,
    subject: Annotated[str, typer.Option(help="The column with the subjects' ids.")],
    grid: Annotated[str, typer.Option(help="The column with the grid.")],
    key: SubjectKey = None,
) -> None:
    """Print the subjects whose grids differ, under pseudonyms: a line for each of the two grids.

    What is printed pipes into `wangge tasks import`. A subject's first line in a list counts;
    further ones, and lines without subject or grid, are told with their numbers and make the exit
    code 1.
    """
    began = time.perf_counter()
    hidden = pseudonyms(key)
    if str(first) == str(second) == "-":
        raise SettingsError("file", "both lists are standard input", mend="name one of them")
    repeats: tuple[list[int], list[int]] = ([], [])
    unusable: tuple[list[int], list[int]] = ([], [])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wangge-compare-")))
        parts = [Parts(folder, name, stack) for name in ("first", "second")]
        for file, into, bad in zip((first, second), parts, unusable, strict=True):
            _split(file, subject, grid, hidden, into, bad)
        counts = _write(matched(parts[0], parts[1], repeats))
    faults = 0
    for file, again, bad in zip((first, second), repeats, unusable, strict=True):
        faults += _tell(file, again, "repeat a subject; its first line counts")
        faults += _tell(file, bad, "have no subject, or no grid of 1 to 64 characters")
    sys.stderr.write(
        f"{counts.total():,} subjects: {counts['differ']:,} differ, {counts['agree']:,} agree, "
        f"{counts['first']:,} only in {first}, {counts['second']:,} only in {second}; "
        f"{faults:,} lines at fault; {time.perf_counter() - began:.1f} s\n"
    )
    raise typer.Exit(1 if faults else 0)


def _split(
    file: Path, subject: str, grid: str, hidden: Pseudonyms, into: Parts, bad: list[int]
) -> None:
    with ExitStack() as stack:
        table = CsvTable(opened(file, stack), str(file))
        at, where = table.column(subject, "--subject"), table.column(grid, "--grid")
        most = max(at, where)
        for line, row in table:
            who, cell = (row[at].strip(), row[where].strip()) if most < len(row) else ("", "")
            if who and 1 <= len(cell) <= 64 and cell.isprintable():
                into.add(hidden.digest(who), cell, line)
            else:
                bad.append(line)


def _write(subjects: Iterator[Matched]) -> Counter[str]:
    counts: Counter[str] = Counter()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    for digest, first, second in subjects:
        if first is None or second is None:
            counts["second" if first is None else "first"] += 1
        elif first.grid == second.grid:
            counts["agree"] += 1
        else:
            counts["differ"] += 1
            name = base32(bytes.fromhex(digest))
            writer.writerow((name, first.grid, second.grid, _CODE, _TEXTS[0]))
            writer.writerow((name, second.grid, first.grid, _CODE, _TEXTS[1]))
    return counts


def _tell(file: Path, lines: list[int], what: str) -> int:
    """How many; the first ones are named on standard error."""
    if lines:
        shown = ", ".join(map(str, sorted(lines)[:_SHOWN]))
        more = f" and {len(lines) - _SHOWN:,} more" if len(lines) > _SHOWN else ""
        sys.stderr.write(f"{file}: {len(lines):,} lines {what}: {shown}{more}\n")
    return len(lines)
