"""Which routes can be an event's at all: found by category, priority and territory.

A route stands on the shelf of each category and priority that it takes, and there under the finest
territories that it names, or under everywhere. An event's candidates are the few lists that speak
of it, merged into the order of precedence, so that ten thousand routes cost what ten do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from messages.decision import PRIORITIES
from messages.model import Body
from rules.route.asked import Asked, Reductions
from rules.route.facts import Facts
from rules.route.flat import Route
from rules.route.matchers import TERRITORIES, Matcher

KEPT: Final = 131_072
"""Lists of candidates, and answers to them, that are kept; then all start over."""

_ANSWERED: Final = frozenset({"category", "priority"})
_EVERYWHERE: Final = ("", "")
_AT: Final = {name: at for at, name in enumerate(Facts._fields)}
# Part of every key: who owns a case, and who is told, is a matter of its street and district.
_UNITS: Final = ("street", "district")


class Candidate(NamedTuple):
    """``rank`` first, so that they sort. ``left``: questions that the shelf has not answered, each
    with the ``RouteTried`` body of a no by it. ``asks``: positions in :class:`Facts`."""

    rank: int
    route: Route
    left: tuple[tuple[Callable[[Facts], bool], Body], ...]
    asks: frozenset[int]


class Candidates(NamedTuple):
    """In the order of precedence. ``asked``: reduces facts to what they can tell apart.
    ``answers``: what it came to before, by that; the router's to fill, by ``RouteIndex.keep``."""

    routes: tuple[Candidate, ...]
    asked: Asked
    answers: dict[object, Any]


class _Shelf:
    """The routes of one category and priority, by territory."""

    __slots__ = ("found", "key", "levels", "lists")

    def __init__(self) -> None:
        self.lists: dict[tuple[str, str], list[Candidate]] = {}
        self.found: dict[object, Candidates] = {}
        self.levels: tuple[str, ...] = ()
        self.key: Callable[[Facts], object] = _key(_UNITS)

    def close(self) -> None:
        """All its routes are there: know which levels they ask for."""
        named = {level for level, _ in self.lists}
        self.levels = tuple(level for level in TERRITORIES if level in named)
        self.key = _key(tuple(dict.fromkeys((*_UNITS, *self.levels))))


class RouteIndex:
    """A tree's routes by what they can be the answer to. Pure."""

    def __init__(self, routes: Sequence[Route], codes: Sequence[str]) -> None:
        self._reductions = Reductions(m for route in routes for m in route.matchers)
        self._shelves: dict[tuple[str, str], _Shelf]
        self._shelves = {(c, p): _Shelf() for c in codes for p in PRIORITIES}
        # A code that is not of the taxonomy (an old record's) has routes that ask for none.
        self._others: dict[str, _Shelf] = {priority: _Shelf() for priority in PRIORITIES}
        self._kept = 0
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

    def candidates(self, facts: Facts) -> Candidates:
        """Every route whose category, priority and finest territory take the event."""
        shelf = self._shelves.get((facts[0], facts[1])) or self._others[facts[1]]
        key = shelf.key(facts)
        found = shelf.found.get(key)
        if found is None:
            found = self._find(shelf, facts)
            self.keep(shelf.found, key, found)
        return found

    def keep(self, memo: dict[object, Any], key: object, value: object) -> None:
        """Remember, and forget everything when it has become too much."""
        self._kept += 1
        if self._kept > KEPT:
            self._kept = 0
            for shelf in (*self._shelves.values(), *self._others.values()):
                shelf.found.clear()
        memo[key] = value

    def _find(self, shelf: _Shelf, facts: Facts) -> Candidates:
        lists = shelf.lists
        found = list(lists.get(_EVERYWHERE, ()))
        several = False
        for level in shelf.levels:
            code = facts[_AT[level]]
            more = lists.get((level, code)) if code is not None else None  # type: ignore[arg-type]
            if more:
                several = True
                found += more
        if several:
            found.sort(key=_RANK)
        asks = frozenset().union(*[candidate.asks for candidate in found])
        return Candidates(tuple(found), self._reductions.of(asks), {})


_RANK: Final = itemgetter(0)


def _key(levels: Sequence[str]) -> Callable[[Facts], object]:
    return itemgetter(*(_AT[level] for level in levels))


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
        frozenset(at for matcher, _ in left for at in matcher.asks),
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
