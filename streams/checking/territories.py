"""The places that an event of a city can have, as far as routes can tell them apart."""

from __future__ import annotations

from collections.abc import Iterator

from geo.territory import Territory
from packs.tree import tree, walk
from rules.reach import Fragment
from streams.city import City

Codes = tuple[str | None, str | None, str | None, str | None]
"""District, street, community, grid."""

_NOWHERE: Codes = (None, None, None, None)


def known_places(city: City) -> Iterator[Fragment]:
    """District to grid, and whether it is located: every street and district, every community and
    grid that a route names, whoever is responsible there, and no place at all.

    Where no route names it, one cell of a street stands for all of them.
    """
    found = dict.fromkeys(_codes(city))
    for codes in found:
        yield _place(codes, located=True)
    yield _place(_NOWHERE, located=False)
    for codes in found:
        # An address that is ambiguous within it: known so far, and not located.
        yield _place(codes, located=False)


def covered_places(city: City) -> Iterator[Fragment]:
    """Every street and district that an event may be located in, every community and grid that a
    route names, and no place at all: each once."""
    yield _place(_NOWHERE, located=False)
    named = _named(city)
    for codes in dict.fromkeys(_codes(city)):
        # A cell that no route names is its street, to every route.
        if codes[3] is None or not named.isdisjoint(codes[2:]):
            yield _place(codes, located=True)


def _codes(city: City) -> Iterator[Codes]:
    named = _named(city)
    for ground in city.grounds:
        seen: set[tuple[str | None, str | None]] = set()
        for cell, territory in enumerate(ground.index.territories):
            own = _of(territory)
            parents = own[:2]
            if parents not in seen or not named.isdisjoint(own[2:]):
                seen.add(parents)
                yield own
            for answer in ground.answerable.get(cell, ()):
                parents = answer.unit["district"], answer.unit.get("street")
                yield *parents, None, None
                yield *parents, *own[2:]
        for district, street in dict.fromkeys(_parents(ground.index.territories)):
            yield district, street, None, None


def _parents(territories: tuple[Territory, ...]) -> Iterator[tuple[str | None, str | None]]:
    """What an address may name without its cell."""
    for territory in territories:
        for parents in ((territory.district, territory.street), (territory.district, None)):
            if parents != (None, None):
                yield parents


def _named(city: City) -> frozenset[str | None]:
    """Communities and grids that routes ask for."""
    matches = [node.match for _, node in walk(tree(city.pack))]
    return frozenset(code for m in matches for code in (*(m.community or ()), *(m.grid or ())))


def _of(territory: Territory) -> Codes:
    return territory.district, territory.street, territory.community, territory.grid


def _place(codes: Codes, *, located: bool) -> Fragment:
    district, street, community, grid = codes
    return {
        "district": district,
        "street": street,
        "community": community,
        "grid": grid,
        "located": located,
    }
