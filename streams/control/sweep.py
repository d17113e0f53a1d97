"""What a mode would change in its area, over everything that can happen there: no event is needed.

The routes are asked of the city's own router, with the mode and without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple

from messages.decision import PRIORITIES, Priority
from messages.model import Body
from packs.modes import ModeFile
from packs.tree import walk
from rules.assess import Event
from rules.route import Facts
from streams.city import City

_HALF_HOUR_S: Final = 1800
_FORTNIGHT: Final = 14 * 48
_MEMORY: Final = ("reports", "source", "hours", "weekday", "marked", "community", "grid", "when")
"""What a route may ask for that a sweep does not go through."""


class Case(NamedTuple):
    """What becomes of an event: ``street``, ``district`` where it is the event's own. ``copies``
    by name, because their order tells nothing."""

    priority: Priority
    unit: str
    copies: tuple[str, ...]
    escalation: str | None


class Difference(NamedTuple):
    """``added``: what the mode adds to the score, by the name of its contributions."""

    before: Case
    after: Case
    added: tuple[tuple[str, float], ...]

    @property
    def is_none(self) -> bool:
        return self.before == self.after


class Circumstances(NamedTuple):
    """``layer``: that the place lies in, or None. Plain ones are a report's, in no layer."""

    working: bool
    layer: str | None = None
    kind: str = "report"

    @property
    def plain(self) -> Circumstances:
        return Circumstances(self.working)


@dataclass(frozen=True, slots=True)
class Row:
    """One difference: events of a category that begin with a priority, in some of the area's
    ``streets``. ``only``: circumstances that it is bound to, such as ``out of working time``."""

    category: str
    name: str
    difference: Difference
    only: tuple[str, ...]
    streets: tuple[str, ...]

    def as_row(self) -> Body:
        """The same for programs."""
        before, after, added = self.difference
        return {
            "category": self.category,
            "name": self.name,
            "before": before._asdict(),
            "after": after._asdict(),
            "contributions": [{"name": name, "points": points} for name, points in added],
            "only": self.only,
            "streets": self.streets,
        }


@dataclass(frozen=True, slots=True)
class Sweep:
    """``combinations``: street × category × priority × circumstances, ``changed`` of them otherwise
    under the mode. ``streets``: how many the area has. ``unswept``: what of the mode asks for more
    than a sweep goes through."""

    rows: tuple[Row, ...]
    combinations: int
    changed: int
    streets: int
    unswept: tuple[str, ...]


def sweep(city: City, scenario: str, area: Iterable[str], now: float) -> Sweep:
    """What the scenario would change in an area, in and out of working time.

    ``now``: epoch seconds; the next half-hour of either kind stands for all. A score stands at the
    beginning of its priority. Beside plain reports, places in the layers and events of the kinds
    that the mode asks for are gone through.
    """
    mode = city.pack.modes[scenario]
    streets = streets_of(city, area)
    facts = _moments(city, now)
    circumstances = [
        Circumstances(working, layer, kind)
        for layer, kind, working in product([None, *_layers(mode)], _kinds(mode), facts)
    ]
    rows: list[Row] = []
    combinations = changed = 0
    for category in city.pack.taxonomy.categories:
        added = {at: _added(city, scenario, category.code, at) for at in circumstances}
        for priority in PRIORITIES:
            found: dict[Circumstances, dict[Difference, tuple[str, ...]]] = {}
            for at in circumstances:
                event = facts[at.working]._replace(
                    category=category.code,
                    priority=priority,
                    kind=at.kind,
                    life_safety=category.life_safety,
                    layers=() if at.layer is None else (at.layer,),
                )
                by = found[at] = _by_difference(city, event, scenario, added[at], streets)
                combinations += len(streets)
                changed += sum(len(where) for one, where in by.items() if not one.is_none)
            rows += (
                Row(category.code, category.name, one, only, where)
                for one, only, where in _told(found, len(facts))
            )
    return Sweep(tuple(rows), combinations, changed, len(streets), tuple(_unswept(mode)))


def streets_of(city: City, area: Iterable[str]) -> dict[str, str | None]:
    """The streets of an area by code, each with its district; those of the latest boundary set."""
    units = set(area)
    found = {
        code: located.place.get("district")
        for (level, code), located in city.grounds[-1].territories.items()
        if level == "street"
    }
    return {
        street: district
        for street, district in found.items()
        if not units.isdisjoint(("city", f"district:{district}", f"street:{street}"))
    }


