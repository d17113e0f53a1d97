"""Routing trees as cities write them, of any size: always the same one for a size.

First come the streets' own rules, then the districts', then the city's by category, and last the
few that ask for neither category nor territory, down to the one that takes what is left. A city
adds routes by having more said about each of its streets: what it says for the whole city, and
without a category, hardly grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from benchmarks.rules.city import DEPARTMENTS, GROUPS, LAYERS, MARKS, MODES, SOURCES, City
from packs.routing import Match, RouteNode, RoutingFile

_SEED = 20251
_OF_THE_CITY = 150  # routes for a category everywhere: two or three for each, and no more
_BY_DISTRICT = 0.15  # of the routes with a territory
_FINER = 0.05  # of a street's routes are for one of its communities or grid cells
_LEAST = 5  # routes of a street that has any

_EXTRAS = (
    *(("priority", 40), ("working", 20), ("hours", 10), ("mode", 8), ("source", 8)),
    *(("reports", 5), ("kind", 4), ("weekday", 3), ("layer", 2), ("marked", 1)),
)
_HOURS = (("22:00-06:00",), ("07:00-08:30", "16:00-18:00"), ("18:00-24:00",), ("11:30-13:30",))
_BEFORE: tuple[dict[str, Any], ...] = (
    {"route": "triage", "match": {"located": False}, "to": "district"},
    {"route": "feed-119", "match": {"source": ["feed-119"]}, "to": "linkage:119", "continue": True},
)
_AFTER: tuple[dict[str, Any], ...] = (
    {
        "route": "urgent",
        "match": {"priority": ["P1", "P2"]},
        "to": "street",
        "copies": ["district"],
    },
    {"route": "serial", "match": {"marked": ["serial"]}, "to": "city"},
    {"route": "storm", "match": {"mode": ["flood", "typhoon"]}, "to": "linkage:110"},
    {"route": "many", "match": {"reports": 4}, "to": "district", "copies": ["street"]},
    {"route": "night", "match": {"working": False, "source": ["iot", "camera"]}, "to": "city"},
    {"route": "slow", "match": {"kind": ["reading"], "priority": ["P4"]}, "to": "dept"},
)


def make_tree(city: City, size: int) -> tuple[RouteNode, ...]:
    """A tree of ``size`` routes that can be tried, the last of which takes every event."""
    rng = Random(_SEED + size)
    general = min(len(_BEFORE) + len(_AFTER), max(1, size // 12))
    after = _AFTER[:general]
    before = _BEFORE[: general - len(after)]
    wide = min(_OF_THE_CITY, size * 3 // 10)
    local = size - 1 - general - wide
    nodes = [
        *before,
        *_of_territories(rng, city, local),
        *_of_groups(rng, city, wide),
        *after,
        {"route": "street-default", "to": "street"},
    ]
    return RoutingFile.model_validate({"schema_version": 1, "nodes": nodes}, strict=False).nodes


def _of_territories(rng: Random, city: City, count: int) -> Iterator[dict[str, Any]]:
    """``count`` routes of streets and districts, a node for each territory: the streets first."""
    by_district = round(count * _BY_DISTRICT)
    streets = [street for of_one in city.streets.values() for street in of_one]
    for level, all_, many in (
        ("street", streets, count - by_district),
        ("district", list(city.streets), by_district),
    ):
        some = rng.sample(all_, min(len(all_), max(1, many // _LEAST)))
        for number, code in enumerate(some):
            share = len(range(number, many, len(some)))
            if share:
                children = _leaves(rng, city, f"{level[0]}{code}", share, code)
                yield {"route": f"{level}-{code}", "match": {level: [code]}, "children": children}


def _of_groups(rng: Random, city: City, count: int) -> Iterator[dict[str, Any]]:
    """``count`` routes of the whole city, a node for each group of categories."""
    groups = rng.sample(GROUPS, min(len(GROUPS), count))
    for number, group in enumerate(groups):
        share = len(range(number, count, len(groups)))
        node: dict[str, Any] = {"route": f"city-{group}", "match": {"category": [f"{group}*"]}}
        if number % 2 == 0:  # else what its children leave goes on to the general routes
            node["match"]["priority"] = ["P1", "P2", "P3"]
            node["to"] = "dept"
            share -= 1
        node["children"] = _leaves(rng, city, f"city-{group}", share, "", group)
        if share or "to" in node:
            yield node


def _leaves(
    rng: Random, city: City, name: str, count: int, territory: str, group: str = ""
) -> list[dict[str, Any]]:
    """``count`` routes, those that ask most first: nobody writes a rule below one that takes all
    of its events."""
    found: dict[str, dict[str, Any]] = {}
    closed: set[str] = set()
    while len(found) < count:
        match = _match(rng, city, territory, group, closed)
        found.setdefault(repr(match), match)
    matches = sorted(found.values(), key=_telling)
    return [
        {"route": f"{name}-{number}", "match": match, **_leads(rng)}
        for number, match in enumerate(matches)
    ]


def _match(rng: Random, city: City, territory: str, group: str, closed: set[str]) -> dict[str, Any]:
    within = [code for code in city.codes if code.startswith(group)]
    if not group and rng.random() < 0.25:
        prefix = rng.choice(GROUPS)
        match: dict[str, Any] = {"category": [f"{prefix}*"]}
        codes = {code for code in within if code.startswith(prefix)}
    else:
        codes = set(rng.sample(within, rng.choice((1, 1, 1, 2, 3))))
        match = {"category": sorted(codes)}
    if len(territory) == 9 and rng.random() < _FINER:
        place = city.place(rng, territory)
        match.update(rng.choice(({"community": [place.community]}, {"grid": [place.grid]})))
    extras = rng.choices((0, 1, 2), (35, 45, 20))[0]
    if not extras and not match.keys() & {"community", "grid"}:
        # A second rule without conditions for the same category would never win.
        extras = 1 if codes <= closed else 0
        closed |= set() if extras else codes
    names, weights = zip(*_EXTRAS, strict=True)
    for extra in rng.choices(names, weights, k=extras):
        match[extra] = _extra(rng, extra)
    if match.get("working"):  # at night and at weekends, nobody works
        match.pop("hours", None)
        match.pop("weekday", None)
    return match


def _extra(rng: Random, name: str) -> object:
    match name:
        case "priority":
            return rng.choice((["P1"], ["P2"], ["P1", "P2"], ["P3"], ["P3", "P4"]))
        case "working":
            return rng.random() < 0.4
        case "hours":
            return list(rng.choice(_HOURS))
        case "mode":
            return [rng.choice((*MODES, "routine"))]
        case "source":
            return rng.sample(SOURCES, rng.choice((1, 1, 2)))
        case "reports":
            return rng.choice((2, 3, 5))
        case "kind":
            return rng.choice((["report"], ["alarm"], ["alarm", "reading"]))
        case "weekday":
            return ["sat", "sun"] if rng.random() < 0.5 else ["mon", "tue", "wed", "thu", "fri"]
        case "layer":
            return [rng.choice(LAYERS)]
        case _:
            return [rng.choice(MARKS)]


def _telling(match: dict[str, Any]) -> tuple[int, int]:
    """Sorts what asks for more before what asks for less."""
    wide = sum(10 if code.endswith("*") else 1 for code in match["category"])
    return -len(match), wide


def _leads(rng: Random) -> dict[str, Any]:
    to = rng.choice(("street", "street", "dept", "district", f"dept:{rng.choice(DEPARTMENTS)}"))
    told = ("street", "district", "city", "dept", "linkage:110", "linkage:119")
    copies = rng.sample(told, rng.choice((0, 0, 1, 1, 2, 4)))
    return {"to": to, "copies": copies}


def leaves(
    nodes: Iterable[RouteNode], above: tuple[Match, ...] = ()
) -> Iterator[tuple[RouteNode, tuple[Match, ...]]]:
    """Every route with a target and all the matches that it needs, in the order of precedence."""
    for node in nodes:
        path = (*above, node.match)
        yield from leaves(node.children, path)
        if node.to is not None:
            yield node, path
