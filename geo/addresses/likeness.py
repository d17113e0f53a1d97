"""The names of the gazetteer that are nearest to a misspelt one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from geo.addresses.codes import Codes
from geo.addresses.entry import AddressEntry, Kind
from geo.addresses.naming import community_end, core
from geo.addresses.spelling import same_spelling
from geo.addresses.vocabulary import SITE, TELLING, TELLING_WORDS
from geo.addresses.wanted import Wanted

_MOST: Final = 64
_SOUND: Final = 12
_SLIP_OF_SOUND, _SLIP_OF_ORDER = 0.6, 0.5

_Scope: TypeAlias = tuple[int, str] | None
"""A level (0 district, 1 street) with its code; None for the whole city."""


class Near(NamedTuple):
    """An entry with a name like the one wanted.

    ``slips``: characters missing, added, changed, or swapped with their neighbour (optimal string
    alignment). ``cost``: the same with likely slips cheaper. ``shorter``, ``longer``: the lengths
    of the two names.
    """

    row: int
    slips: int
    cost: float
    shorter: int
    longer: int

    @property
    def likeness(self) -> float:
        """1 for the same name, 0 for another one."""
        return max(0.0, 1.0 - self.cost / self.longer)


class _Pool:
    """Names of one kind, length and scope. A name may stand for several rows."""

    __slots__ = ("names", "rows")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.rows: list[list[int]] = []


class NearNames:
    """Names by scope, kind and length, so that few are compared.

    ``ends``: by row, the word that says that the name is a community's.
    """

    __slots__ = ("_pools", "_wholes", "ends")

    def __init__(self, entries: Sequence[AddressEntry]) -> None:
        cores: dict[tuple[_Scope, Kind], dict[str, list[int]]] = defaultdict(dict)
        wholes: dict[tuple[_Scope, Kind], dict[str, list[int]]] = defaultdict(dict)
        self.ends: list[str] = []
        for row, entry in enumerate(entries):
            names = [same_spelling(name) for name in (entry.name, *entry.aliases)]
            self.ends.append(community_end(names[0]))
            for scope in _scopes(entry.codes):
                for name in names:
                    short = core(entry.kind, name)
                    _append(cores[scope, entry.kind], short, row)
                    if entry.kind == "community":
                        _append(wholes[scope, entry.kind], name, row)
                        _append(wholes[scope, entry.kind], short + "社区", row)
        self._pools = _by_length(cores)
        self._wholes = _by_length(wholes)

    def near(self, name: Wanted, codes: Codes | None, slips: int) -> list[Near]:
        """Entries whose core is at most ``slips`` from the wanted one, nearest first.

        ``codes`` narrows the search to a district or street; a result may still lie elsewhere in
        the district where its kind crosses streets.
        """
        if not name.core:
            return []
        found: dict[int, Near] = {}
        for kind in name.kinds:
            scope = _scope(codes, kind)
            for length in range(max(1, len(name.core) - slips), len(name.core) + slips + 1):
                pool = self._pools.get((scope, kind, length))
                if pool is not None:
                    for near in self._compared(pool, name, slips):
                        if near.row not in found or near.likeness > found[near.row].likeness:
                            found[near.row] = near
        return sorted(found.values(), key=lambda near: (-near.likeness, near.row))

    def near_ends(self, name: Wanted, codes: Codes | None) -> list[Near]:
        """Communities with one slip in the whole of their name: 兰园杜区居委会."""
        found: dict[int, Near] = {}
        scope = _scope(codes, "community")
        for text in dict.fromkeys((name.whole, name.line)):
            for length in range(len(text) - 1, len(text) + 2):
                pool = self._wholes.get((scope, "community", length))
                if pool is None:
                    continue
                for _, slips, at in extract(
                    text, pool.names, scorer=OSA.distance, score_cutoff=1, limit=_MOST
                ):
                    for row in pool.rows[at]:
                        found.setdefault(row, Near(row, int(slips), 1.0, length - 1, length))
        return sorted(found.values())

    def _compared(self, pool: _Pool, name: Wanted, slips: int) -> Iterator[Near]:
        for known, apart, at in extract(
            name.core, pool.names, scorer=OSA.distance, score_cutoff=slips, limit=_MOST
        ):
            if _another_name(name.core, known):
                continue
            shorter, longer = sorted((len(known), len(name.core)))
            cost = _cost(name.core, known, int(apart))
            for row in pool.rows[at]:
                yield Near(row, int(apart), cost, shorter, longer)


def alike(one: str, other: str) -> bool:
    """Whether the two can be spellings of one name: one in the other, or half of it the same."""
    if one in other or other in one:
        return True
    return OSA.distance(one, other) * 2 <= max(len(one), len(other))


def _cost(wanted: str, known: str, slips: int) -> float:
    if slips != 1 or len(wanted) != len(known):
        return float(slips)
    changed = [(a, b) for a, b in zip(wanted, known, strict=True) if a != b]
    if len(changed) == 2:
        return _SLIP_OF_ORDER
    return _SLIP_OF_SOUND if _sound_alike(*changed[0]) else 1.0


def _sound_alike(one: str, other: str) -> bool:
    """Whether an input method is likely to take one for the other: 园 and 圆.

    The first level of GB 2312 is in the order of sounds, so homophones stand next to each other.
    """
    first, second = _place_in_gb2312(one), _place_in_gb2312(other)
    return first is not None and second is not None and abs(first - second) <= _SOUND


def _place_in_gb2312(char: str) -> int | None:
    try:
        row, cell = char.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return None
    return (row - 0xB0) * 94 + cell - 0xA1 if 0xB0 <= row <= 0xD7 else None


def _another_name(wanted: str, known: str) -> bool:
    """Whether the difference is one that tells names apart: 中山东路 is no slip for 中山北路."""
    if " " in known or " " in wanted:
        left = set(wanted.split()) - set(known.split())
        right = set(known.split()) - set(wanted.split())
        return bool(left & TELLING_WORDS) and bool(right & TELLING_WORDS)
    if SITE.search(wanted) and not SITE.search(known):
        return True
    return len(wanted) == len(known) and any(
        a != b and a in TELLING and b in TELLING for a, b in zip(wanted, known, strict=True)
    )


def _scope(codes: Codes | None, kind: Kind) -> _Scope:
    if codes is None:
        return None
    district, street = codes[0], codes[1]
    if street is not None and kind == "community":
        return (1, street)
    return (0, district) if district is not None and kind != "district" else None


def _scopes(codes: Codes) -> Iterator[_Scope]:
    yield None
    for level in (0, 1):
        code = codes[level]
        if code is not None:
            yield (level, code)


def _append(names: dict[str, list[int]], name: str, row: int) -> None:
    rows = names.setdefault(name, [])
    if row not in rows[-1:]:
        rows.append(row)


def _by_length(
    names: dict[tuple[_Scope, Kind], dict[str, list[int]]],
) -> dict[tuple[_Scope, Kind, int], _Pool]:
    pools: dict[tuple[_Scope, Kind, int], _Pool] = defaultdict(_Pool)
    for (scope, kind), known in names.items():
        for name, rows in known.items():
            pool = pools[scope, kind, len(name)]
            pool.names.append(name)
            pool.rows.append(rows)
    return dict(pools)
