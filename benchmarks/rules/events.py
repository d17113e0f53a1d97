"""Events for a tree: each is aimed at one of its routes, so that winners come from all of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from benchmarks.rules.city import LAYERS, MARKS, MODES, SOURCES, City
from benchmarks.rules.conditions import Asks, conditions
from benchmarks.rules.trees import leaves
from messages.decision import PRIORITIES
from packs.routing import RouteNode
from rules.route.facts import Facts

_SEED = 11
_TERRITORIES = ("grid", "community", "street", "district")
_WORK = (8 * 60 + 30, 17 * 60 + 30)  # of Monday to Friday
_UNLOCATED = 0.03


def make_events(city: City, nodes: Sequence[RouteNode], count: int) -> list[Facts]:
    """``count`` events, no two alike, in no order. Each meets all that some route asks for, every
    route is aimed at as often; one before it in the tree may win all the same."""
    rng = Random(_SEED + count)
    routes = [_wanted(city, conditions(path, city)) for _, path in leaves(nodes)]
    found: dict[Facts, None] = {}
    while len(found) < count:
        for wanted in rng.sample(routes, min(len(routes), count - len(found))):
            found[_event(rng, city, wanted)] = None
    events = list(found)
    rng.shuffle(events)
    return events


def _event(rng: Random, city: City, wanted: dict[str, Asks]) -> Facts:
    source = rng.choice(_values(wanted, "source", SOURCES))
    kinds = {"iot": ("alarm", "reading"), "camera": ("alarm",)}.get(source, ("report",))
    kind = rng.choice(_values(wanted, "kind", kinds))
    minute, weekday, working = _time(rng, wanted)
    priorities = rng.choices(PRIORITIES, (5, 20, 45, 30))
    category = rng.choice(_values(wanted, "category", city.codes))
    return Facts(
        category,
        rng.choice(_values(wanted, "priority", priorities)),
        kind,
        source,
        *_place(rng, city, wanted),
        category in city.life_safety,
        _some(rng, wanted, "layers", LAYERS, 0.2),
        _some(rng, wanted, "modes", MODES, 0.15),
        _some(rng, wanted, "marks", MARKS, 0.08),
        minute,
        weekday,
        working,
        _least(wanted) + min(int(rng.expovariate(1.2)), 20),
        None if kind == "report" else "level",
        "alarm" if kind == "alarm" else None,
        round(rng.gauss(20, 6), 1) if kind == "reading" else None,
        round(rng.uniform(0, 100), 1),
    )


def _wanted(city: City, route: Sequence[Asks]) -> dict[str, Asks]:
    """What a route and those above it ask for, fact by fact; a category always by its codes."""
    found: dict[str, Asks] = {}
    for fact, how, values in route:
        if how == "prefix":
            how, values = "one_of", tuple(c for c in city.codes if c.startswith(str(values[0])))
        if fact in found and how == "one_of":
            values = tuple(value for value in found[fact].values if value in values)
        found[fact] = Asks(fact, how, values)
    return found


def _values(wanted: dict[str, Asks], fact: str, otherwise: Sequence[str]) -> Sequence[Any]:
    return wanted[fact].values if fact in wanted else otherwise


def _place(rng: Random, city: City, wanted: dict[str, Asks]) -> tuple[Any, ...]:
    """District, street, community and grid cell, and whether the place is known."""
    finest = next((level for level in _TERRITORIES if level in wanted), None)
    within = str(rng.choice(wanted[finest].values)) if finest else ""
    place = city.place(rng, within)
    asked = wanted["located"].values[0] if "located" in wanted else None
    if asked is False or (asked is None and finest is None and rng.random() < _UNLOCATED):
        return (rng.choice((place.district, None)), None, None, None, False)
    return (*place, True)


def _time(rng: Random, wanted: dict[str, Asks]) -> tuple[int, int, bool]:
    """Minute, weekday, and whether that is working time. Raises ValueError for a route that asks
    for what no time is."""
    spans: Any = wanted["minute"].values if "minute" in wanted else ((0, 1440),)
    days: Any = wanted["weekday"].values if "weekday" in wanted else range(1, 8)
    for _ in range(10_000):
        minute, weekday = rng.randrange(*rng.choice(spans)), rng.choice(days)
        working = weekday <= 5 and _WORK[0] <= minute < _WORK[1]
        if "working" not in wanted or wanted["working"].values == (working,):
            return minute, weekday, working
    raise ValueError("no time is working time, and of the hours and days that the route asks for")


def _some(
    rng: Random, wanted: dict[str, Asks], fact: str, all_: Sequence[str], often: float
) -> tuple[str, ...]:
    if fact in wanted:
        value = str(rng.choice(wanted[fact].values))
        return () if value == "routine" else (value,)
    return (rng.choice(all_),) if rng.random() < often else ()


def _least(wanted: dict[str, Asks]) -> int:
    value = wanted["reports"].values[0] if "reports" in wanted else 1
    assert isinstance(value, int)
    return value
