"""Cells that another street or district answers for, from a day on and perhaps until another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from geo.index import GridIndex
from geo.territory import Territory
from geo.validity import Validity, between
from messages.errors import PackError
from messages.model import Body
from packs.responsible import ResponsibleRow


@dataclass(frozen=True, slots=True)
class Answerable:
    """``unit``: a ``Responsible`` body. ``text``: of the reason."""

    valid: Validity
    unit: Body
    text: str


def answerable(
    rows: Sequence[ResponsibleRow],
    file: str,
    index: GridIndex,
    by_code: Mapping[str, Territory],
    zone: tzinfo,
) -> dict[int, tuple[Answerable, ...]]:
    """Who answers for which cell of the index, and when.

    Raises :class:`PackError` ``unknown_territory`` or ``responsible_twice``, with file and line.
    """
    found: dict[int, tuple[Answerable, ...]] = {}
    for row in rows:
        cell, parent = index.by_code.get(row.code), by_code.get(row.parent)
        if cell is None:
            raise _error(row, file, "unknown_territory", f"no cell has the code {row.code!r}")
        if parent is None or parent.district is None or parent.community or parent.grid:
            text = f"no street or district has the code {row.parent!r}"
            raise _error(row, file, "unknown_territory", text)
        one = _one(row, parent, zone)
        if any(one.valid.meets(other.valid) for other in found.get(cell, ())):
            text = f"{row.code} has two responsible parents at one time"
            raise _error(row, file, "responsible_twice", text)
        found[cell] = (*found.get(cell, ()), one)
    return found


def _one(row: ResponsibleRow, parent: Territory, zone: tzinfo) -> Answerable:
    unit: Body = {"district": parent.district}
    if parent.street is not None:
        unit["street"] = parent.street
    name = parent.street_name or parent.district_name
    why = f" ({row.reason})" if row.reason else ""
    valid = between(row.valid_from, row.valid_to, zone)
    return Answerable(valid, unit, f"responsible is {parent.code} {name}{why}")


def _error(row: ResponsibleRow, file: str, code: str, text: str) -> PackError:
    return PackError(code, text, file=file, line=row.line, mend="mend the row, or take it out")
