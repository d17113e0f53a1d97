"""The gazetteer of a boundary set, and what it makes of an event's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.addresses import AddressEntry, AddressMatch, Candidate, Gazetteer, entries_of
from geo.addresses.codes import Codes
from geo.index import GridIndex
from geo.layer import LEVELS
from geo.territory import Territory
from messages.errors import PackError
from messages.model import Body
from packs.pack import Pack
from streams.ground.located import Located, finest, reason

if TYPE_CHECKING:
    from streams.ground.ground import Ground


def gazetteer_of(
    pack: Pack,
    levels: Sequence[Mapping[str, Territory]],
    index: GridIndex,
    by_code: Mapping[str, Territory],
) -> tuple[Gazetteer, dict[str, Codes]]:
    """Districts, streets and communities of a set (``levels``: of each level, by code) by their
    names, and the pack's addresses.

    Also the codes of territories that only the register has. Raises :class:`PackError`, with file
    and line, about a row that does not fit the set.
    """
    codes = {code: _codes(territory) for code, territory in by_code.items()}
    by_line = _around(pack, index)
    entries, faults = entries_of(pack.addresses, codes, by_line)
    if faults:
        first, more = faults[0], f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        file = pack.folder / (pack.city.addresses or "")
        raise PackError(
            first.code, f"{first.text}{more}", file=file, line=first.line, mend=first.mend
        )
    own = [
        AddressEntry(name, territory.level, *_codes(territory))  # type: ignore[arg-type]
        for level in levels
        for code, territory in level.items()
        if territory.level != "grid"
        for name in [getattr(territory, f"{territory.level}_name")]
        if name != code
    ]
    city = [name for name in (pack.city.name, pack.city.name_en) if name]
    registered = {
        row.code: entry.codes
        for row, entry in zip(pack.addresses, entries, strict=True)
        if row.code is not None and row.parent is not None
    }
    return Gazetteer.build([*own, *entries], city_names=city), registered


def located_by(address: str, ground: Ground) -> Located | None:
    """Where an address is in the city; None where it names nothing that is known."""
    match = ground.gazetteer.find(address)
    if match.verdict == "none":
        return None
    codes = (match.district, match.street, match.community, match.grid)
    base = finest(codes, ground.territories)
    if match.verdict == "found" and base is not None:
        best = match.candidates[0]
        text = f"by address: {_said(best)}, {_where(codes)}"
        return base.as_found_by("address", reason("address", text))
    return _ambiguous(match, base, ground)


def _ambiguous(match: AddressMatch, base: Located | None, ground: Ground) -> Located:
    choices = [_choice(candidate) for candidate in match.candidates]
    names = ", ".join(f"{c['name']} {_where(_levels(c))} ({c['score']:.2f})" for c in choices)
    text = f"the address is ambiguous: {names}"
    if base is None or not base.found:
        return ground.unlocated("ambiguous_address", text, choices)
    why = reason("ambiguous_address", text)
    return base.as_found_by("address", why, why=text, choices=choices)


def _around(pack: Pack, index: GridIndex) -> dict[int, Codes]:
    """By line, the codes of what lies around the position of a row. Raises ``PackError``."""
    found: dict[int, Codes] = {}
    for row in pack.addresses:
        if row.lon is None or row.lat is None or row.datum is None:
            continue
        places = index.locate(np.array([row.lon]), np.array([row.lat]), row.datum)
        cell = int(places.cell[0])
        if cell < 0:
            raise PackError(
                "outside",
                f"{row.name} lies outside the city",
                file=pack.folder / (pack.city.addresses or ""),
                line=row.line,
                mend="mend its position or datum, or take it out",
            )
        found[row.line] = _codes(index.territories[cell])
    return found


def _codes(territory: Territory) -> Codes:
    return (territory.district, territory.street, territory.community, territory.grid)


def _levels(choice: Body) -> Codes:
    return (
        choice.get("district"),
        choice.get("street"),
        choice.get("community"),
        choice.get("grid"),
    )


def _choice(candidate: Candidate) -> Body:
    entry: Any = candidate.entry
    choice: Body = {"name": entry.name}
    choice |= {k: v for k, v in zip(LEVELS, entry.codes, strict=True) if v is not None}
    choice["score"] = round(candidate.score, 3)
    return choice


def _said(candidate: Candidate) -> str:
    name = candidate.entry.name
    return (
        name if candidate.score == 1 else f"{name} ({candidate.score:.2f}, {candidate.matched!r})"
    )


def _where(codes: Codes) -> str:
    return "/".join(code for code in codes if code is not None) or "nowhere"
