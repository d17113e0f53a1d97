"""The file of responsible parents: cells that another street or district answers for.

A functional zone cuts across districts: its cells stay where they lie for the statistics, but what
happens there is routed to the zone's unit, from a day on and perhaps until another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from packs.city import Moment, before
from packs.table import Table

REQUIRED: Final = ("code", "parent")
OPTIONAL: Final = ("valid_from", "valid_to", "reason")
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
_LONGEST: Final = 200
_MOMENT: Final = TypeAdapter(Moment)


@dataclass(frozen=True, slots=True)
class ResponsibleRow:
    """``code``: of a cell. ``parent``: of the street or district that is responsible, from
    ``valid_from`` to before ``valid_to`` (as the city's clocks show it; None has no end)."""

    line: int
    code: str
    parent: str
    valid_from: str | None
    valid_to: str | None
    reason: str


def read_responsible(file: Path) -> tuple[ResponsibleRow, ...]:
    """The rows of the file, in its order.

    Raises :class:`PackError` with file and line: what :class:`~packs.table.Table` raises, and
    ``missing_value`` or ``wrong_value``.
    """
    table = Table(file, REQUIRED, OPTIONAL, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    return tuple(_row(table, line, *values) for line, values in table)


def _row(
    table: Table, line: int, code: str, parent: str, since: str, until: str, reason: str
) -> ResponsibleRow:
    for name, value in (("code", code), ("parent", parent)):
        if not value:
            raise table.error("missing_value", f"no {name}", line, f"give the {name}")
    for name, value in (("valid_from", since), ("valid_to", until)):
        _check_moment(table, line, name, value)
    if since and until and not before(since, until):
        raise table.error("wrong_value", "valid_to is not after valid_from", line, "mend the dates")
    if len(reason) > _LONGEST:
        text = f"a reason of {len(reason)} characters"
        raise table.error("wrong_value", text, line, f"use at most {_LONGEST}")
    return ResponsibleRow(line, code, parent, since or None, until or None, reason)


def _check_moment(table: Table, line: int, name: str, value: str) -> None:
    try:
        _MOMENT.validate_python(value or "2000-01-01")
    except ValidationError:
        raise table.error(
            "wrong_value",
            f"{name} {value!r} is not a day",
            line,
            "write it as 2026-07-01 or 2026-07-01 08:00",
        ) from None
