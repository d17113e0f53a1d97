"""Territories that an address names and the gazetteer does not: do they speak against a place?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from geo.addresses.entry import AddressEntry
from geo.addresses.joining import Joint
from geo.addresses.likeness import alike
from geo.addresses.naming import city_forms, core
from geo.addresses.spans import Piece
from geo.addresses.spelling import same_spelling
from geo.addresses.wanted import Unknown, unknown_territory
from geo.layer import LEVELS

_COMMUNITY: Final = 2


class Around:
    """What the city and every territory is called, to compare unknown names with."""

    __slots__ = ("_city", "_cores")

    def __init__(self, entries: Sequence[AddressEntry], city_names: Sequence[str]) -> None:
        self._city = city_forms(city_names)
        self._cores: dict[tuple[int, str], set[str]] = defaultdict(set)
        for entry in entries:
            if entry.kind not in LEVELS:
                continue
            level = LEVELS.index(entry.kind)
            code = entry.codes[level]
            if code is not None:
                names = (entry.name, *entry.aliases)
                self._cores[level, code].update(core(entry.kind, same_spelling(n)) for n in names)

    def objection(
        self, pieces: Sequence[Piece], joints: Sequence[Joint], used: int
    ) -> Unknown | None:
        """The first territory named in the pieces that none of the joints lies in, or None.

        A misspelt name of what lies around a joint is no objection: 玄舞区 for 玄武区. The piece
        with the index ``used`` has been understood already.
        """
        for i, piece in enumerate(pieces):
            if i == used or piece.text[0].isdigit():
                continue
            unknown = unknown_territory(piece.text)
            if unknown is None or (unknown.ruins and joints[0].codes[_COMMUNITY] is not None):
                continue
            if not self._fits(unknown, joints):
                return unknown
        return None

    def _fits(self, unknown: Unknown, joints: Sequence[Joint]) -> bool:
        if unknown.level < 0:
            return not self._city or any(alike(unknown.name, name) for name in self._city)
        return any(self._called(joint, unknown) for joint in joints)

    def _called(self, joint: Joint, unknown: Unknown) -> bool:
        code = joint.codes[unknown.level]
        known = self._cores.get((unknown.level, code)) if code is not None else None
        return not known or any(alike(unknown.name, name) for name in known)
