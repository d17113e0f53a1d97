"""How many wrong trees the golden tests tell from the right one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple, TypeAlias

from messages.errors import PackError
from messages.model import Body
from packs.tree import tree
from rules.reach import Difference, Mutant, difference, mutants
from rules.route import Routed, Router, facts_of
from streams.checking.finding import Finding, at_route
from streams.checking.golden import Played, failures, play
from streams.checking.space import space_of
from streams.checking.wording import said
from streams.city import City

ENOUGH: Final = 0.95
"""The share of mutants that golden tests must kill."""

Fate: TypeAlias = Literal["killed", "survived", "equivalent", "refused"]


class Judged(NamedTuple):
    """A mutant and what became of it. ``killed``: a golden test fails on it. ``equivalent``: proved
    to decide on every event as the right tree does. ``refused``: no pack with it can be loaded.
    ``difference``: of a survivor, an event that would tell."""

    mutant: Mutant
    fate: Fate
    difference: Difference | None = None


class Mutation(NamedTuple):
    """``counts``: mutants by their fate. ``score``: the share killed of those that can be."""

    counts: Counter[str]
    findings: list[Finding]

    @property
    def score(self) -> float:
        killed, survived = self.counts["killed"], self.counts["survived"]
        return killed / (killed + survived) if killed + survived else 1.0


def check_mutants(city: City, held: Sequence[Played]) -> Mutation:
    """Route what the golden tests that hold recorded by every mutant of the city's tree.

    ``mutant_survived``: a note for each that no test fails on, with an event that would tell, and a
    finding where fewer than :data:`ENOUGH` are killed.
    """
    judged = list(judge_mutants(city, held))
    counts: Counter[str] = Counter(one.fate for one in judged)
    result = Mutation(counts, [])
    severity: Literal["finding", "note"] = "note" if result.score >= ENOUGH else "finding"
    for one in judged:
        if one.fate == "survived":
            route, change = one.mutant.route, one.mutant.change
            text = f"no golden test fails on a tree with route {route!r} {change}"
            mend = _mend(city, one)
            finding = at_route(city.pack, route, "mutant_survived", text, mend, severity)
            result.findings.append(finding)
    return result


def judge_mutants(city: City, held: Sequence[Played]) -> Iterator[Judged]:
    """The fate of every mutant, in the order of the tree."""
    routed = [one for one in held if one.decision.get("route") is not None]
    recorded = [(one, facts_of(one.decision)) for one in routed]
    remembered = city.remembered
    for mutant in mutants(tree(city.pack), city.router.routes):
        try:
            router = Router(mutant.routes, city.pack.taxonomy)
        except PackError:
            yield Judged(mutant, "refused")
            continue
        changed = replace(city, router=router)
        if changed.remembered == remembered:
            noticed = any(_fails(one, router.route(facts), city) for one, facts in recorded)
        else:
            # It would have counted other witnesses: what was recorded is not what it would see.
            noticed = _fails_anew(routed, changed)
        if noticed:
            yield Judged(mutant, "killed")
            continue
        # Only of those few that no test tells is it proved whether any could.
        space = space_of(city, [*city.router.routes, *router.routes])
        found = difference(city.router, router, space)
        yield Judged(mutant, "equivalent" if found.verdict == "same" else "survived", found)


def _fails(one: Played, routed: Routed, city: City) -> bool:
    decision: Body = {
        **one.decision,
        "route": routed.route,
        "unit": routed.unit,
        "copies": routed.copies,
        "escalation": routed.escalation or city.policies.get(one.decision["priority"]),
    }
    return bool(failures(one.test.expect, decision))


def _fails_anew(held: Sequence[Played], changed: City) -> bool:
    again = play([(one.number, one.test) for one in held], changed)
    return any(failures(one.test.expect, one.decision) for one in again)


def _mend(city: City, one: Judged) -> str:
    event = one.difference.event if one.difference is not None else None
    if event is None:
        return "no event was found that tells the two apart; perhaps there is none"
    right = city.router.route(event)
    wrong = Router(one.mutant.routes, city.pack.taxonomy).route(event)
    return f"test {said(event)}: {_answer(right)}; the wrong tree says {_answer(wrong)}"


def _answer(routed: Routed) -> str:
    copies = f" with copies to {', '.join(routed.copies)}" if routed.copies else ""
    policy = f", escalation {routed.escalation}" if routed.escalation else ""
    return f"{routed.unit} by {routed.route}{copies}{policy}"
