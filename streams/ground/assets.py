"""Where the devices of a pack's register are, in one boundary set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.addresses.codes import NOWHERE, Codes
from geo.index import GridIndex
from geo.territory import Territory
from messages.errors import PackError
from packs.pack import Pack
from packs.table import DATUMS
from streams.ground.located import Located, finest

_NO_CELL = -1


@dataclass(frozen=True, slots=True, eq=False)
class AssetPlaces:
    """``rows``: device → row of the register; sets share it. ``cells``: the cell of each row whose
    device has a position. ``by_row``: the territory of those that have a code."""

    rows: Mapping[str, int]
    cells: npt.NDArray[np.int32]
    by_row: Mapping[int, Located]

    @classmethod
    def compile(
        cls,
        pack: Pack,
        index: GridIndex,
        territories: Mapping[tuple[str, str], Located],
        by_code: Mapping[str, Territory],
        registered: Mapping[str, Codes],
    ) -> AssetPlaces:
        """The places of the pack's devices; ``registered`` are territories that the boundaries do
        not have. Raises :class:`PackError` ``code_unknown`` with the line; a device outside the
        city has no place here, and its message's own is taken."""
        assets = pack.assets
        if assets is None:
            return cls({}, np.empty(0, np.int32), {})
        cells = np.full(len(assets), _NO_CELL, np.int32)
        for number, datum in enumerate(DATUMS):
            rows = np.flatnonzero(assets.datum == number)
            if len(rows):
                cells[rows] = index.locate(assets.lon[rows], assets.lat[rows], datum).cell
        by_row: dict[int, Located] = {}
        for row, code in enumerate(assets.codes):
            if code:
                if code in by_code:
                    found = territories.get((by_code[code].level, code))
                else:
                    found = finest(registered.get(code, NOWHERE), territories)
                if found is None:
                    raise PackError(
                        "code_unknown",
                        f"no territory has the code {code!r}",
                        file=assets.file,
                        line=int(assets.lines[row]),
                        mend="give a code of the boundaries, or a position",
                    )
                by_row[row] = found
        return cls(assets.rows, cells, by_row)

    def __contains__(self, device: str) -> bool:
        return device in self.rows

    def cell(self, device: str) -> int:
        """The cell that the register puts a device into; -1 where it has none."""
        row = self.rows.get(device)
        return _NO_CELL if row is None else int(self.cells[row])

    def territory(self, device: str) -> Located | None:
        """The territory that the register names for a device."""
        row = self.rows.get(device)
        return None if row is None else self.by_row.get(row)
