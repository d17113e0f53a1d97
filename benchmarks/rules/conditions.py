"""The flat list of routes in words of no library: what every contender but ours is written from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from benchmarks.rules.city import City
from benchmarks.rules.trees import leaves
from packs.routing import Match, RouteNode

How: TypeAlias = Literal["one_of", "prefix", "is", "any_of", "mode", "spans", "at_least"]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TELLING = ("grid", "community", "street", "category", "district", "priority")


class Asks(NamedTuple):
    """One condition on the fact ``fact``. ``values`` by ``how``: those it may be; its one prefix;
    the truth; those of which its list must have one (``mode``: ``routine`` is an empty list);
    minutes from, and before which; the least number."""

    fact: str
    how: How
    values: tuple[object, ...]


class Flat(NamedTuple):
    """A route that can win, with all that it asks. The most telling first, so that a no is soon."""

    name: str
    asks: tuple[Asks, ...]


def flat_list(nodes: Iterable[RouteNode], city: City) -> tuple[Flat, ...]:
    """Every route that can win, in the order of precedence. Routes that only add copies are left
    out: who looks for the winner alone need not ask them."""
    return tuple(
        Flat(node.route, conditions(path, city))
        for node, path in leaves(nodes)
        if not node.continue_
    )


def conditions(path: Iterable[Match], city: City) -> tuple[Asks, ...]:
    """All that a route and those above it ask, the most telling first."""
    found = [asks for match in path for asks in _of(match, city)]
    places = {name: at for at, name in enumerate(_TELLING)}
    return tuple(sorted(found, key=lambda asks: places.get(asks.fact, len(places))))


def _of(match: Match, city: City) -> Iterable[Asks]:
    for name, value in match:
        if value is None:
            continue
        match name:
            case "category":
                yield _category(value, city)
            case "life_safety":
                safe = city.life_safety
                codes = safe if value else tuple(c for c in city.codes if c not in safe)
                yield Asks("category", "one_of", codes)
            case "layer" | "marked":
                yield Asks({"layer": "layers", "marked": "marks"}[name], "any_of", value)
            case "mode":
                yield Asks("modes", "mode", value)
            case "located" | "working":
                yield Asks(name, "is", (value,))
            case "hours":
                yield Asks(
                    "minute", "spans", tuple(span for text in value for span in _spans(text))
                )
            case "weekday":
                yield Asks("weekday", "one_of", tuple(_WEEKDAYS.index(day) + 1 for day in value))
            case "reports":
                yield Asks("reports", "at_least", (value,))
            case "priority" | "kind" | "source" | "district" | "street" | "community" | "grid":
                yield Asks(name, "one_of", value)
            case _:
                raise NotImplementedError(f"no peer was taught {name}")


def _category(patterns: tuple[str, ...], city: City) -> Asks:
    if len(patterns) == 1 and patterns[0].endswith("*"):
        return Asks("category", "prefix", (patterns[0][:-1],))
    codes = dict.fromkeys(
        code
        for pattern in patterns
        for code in city.codes
        if code == pattern or (pattern.endswith("*") and code.startswith(pattern[:-1]))
    )
    return Asks("category", "one_of", tuple(codes))


def _spans(text: str) -> list[tuple[int, int]]:
    """Minutes from and to of ``22:00-06:00``: two pieces where midnight lies between."""
    first, last = (int(at[:2]) * 60 + int(at[3:]) for at in text.split("-"))
    return [(first, last)] if first < last else [(first, 1440), (0, last)]