def _by_difference(
    city: City,
    event: Facts,
    scenario: str,
    added: tuple[tuple[str, float], ...],
    streets: Mapping[str, str | None],
) -> dict[Difference, tuple[str, ...]]:
    """What the mode changes of an event in each street: difference → streets."""
    scale: Mapping[str, float] = city.pack.assessment.points.model_dump()
    score = scale[event.priority]
    more = score + sum(points for _, points in added)
    priority = next((p for p in PRIORITIES if more >= scale[p]), PRIORITIES[-1])
    found: dict[Difference, list[str]] = {}
    for street, district in streets.items():
        facts = event._replace(street=street, district=district, score=score)
        moded = facts._replace(score=more, priority=priority, modes=(scenario,))
        one = Difference(_case(city, facts), _case(city, moded), added)
        found.setdefault(one, []).append(street)
    return {one: tuple(where) for one, where in found.items()}


def _case(city: City, facts: Facts) -> Case:
    routed = city.router.route(facts)
    return Case(
        facts.priority,  # type: ignore[arg-type]  # one of the four
        _own(routed.unit, facts),
        tuple(sorted(_own(unit, facts) for unit in routed.copies)),
        routed.escalation or city.policies.get(facts.priority),
    )


def _own(unit: str, facts: Facts) -> str:
    if unit == f"street:{facts.street}":
        return "street"
    return "district" if unit == f"district:{facts.district}" else unit


def _added(
    city: City, scenario: str, category: str, at: Circumstances
) -> tuple[tuple[str, float], ...]:
    """What the mode's contributions add to an event by itself."""
    event = Event(category, at.kind, "", layers=() if at.layer is None else (at.layer,))
    before = city.assessor.assess(event).contributions
    after = city.assessor.assess(event._replace(modes=(scenario,))).contributions
    return tuple((part["name"], part["points"]) for part in after if part not in before)


def _moments(city: City, now: float) -> dict[bool, Facts]:
    """By whether it is working time: an otherwise empty event at such a time."""
    found: dict[bool, Facts] = {}
    for step in range(_FORTNIGHT):
        local = city.calendar.at(now + step * _HALF_HOUR_S)
        if local.working not in found:
            at = {"minute": local.minute, "weekday": local.weekday, "working": local.working}
            found[local.working] = Facts("", "", "report", "", **at)  # type: ignore[arg-type]
    return dict(sorted(found.items(), reverse=True))


def _layers(mode: ModeFile) -> list[str]:
    asked = [node.match.layer or () for _, node in walk(mode.nodes)]
    asked += [part.layer or () for part in mode.contributions]
    return sorted({layer for layers in asked for layer in layers})


def _kinds(mode: ModeFile) -> list[str]:
    asked = [node.match.kind or () for _, node in walk(mode.nodes)]
    asked += [part.kind or () for part in mode.contributions]
    return ["report", *sorted({kind for kinds in asked for kind in kinds} - {"report"})]


def _unswept(mode: ModeFile) -> Iterator[str]:
    for _, node in walk(mode.nodes):
        asks = [name for name in _MEMORY if getattr(node.match, name) is not None]
        if asks:
            yield f"route {node.route} also asks for {', '.join(asks)}"
    for part in mode.contributions:
        asks = [n for n in ("corroborated", "reports", "magnitude") if getattr(part, n) is not None]
        if asks:
            yield f"contribution {part.name} also asks for {', '.join(asks)}"


def _told(
    found: Mapping[Circumstances, Mapping[Difference, tuple[str, ...]]], times: int
) -> Iterator[tuple[Difference, tuple[str, ...], tuple[str, ...]]]:
    """Each difference with the circumstances it is bound to, in words, and its streets. What is so
    for plain reports is not told again of others. ``times``: 2 where some time is not worked."""
    working: dict[tuple[Difference, tuple[str, ...], str | None, str], set[bool]] = {}
    for at, by in found.items():
        if at != at.plain and by == found[at.plain]:
            continue
        for one, where in by.items():
            if not one.is_none:
                working.setdefault((one, where, at.layer, at.kind), set()).add(at.working)
    for (one, where, layer, kind), when in working.items():
        only = [f"in layer {layer}"] if layer is not None else []
        only += [f"kind {kind}"] if kind != "report" else []
        if len(when) < times:
            only.append("in working time" if True in when else "out of working time")
        yield one, tuple(only), where
