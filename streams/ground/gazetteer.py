"""The gazetteer of a boundary set: its territories by their names, and the pack's addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from geo.addresses import AddressEntry, Gazetteer, entries_of
from geo.addresses.codes import Codes
from geo.index import GridIndex
from geo.territory import Territory
from messages.errors import PackError
from packs.pack import Pack


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
