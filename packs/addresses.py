"""``addresses.csv``: what people name, its other names, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from messages.place import Datum
from packs.table import Table, read_position

AddressKind: TypeAlias = Literal["district", "street", "community", "grid", "road", "place"]
NumberParity: TypeAlias = Literal["odd", "even", "both"]

REQUIRED: Final = ("name", "kind")
OPTIONAL: Final = (
    "code",
    "parent",
    "lon",
    "lat",
    "datum",
    "aliases",
    "number_from",
    "number_to",
    "parity",
)
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 200_000
_KINDS: Final[tuple[AddressKind, ...]] = get_args(AddressKind)
_PARITIES: Final[tuple[NumberParity, ...]] = get_args(NumberParity)
_LONGEST_NAME: Final = 128
_MOST_ALIASES: Final = 32
_HIGHEST: Final = 99_999


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One row as it was read; ``line`` from 1, the header being 1.

    Either ``code`` (of the territory that it is or lies in) or ``lon``, ``lat`` (degrees) and
    ``datum``. ``parent``: only of a community or grid cell that the boundaries do not have.
    ``number_from`` and ``number_to``: both or neither, and only on a road.
    """

    line: int
    name: str
    aliases: tuple[str, ...]
    kind: AddressKind
    code: str | None = None
    parent: str | None = None
    lon: float | None = None
    lat: float | None = None
    datum: Datum | None = None
    number_from: int | None = None
    number_to: int | None = None
    parity: NumberParity = "both"


def read_addresses(file: Path) -> tuple[AddressRow, ...]:
    """The rows of the file, in its order.

    Raises :class:`PackError` with file and line: what :class:`~packs.table.Table` raises, and
    ``missing_value``, ``wrong_value``, ``duplicate_row``.
    """
    table = Table(file, REQUIRED, OPTIONAL, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    seen: dict[tuple[object, ...], int] = {}
    rows = []
    for line, values in table:
        row = _row(table, line, *values)
        # Numbers as well, because a road has a row for every stretch.
        numbers = (row.number_from, row.number_to, row.parity)
        same = (row.name, row.kind, row.code, row.lon, row.lat, numbers)
        if same in seen:
            raise table.error(
                "duplicate_row",
                f"{row.kind} {row.name} stands in line {seen[same]} already",
                line,
                "keep one, with the aliases of both",
            )
        seen[same] = line
        rows.append(row)
    return tuple(rows)


def _row(
    table: Table,
    line: int,
    name: str,
    kind: str,
    code: str,
    parent: str,
    lon: str,
    lat: str,
    datum: str,
    aliases: str,
    number_from: str,
    number_to: str,
    parity: str,
) -> AddressRow:
    position = read_position(table, line, lon, lat, datum)
    known = _kind(table, line, kind)
    _check_where(table, line, known, code, parent, located=position is not None)
    first, last, sides = _numbers(table, line, known, number_from, number_to, parity)
    x, y, measured = position or (None, None, None)
    return AddressRow(
        line=line,
        name=_name(table, line, "name", name),
        aliases=_aliases(table, line, aliases),
        kind=known,
        code=code or None,
        parent=parent or None,
        lon=x,
        lat=y,
        datum=measured,
        number_from=first,
        number_to=last,
        parity=sides,
    )


def _kind(table: Table, line: int, kind: str) -> AddressKind:
    for known in _KINDS:
        if kind == known:
            return known
    raise table.error(
        "wrong_value" if kind else "missing_value",
        f"kind {kind!r} is unknown" if kind else "kind is empty",
        line,
        f"write one of {', '.join(_KINDS)}",
    )


def _name(table: Table, line: int, column: str, name: str) -> str:
    if not name:
        raise table.error("missing_value", f"{column} is empty", line, "write the name")
    # One character stands in every second address.
    if not 2 <= len(name) <= _LONGEST_NAME:
        raise table.error(
            "wrong_value",
            f"{column} {name[:20]!r} has {len(name)} characters",
            line,
            f"write 2 to {_LONGEST_NAME} characters",
        )
    return name


def _aliases(table: Table, line: int, aliases: str) -> tuple[str, ...]:
    if not aliases:
        return ()
    names = tuple(_name(table, line, "alias", part.strip()) for part in aliases.split("|"))
    if len(names) > _MOST_ALIASES or len(set(names)) < len(names):
        raise table.error(
            "wrong_value",
            f"{len(names)} aliases, {len(set(names))} of them different",
            line,
            f"write at most {_MOST_ALIASES}, each once, with | between them",
        )
    return names


def _check_where(
    table: Table, line: int, kind: AddressKind, code: str, parent: str, *, located: bool
) -> None:
    if bool(code) == located:
        raise table.error(
            "wrong_value" if code else "missing_value",
            "both a code and a position" if code else "neither a code nor a position",
            line,
            "give either code, or lon, lat and datum",
        )
    if parent and (kind not in ("community", "grid") or not code):
        raise table.error(
            "wrong_value",
            f"a parent on a {kind}" if code else "a parent without a code",
            line,
            "give parent only with the code of a community or grid",
        )
    if kind in ("district", "street", "community", "grid") and not code:
        raise table.error(
            "missing_value",
            f"a {kind} has a code of its own",
            line,
            "give its code; a position is for roads and places",
        )


def _numbers(
    table: Table, line: int, kind: AddressKind, first: str, last: str, parity: str
) -> tuple[int | None, int | None, NumberParity]:
    if not first and not last and not parity:
        return None, None, "both"
    if kind != "road":
        raise table.error(
            "wrong_value", f"house numbers on a {kind}", line, "give them only on a road"
        )
    if not first or not last:
        raise table.error(
            "missing_value",
            "number_from and number_to go together",
            line,
            "give both, or neither and no parity",
        )
    low, high = _number(table, line, "number_from", first), _number(table, line, "number_to", last)
    if low > high:
        raise table.error(
            "wrong_value", f"number_from {low} is above number_to {high}", line, "swap them"
        )
    for known in _PARITIES:
        if (parity or "both") == known:
            return low, high, known
    raise table.error(
        "wrong_value", f"parity {parity!r} is unknown", line, "write odd, even or both"
    )


def _number(table: Table, line: int, column: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= _HIGHEST:
        raise table.error(
            "wrong_value",
            f"{column} {text[:20]!r} is not a number from 1 to {_HIGHEST}",
            line,
            "write digits only; a number such as 12-3 is 12",
        )
    return int(text)
