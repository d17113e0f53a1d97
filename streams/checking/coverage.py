"""Whether every category at every place, by day and by night, in every mode, has an owner."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from messages.decision import PRIORITIES
from packs.pack import Pack
from rules.reach import Fragment
from rules.route import Facts, Routed
from streams.checking.finding import Finding, at_route
from streams.checking.space import UNDECLARED
from streams.checking.territories import covered_places
from streams.checking.times import times
from streams.city import City


class Coverage(NamedTuple):
    """``routings``: how many combinations were routed."""

    routings: int
    findings: list[Finding]


class _Fault(NamedTuple):
    code: str
    route: str
    text: str
    mend: str


def check_coverage(city: City) -> Coverage:
    """Route every place × category × priority × mode × (working or not) of the pack.

    ``unknown_unit``: an owner or a copy has no queue. ``life_to_catch_all``: a P1 or a life-safety
    category is left to the last route, which asks nothing. ``no_policy``: a case of some priority
    would have no escalation, though the pack has policies. One finding a route, with an example.
    """
    routings = 0
    faults: dict[tuple[str, str], _Fault] = {}
    counts: dict[tuple[str, str], int] = {}
    units = {str(unit) for unit in city.units}
    for facts in combinations(city):
        routings += 1
        for fault in _faults(facts, city.router.route(facts), units, city):
            key = fault.code, fault.route
            faults.setdefault(key, fault)
            counts[key] = counts.get(key, 0) + 1
    findings = [_finding(city.pack, fault, counts[key]) for key, fault in faults.items()]
    return Coverage(routings, findings)


def combinations(city: City) -> Iterator[Facts]:
    """A report of every category and priority at each of :func:`covered_places`, in routine and in
    every mode, in working time and outside it."""
    modes = [(), *((scenario,) for scenario in city.pack.modes)]
    source = next((s.name for s in city.pack.sources.values() if s.lane == "reports"), UNDECLARED)
    # Made whole here, because putting a field in costs more than to route.
    settings = [
        Facts("", "", "report", source, **place, modes=mode, **moment)
        for place, moment, mode in product(covered_places(city), _moments(city), modes)
    ]
    life_at = Facts._fields.index("life_safety")
    rests = [(setting[2:life_at], setting[life_at + 1 :]) for setting in settings]
    for category, priority in product(city.category_names, PRIORITIES):
        life = category in city.screen.life_safety
        for before, after in rests:
            yield Facts._make((category, priority, *before, life, *after))


def _moments(city: City) -> list[Fragment]:
    """A minute of working time and one outside it; one of them where the calendar has no other."""
    found: dict[bool, Fragment] = {}
    for moment in times(city, (), ()):
        found.setdefault(moment["working"], moment)
    return list(found.values())


def _faults(facts: Facts, routed: Routed, units: set[str], city: City) -> Iterator[_Fault]:
    if routed.unit not in units or not units.issuperset(routed.copies):
        for unit in (routed.unit, *routed.copies):
            if unit not in units:
                yield _Fault(
                    "unknown_unit",
                    routed.route,
                    f"there is no queue of {unit}: {_said(facts)}",
                    "name a unit that the boundaries and city.yaml have",
                )
    last = city.router.routes[-1].name
    if routed.route == last and (facts.life_safety or facts.priority == "P1"):
        yield _Fault(
            "life_to_catch_all",
            last,
            f"nobody in particular gets what may cost a life: {_said(facts)}",
            "add a route for it before the last one",
        )
    if city.policies and not (routed.escalation or city.policies.get(facts.priority)):
        yield _Fault(
            "no_policy",
            routed.route,
            f"nobody hears when it is left lying: {_said(facts)}",
            "name an escalation, or a default for its priority in escalation.yaml",
        )


def _finding(pack: Pack, fault: _Fault, count: int) -> Finding:
    more = f" (and {count - 1:,} more)" if count > 1 else ""
    return at_route(pack, fault.route, fault.code, fault.text + more, fault.mend)


def _said(facts: Facts) -> str:
    where = facts.street or facts.district or "no place"
    when = "in working time" if facts.working else "outside working time"
    mode = facts.modes[0] if facts.modes else "routine"
    return f"{facts.category} {facts.priority} at {where} {when}, {mode}"
