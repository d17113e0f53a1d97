"""From the rows of a pack's register of addresses to entries of a gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from geo.addresses.codes import NOWHERE, Codes, down_to
from geo.addresses.entry import AddressEntry, Kind, Numbers, Parity
from geo.layer import LEVELS

FaultCode: TypeAlias = Literal["code_unknown", "parent_unknown", "code_twice", "wrong_level"]


class Row(Protocol):
    """One row of the register, whoever read it. ``code``: of the territory that it is or lies in;
    ``parent``: of what lies around a community or grid cell that the boundaries do not have."""

    @property
    def line(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def code(self) -> str | None: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def number_from(self) -> int | None: ...
    @property
    def number_to(self) -> int | None: ...
    @property
    def parity(self) -> Parity: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that gives no entry. ``code`` is for filters, ``text`` and ``mend`` for a person."""

    line: int
    code: FaultCode
    text: str
    mend: str


def entries_of(
    rows: Iterable[Row], by_code: Mapping[str, Codes], by_line: Mapping[int, Codes]
) -> tuple[tuple[AddressEntry, ...], tuple[Fault, ...]]:
    """An entry for every row in their order, and a fault for every row that cannot have one.

    ``by_code``: the codes of every territory of the boundaries, its own included, by its own code.
    ``by_line``: the codes of what lies around a row's position, for the rows without ``code``; a
    row that is not in it lies outside the city and gives no entry and no fault: whoever looked its
    position up says so.
    """
    kept = list(rows)
    faults: list[Fault] = []
    known = dict(by_code)
    # Coarse ones first, so that a grid cell of the register may lie in a community of it.
    for kind in ("community", "grid"):
        for row in kept:
            if row.kind == kind and row.parent is not None:
                _add(row, known, faults)
    faulty = {fault.line for fault in faults}
    entries = []
    for row in kept:
        if row.line in faulty:
            continue
        found = _place(row, known, by_line)
        if isinstance(found, Fault):
            faults.append(found)
        elif found is not None:
            entries.append(_entry(row, found))
    return tuple(entries), tuple(sorted(faults, key=lambda fault: fault.line))


def _add(row: Row, known: dict[str, Codes], faults: list[Fault]) -> None:
    """Put a territory that only the register has among the known ones."""
    code, parent = row.code or "", row.parent or ""
    level = LEVELS.index(row.kind)
    around = known.get(parent)
    if around is None:
        faults.append(
            Fault(
                row.line,
                "parent_unknown",
                f"no territory has the code {parent!r}",
                "give the code of the district, street or community around it",
            )
        )
    elif any(finer is not None for finer in around[level:]):
        faults.append(
            Fault(
                row.line,
                "wrong_level",
                f"a {row.kind} does not lie in {parent!r}",
                f"give a parent coarser than a {row.kind}",
            )
        )
    elif known.get(code, around) != around and down_to(known[code], level) != around:
        faults.append(
            Fault(
                row.line,
                "code_twice",
                f"{code!r} lies elsewhere already",
                "leave parent out where the boundaries have the territory",
            )
        )
    else:
        codes = list(around)
        codes[level] = code
        known[code] = (codes[0], codes[1], codes[2], codes[3])


def _place(
    row: Row, known: Mapping[str, Codes], by_line: Mapping[int, Codes]
) -> Codes | Fault | None:
    if row.code is None:
        around = by_line.get(row.line)
        return None if around is None or around == NOWHERE else around
    codes = known.get(row.code)
    if codes is None:
        mend = "give a code of the boundaries"
        if row.kind in ("community", "grid"):
            mend += ", or parent, the code of what lies around it"
        return Fault(row.line, "code_unknown", f"no territory has the code {row.code!r}", mend)
    if row.kind in LEVELS and codes[LEVELS.index(row.kind)] != row.code:
        return Fault(
            row.line,
            "wrong_level",
            f"{row.code!r} is no {row.kind}",
            f"give the code of the {row.kind} itself, or another kind",
        )
    return codes


def _entry(row: Row, codes: Codes) -> AddressEntry:
    numbers = None
    if row.number_from is not None and row.number_to is not None:
        numbers = Numbers(row.number_from, row.number_to, row.parity)
    if row.kind in LEVELS and row.code is None:
        # A position in a community's middle says where it is, not in which grid cell all of it is.
        codes = down_to(codes, LEVELS.index(row.kind) + 1)
    return AddressEntry(row.name, row.kind, *codes, aliases=row.aliases, numbers=numbers)
