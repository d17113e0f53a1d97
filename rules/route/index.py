"""Which routes can be an event's at all: found by category, priority and territory.

A route stands on the shelf of each category and priority that it takes, and there under the finest
territories that it names, or under everywhere. An event's candidates are the few lists that speak
of it, merged into the order of precedence. What is merged for a street is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from messages.decision import PRIORITIES
from messages.model import Body
from rules.route.facts import Facts
from rules.route.flat import Route
from rules.route.matchers import TERRITORIES, Matcher

_ANSWERED: Final = frozenset({"category", "priority"})
_EVERYWHERE: Final = ("", "")
_AT: Final = {name: at for at, name in enumerate(Facts._fields)}
_COARSE: Final = ("street", "district")
"""Levels of which a city has few enough to keep a list for each."""

_FINE: Final = tuple(level for level in TERRITORIES if level not in _COARSE)


class Candidate(NamedTuple):
    """``rank`` first, so that they sort. ``left``: questions that the shelf has not answered, each
    with the ``RouteTried`` body of a no by it. ``whole``: one of them may ask for anything."""

    rank: int
    route: Route
    left: tuple[tuple[Callable[[Facts], bool], Body], ...]
    whole: bool


class _Shelf:
    """The routes of one category and priority. ``lists`` by territory; ``fine``: positions and
    levels of the finer ones among them; ``merged``: by street and district."""

    __slots__ = ("fine", "lists", "merged")

    def __init__(self) -> None:
        self.lists: dict[tuple[str, object], list[Candidate]] = {}
        self.merged: dict[tuple[str | None, str | None], list[Candidate]] = {}
        self.fine: tuple[tuple[int, str], ...] = ()

    def close(self) -> None:
        """All its routes are there: know which levels they ask for."""
        named = {level for level, _ in self.lists}
        self.fine = tuple((_AT[level], level) for level in _FINE if level in named)


class RouteIndex:
    """A tree's routes by what they can be the answer to. Pure."""

    def __init__(self, routes: Sequence[Route], codes: Sequence[str]) -> None:
        self._shelves: dict[tuple[str, str], _Shelf]
        self._shelves = {(c, p): _Shelf() for c in codes for p in PRIORITIES}
        # A code that is not of the taxonomy (an old record's) has routes that ask for none.
        self._others: dict[str, _Shelf] = {priority: _Shelf() for priority in PRIORITIES}
        for route in routes:
            self._place(route, codes)
        for shelf in (*self._shelves.values(), *self._others.values()):
            shelf.close()

    def _place(self, route: Route, codes: Sequence[str]) -> None:
        categories = _taken(route.matchers, "category", codes)
        of_all = not any(matcher.fact == "category" for matcher in route.matchers)
        territories, fact = _territories(route.matchers)
        candidate = _candidate(route, fact)
        for priority in _taken(route.matchers, "priority", PRIORITIES):
            shelves = [self._shelves[str(c), str(priority)] for c in categories if c in codes]
            if of_all:
                shelves.append(self._others[str(priority)])
            for shelf in shelves:
                for territory in territories:
                    shelf.lists.setdefault(territory, []).append(candidate)

    def candidates(self, facts: Facts) -> list[Candidate]:
        """Every route whose category, priority and finest territory take the event, in the order of
        precedence. Shared among events; never change it."""
        shelf = self._shelves.get((facts.category, facts.priority)) or self._others[facts.priority]
        place = (facts.street, facts.district)
        found = shelf.merged.get(place)
        if found is None:
            coarse = [(level, code) for level, code in zip(_COARSE, place, strict=True) if code]
            found = shelf.merged[place] = _merged(
                shelf.lists.get(_EVERYWHERE, []), [shelf.lists.get(key) for key in coarse]
            )
        if shelf.fine:
            fine = [shelf.lists.get((level, facts[at])) for at, level in shelf.fine]
            found = _merged(found, fine)
        return found


def _merged(first: list[Candidate], others: Iterable[list[Candidate] | None]) -> list[Candidate]:
    """All of them in the order of precedence; ``first`` itself where there are no others."""
    more = [candidate for other in others if other for candidate in other]
    return sorted(first + more, key=_RANK) if more else first


_RANK: Final = itemgetter(0)


def _candidate(route: Route, territory: str) -> Candidate:
    left = [
        (matcher, refused)
        for matcher, refused in zip(route.matchers, route.refused, strict=True)
        if matcher.fact not in _ANSWERED and not (territory and matcher.fact == territory)
    ]
    return Candidate(
        route.rank,
        route,
        tuple((matcher.holds, refused) for matcher, refused in left),
        any(matcher.name == "when" for matcher, _ in left),
    )


def _taken(
    matchers: Sequence[Matcher], fact: str, everything: Iterable[object]
) -> frozenset[object]:
    """The values of ``fact`` that all its matchers take."""
    found: frozenset[object] | None = None
    for matcher in matchers:
        if matcher.fact == fact and matcher.allowed is not None:
            found = matcher.allowed if found is None else found & matcher.allowed
    return frozenset(everything) if found is None else found


def _territories(matchers: Sequence[Matcher]) -> tuple[list[tuple[str, str]], str]:
    """Under which territories a route is listed, and the fact that this answers."""
    for level in TERRITORIES:
        if any(matcher.fact == level for matcher in matchers):
            return [(level, str(code)) for code in _taken(matchers, level, ())], level
    return [_EVERYWHERE], ""
