"""One boundary set, ready to place events: its index, and the bodies of all its territories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geo.addresses import Gazetteer
from geo.index import GridIndex
from geo.territory import Territory, territories_by_code
from geo.validity import Validity
from messages.model import Body
from packs.pack import Pack
from streams.boundaries.load import LoadedBoundaries
from streams.ground.assets import AssetPlaces
from streams.ground.gazetteer import gazetteer_of
from streams.ground.located import Located, named, place_in, reason
from streams.ground.responsible import Answerable, answerable


@dataclass(frozen=True, slots=True)
class Ground:
    """``cells``: by the index's ids. ``territories``: by level and code. ``answerable``: the
    cells that another unit is responsible for."""

    name: str
    version: str
    valid: Validity
    index: GridIndex
    cells: tuple[Located, ...]
    territories: Mapping[tuple[str, str], Located]
    answerable: Mapping[int, tuple[Answerable, ...]]
    gazetteer: Gazetteer
    assets: AssetPlaces
    city: str
    unlocated_shard: int

    @classmethod
    def compile(cls, pack: Pack, boundaries: LoadedBoundaries, index: GridIndex) -> Ground:
        """The ground of one set. Raises :class:`PackError`, with file and line, about a row of a
        register that does not fit the set."""
        levels = territories_by_code(boundaries.layers)
        by_code = _by_code(pack, levels)
        located = {
            (territory.level, code): _inside(pack, boundaries.version, territory)
            for level in levels
            for code, territory in level.items()
        }
        gazetteer, registered = gazetteer_of(pack, levels, index, by_code)
        cells = tuple(located[t.level, t.code] for t in index.territories)
        file = next(
            s.responsible for s in pack.city.boundaries.dated() if s.name == boundaries.name
        )
        return cls(
            name=boundaries.name,
            version=boundaries.version,
            valid=boundaries.valid,
            index=index,
            cells=cells,
            territories=MappingProxyType(located),
            answerable=answerable(
                pack.responsible.get(boundaries.name, ()),
                str(pack.folder / file) if file else "",
                index,
                by_code,
                ZoneInfo(pack.city.time_zone),
            ),
            gazetteer=gazetteer,
            assets=AssetPlaces.compile(pack, index, located, by_code, registered),
            city=pack.city.code,
            unlocated_shard=pack.city.shards.unlocated,
        )

    def unlocated(self, code: str, why: str, choices: list[Body] | None = None) -> Located:
        """The place of an event that no territory claims: the city's triage decides."""
        place: Body = {
            "method": "unlocated",
            "city": self.city,
            "why": why,
            "boundaries": self.version,
        }
        if choices:
            place["choices"] = choices
        return Located(place, reason(code, why), self.unlocated_shard)


def _by_code(pack: Pack, levels: Sequence[Mapping[str, Territory]]) -> dict[str, Territory]:
    """Every territory by its code. Raises :class:`PackError` ``code_ambiguous`` where two levels
    use one code and a register of the pack would have to tell them apart by it."""
    found: dict[str, Territory] = {}
    for level in levels:
        for code in found.keys() & level.keys():
            if pack.addresses or pack.assets or pack.responsible:
                raise pack.documents["city.yaml"].error(
                    "code_ambiguous",
                    f"two levels of the boundaries use the code {code!r}",
                    ("boundaries",),
                    mend="give each territory a code of its own: addresses, assets and responsible "
                    "parents name territories by it",
                )
        found |= level
    return found


def _inside(pack: Pack, boundaries: str, territory: Territory) -> Located:
    place = place_in(territory, pack.city.code, boundaries)
    place["distance_m"] = 0.0
    shards = pack.city.shards
    shard = shards.districts.get(territory.district or "", shards.unlocated)
    return Located(place, reason("inside", f"inside {named(territory)}"), shard)
