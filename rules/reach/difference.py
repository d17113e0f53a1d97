"""Whether two routers ever answer differently, with an event on which they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, Literal, NamedTuple, TypeAlias

from rules.reach.boxes import Box, Outside, WorkError, common, meet
from rules.reach.space import Space
from rules.route.facts import Facts
from rules.route.flat import Route
from rules.route.router import Routed, Router

STEPS: Final = 20_000
PARTS: Final = 20
EVENTS: Final = 500
"""Of each part: on the first of them the routers may happen to agree."""
_RESOLVED: Final = ("category", "district", "street")
"""The facts by which a target stands for a unit."""

Outcome: TypeAlias = tuple[str, str, frozenset[str], str | None]
_Placed: TypeAlias = tuple[Route, Box, list[Box]]


class Difference(NamedTuple):
    """``same``: proved, for every event of the space. ``differ``: as ``event`` shows.
    ``undecided``: neither was found out."""

    verdict: Literal["same", "differ", "undecided"]
    event: Facts | None = None


def outcome(routed: Routed) -> Outcome:
    """What counts of an answer: route, unit, copies, policy. Not the order of the copies, and not
    who came second."""
    return routed.route, routed.unit, frozenset(routed.copies), routed.escalation


def difference(one: Router, other: Router, space: Space) -> Difference:
    """Whether some event of the space has another outcome. The space is that of both routers'
    routes. Pure."""
    mine, theirs = _placed(one.routes, space), _placed(other.routes, space)
    sides: list[tuple[list[_Placed], list[_Placed]]] = [(mine, theirs), (theirs, mine)]
    regions = chain(
        _won_otherwise(mine, theirs), *(_told_otherwise(here, there) for here, there in sides)
    )
    verdict: Literal["same", "undecided"] = "same"
    for box, covers in regions:
        try:
            for part in islice(Outside(box, covers, STEPS), PARTS):
                event = _differing(part, one, other, space)
                if event is not None:
                    return Difference("differ", event)
                verdict = "undecided"
        except WorkError:
            verdict = "undecided"
    return Difference(verdict)


def _placed(routes: Sequence[Route], space: Space) -> list[_Placed]:
    """Every route with its box and those of the routes before it that end the search."""
    found: list[_Placed] = []
    before: list[Box] = []
    for route in routes:
        box = space.box(route)
        found.append((route, box, before))
        if not route.goes_on:
            before = [*before, box]
    return found


def _won_otherwise(mine: list[_Placed], theirs: list[_Placed]) -> Iterator[tuple[Box, list[Box]]]:
    """Where a route wins here and another, or another kind of it, there."""
    for route, box, before in mine:
        if route.goes_on:
            continue
        for other, its, before_it in theirs:
            if not other.goes_on and _says(route) != _says(other) and meet(box, its):
                yield common(box, its), before + before_it


def _told_otherwise(here: list[_Placed], there: list[_Placed]) -> Iterator[tuple[Box, list[Box]]]:
    """Where a route that goes on adds its copies here, and not there."""
    by_name = {route.name: (route, box, before) for route, box, before in there}
    for route, box, before in here:
        if not route.goes_on:
            continue
        other, its, before_it = by_name.get(route.name, (None, None, []))
        if other is None or its is None or _says(other) != _says(route):
            yield box, before
            continue
        yield box, [*before, its]
        for cover in before_it:
            if meet(box, cover):
                yield common(box, cover), before


def _says(route: Route) -> tuple[str, str, frozenset[str], str | None]:
    return route.name, route.to, frozenset(route.copies), route.escalation


def _differing(part: Box, one: Router, other: Router, space: Space) -> Facts | None:
    differs: Callable[[Facts], bool] = lambda event: (  # noqa: E731
        outcome(one.route(event)) != outcome(other.route(event))
    )
    plain = islice(space.events(part), 1)
    varied = islice(space.events(part, _RESOLVED), EVENTS)
    return next(filter(differs, chain(plain, varied)), None)
