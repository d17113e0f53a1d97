"""The files of the task commands, row by row: records to import, outcomes, and the roster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from cli.csv_table import CsvTable, Row, opened
from incidents.tasks.campaign import Record, Refused
from messages.errors import SettingsError
from messages.task import RecheckOutcome, TaskOutcome
from rules.masking import mask

Found: TypeAlias = TaskOutcome | RecheckOutcome

PSEUDONYM: Final = "pseudonym"
"""The column that `wangge compare` writes; what stands in it is hidden already."""
_KINDS: Final[dict[str, type[Found]]] = {
    "": TaskOutcome,
    "outcome": TaskOutcome,
    "recheck": RecheckOutcome,
}
_ROSTER: Final = "grid,worker[,stand_in]"


class Records:
    """The records of an open table. ``subject``: the column with plain ids; without it the column
    ``pseudonym`` where there is one, else ``subject``."""

    def __init__(self, table: CsvTable, subject: str | None, grid: str, code: str) -> None:
        self._table, self._code_else = table, code
        self._hidden = subject is None and PSEUDONYM in table.header
        name = PSEUDONYM if self._hidden else subject or "subject"
        self._subject = table.column(name, "--subject")
        self._grid = table.column(grid, "--grid")
        self._code, self._text = (
            table.column(name, "one name each") if name in table.header else None
            for name in ("code", "text")
        )

    def __iter__(self) -> Iterator[Record]:
        for line, row in self._table:
            yield Record(
                line,
                _cell(row, self._subject),
                _cell(row, self._grid),
                _cell(row, self._code) or self._code_else,
                _cell(row, self._text),
                self._hidden,
            )


def read_outcomes(table: CsvTable, now: datetime) -> Iterator[tuple[int, Found | Refused]]:
    """What each row reports, or why it cannot be read. Personal data in notes are masked.

    Raises ``settings.column`` for a missing column.
    """
    at = {name: table.column(name, "its own name") for name in ("task_id", "outcome", "by", "at")}
    for name in ("kind", "corrected_grid", "note"):
        if name in table.header:
            at[name] = table.column(name, "its own name")
    for line, row in table:
        cells = {name: _cell(row, column) for name, column in at.items()}
        yield line, _found(line, cells, now)


def read_roster(file: Path) -> dict[str, tuple[str, ...]]:
    """By grid its worker and stand-in, as far as there are any; the first one works.

    Raises ``settings.workers`` with the line of a row that cannot be read.
    """
    staff: dict[str, tuple[str, ...]] = {}
    with ExitStack() as stack:
        table = CsvTable(opened(file, stack), str(file))
        if tuple(table.header) not in (("grid", "worker"), ("grid", "worker", "stand_in")):
            raise _no_roster(f"{file} has the columns {','.join(table.header) or 'none'}")
        for line, row in table:
            grid, *names = [cell.strip() for cell in row]
            if not grid or not 1 <= len(names) <= 2:
                raise _no_roster(f"{file}, line {line}: {len(row)} cells, or no grid")
            if grid in staff:
                raise _no_roster(f"{file}, line {line}: grid {grid} has stood there before")
            staff[grid] = tuple(dict.fromkeys(filter(None, names)))
    return staff


def _found(line: int, cells: dict[str, str], now: datetime) -> Found | Refused:
    model = _KINDS.get(cells.pop("kind", ""))
    try:
        at = datetime.fromisoformat(cells.pop("at"))
    except ValueError:
        return Refused(line, "outcome.not_a_time", "write it as 2026-11-26T09:30:00+08:00")
    if model is None:
        return Refused(line, "outcome.unreadable", "kind: outcome or recheck")
    fields: dict[str, Any] = {**cells, "at": at, "note": mask(cells.get("note", ""))}
    fields["corrected_grid"] = cells.get("corrected_grid") or None
    try:
        found: Found = model(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "corrected_grid"
        return Refused(line, "outcome.unreadable", f"{field}: {first['msg']}")
    if found.at > now:
        return Refused(line, "outcome.in_the_future", "see the time, and its zone")
    return found


def _cell(row: Row, column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _no_roster(message: str) -> SettingsError:
    return SettingsError("workers", message, mend=f"write the roster as {_ROSTER}, a grid a line")
