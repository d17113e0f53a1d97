"""Routes that no event reaches, and questions that no event can answer with yes together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.reach import Reach, SetsError, reach
from streams.checking.finding import Finding, at_route
from streams.checking.space import space_of
from streams.city import City


def reached(city: City) -> Sequence[Reach]:
    """What is known of every route. Raises :class:`rules.reach.SetsError` where the routes ask for
    sets of layers, modes or marks in too many different ways."""
    return reach(city.router, space_of(city, city.router.routes))


def check_reach(city: City) -> tuple[list[Finding], Sequence[Reach]]:
    """``unreachable_route``, ``impossible_route`` and ``undecided_route``; and all verdicts."""
    try:
        verdicts = reached(city)
    except SetsError as error:
        document = city.pack.documents["routing.yaml"]
        text = f"which routes are reached could not be decided: {error}"
        mend = "ask for fewer different sets of layers, modes and filters"
        return [Finding("check.undecided_route", text, str(document.file), 1, mend)], ()
    return list(_findings(city, verdicts)), verdicts


def _findings(city: City, verdicts: Sequence[Reach]) -> Iterator[Finding]:
    for one in verdicts:
        name, by = one.route.name, ", ".join(one.by)
        if one.verdict == "covered":
            yield at_route(
                city.pack,
                name,
                "unreachable_route",
                f"no event is left for route {name!r}: taken before by {by}",
                "move it before them, narrow them, or take it out",
            )
        elif one.verdict == "empty":
            yield at_route(
                city.pack,
                name,
                "impossible_route",
                f"no event can be what route {name!r} asks for: {by}",
                "loosen what contradicts, or take it out",
            )
        elif one.verdict == "undecided":
            yield at_route(
                city.pack,
                name,
                "undecided_route",
                f"whether an event reaches route {name!r} could not be decided: {by}",
                "say more of its condition in plain matchers, or make it narrower",
            )
