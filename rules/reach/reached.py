"""Which routes some event reaches, with the event, or with the routes that leave it nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias

from rules.reach.boxes import Box, Met, Outside, WorkError
from rules.reach.space import Space
from rules.route.facts import Facts
from rules.route.flat import Route
from rules.route.router import Router

STEPS: Final = 20_000
PARTS: Final = 200
"""Parts of a route's box that are searched for an event, where conditions must be met."""

Verdict: TypeAlias = Literal["reached", "covered", "empty", "undecided"]
"""``covered``: the routes before it take all its events. ``empty``: nothing meets its questions.
``undecided``: too much work, or no event was found that meets a condition in CEL."""


class Reach(NamedTuple):
    """``witness``: an event that the router gives to the route (or, where it goes on, that it adds
    its copies to). ``by``: where it is covered, routes that suffice for it; where it is empty, its
    questions that contradict one another; where it is undecided, why."""

    route: Route
    verdict: Verdict
    witness: Facts | None = None
    by: tuple[str, ...] = ()


def reach(router: Router, space: Space) -> list[Reach]:
    """The verdict on every route of the router, in its order. Pure."""
    met, found = Met(), []
    names: list[str] = []
    for route in router.routes:
        box = space.box(route)
        before = [(names[number], met[number]) for number in met.by(box)]
        found.append(_one(route, box, before, router, space))
        if not route.goes_on:
            met.add(box)
            names.append(route.name)
    return found


def reaches(routed_by: Router, route: Route, facts: Facts) -> bool:
    """Whether the router gives the event to the route, or adds its copies."""
    tried = routed_by.route(facts).tried
    return any(one["matched"] and one["route"] == route.name for one in tried)


def _one(
    route: Route,
    box: Box,
    before: Sequence[tuple[str, Box]],
    router: Router,
    space: Space,
) -> Reach:
    contradicting = space.contradicting(route)
    if contradicting:
        return Reach(route, "empty", None, contradicting)
    outside = Outside(box, [b for _, b in before], STEPS)
    parts = 0
    try:
        for part in islice(outside, PARTS):
            parts += 1
            for facts in space.events(part):
                if reaches(router, route, facts):
                    return Reach(route, "reached", facts)
    except WorkError:
        return Reach(route, "undecided", None, ("too many pieces",))
    if parts:
        return Reach(route, "undecided", None, ("no event found that meets the condition",))
    names = [before[at][0] for at in sorted(outside.used)]
    boxes = [before[at][1] for at in sorted(outside.used)]
    return Reach(route, "covered", None, _needed(box, names, boxes))


def _needed(box: Box, names: list[str], boxes: list[Box]) -> tuple[str, ...]:
    """Of routes that cover a box, few that do: each is left out where the others suffice."""
    at = 0
    while at < len(names):
        others = boxes[:at] + boxes[at + 1 :]
        try:
            needed = next(iter(Outside(box, others, STEPS)), None) is not None
        except WorkError:
            needed = True
        if needed:
            at += 1
        else:
            del names[at], boxes[at]
    return tuple(names)
