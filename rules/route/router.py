"""The tree at work: the winner, the runner-up and everything that was tried on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from messages.errors import PackError
from messages.model import Body
from rules.given import Taxonomy
from rules.route.facts import Facts
from rules.route.flat import Route, flatten
from rules.route.given import Node
from rules.route.index import RouteIndex
from rules.route.remembered import remembered

REPORTS = Facts._fields.index("reports")


class Routed(NamedTuple):
    """``unit`` owns, ``copies`` are told. ``runner_up``: the route that would have won without the
    winner. ``tried``: bodies of ``RouteTried``, of the routes that speak of the event's category,
    priority and territory, up to the winner; a matched one before it only added copies.
    ``escalation``: the policy that the winner names. Shared among events; never change them."""

    unit: str
    copies: tuple[str, ...]
    route: str
    runner_up: str | None
    tried: tuple[Body, ...]
    escalation: str | None


class Router:
    """A pack's tree, compiled. Pure: equal arguments, equal results.

    ``route``: the one route of an event, with all that was tried on the way to it. ``routes``: as
    they are asked. ``counted``: categories whose reports some route counts; ``counting``: names of
    those routes.
    """

    route: Callable[[Facts], Routed]
    routes: tuple[Route, ...]
    counted: frozenset[object]
    counting: frozenset[str]

    def __init__(self, routes: Sequence[Route], taxonomy: Taxonomy) -> None:
        codes = [c.code for c in taxonomy.categories]
        self.routes = tuple(routes)
        self._departments = {c.code: c.department for c in taxonomy.categories}
        self.counting = frozenset(route.name for route in self.routes if _counts(route))
        self.counted = frozenset().union(
            *(_categories(route, codes) for route in self.routes if _counts(route))
        )
        self._index = RouteIndex(self.routes, codes)
        self.route = remembered(
            self._find, [matcher for route in self.routes for matcher in route.matchers]
        )
        last = self.routes[-1] if self.routes else None
        if last is None or last.goes_on or last.matchers:
            raise PackError(
                "no_catch_all",
                "the last route does not take every event that is left",
                mend="end the routes with one without match, such as street-default",
            )

    @classmethod
    def compile(cls, nodes: Sequence[Node], taxonomy: Taxonomy) -> Router:
        """The router of a routing tree. Raises ``pack.no_catch_all`` or
        :class:`rules.route.flat.RouteError`."""
        codes = [c.code for c in taxonomy.categories]
        life = [c.code for c in taxonomy.categories if c.life_safety]
        return cls(flatten(nodes, codes, life), taxonomy)

    def everything_tried(self, facts: Facts) -> list[Body]:
        """Every route of the tree with its answer, in its order: what ``explain`` shows beside the
        few that :meth:`route` had to ask."""
        return [_asked(route, facts) for route in self.routes]

    def _find(self, facts: Facts) -> tuple[Routed, bool]:
        """The answer; and whether every question was about single facts, none a condition."""
        tried: list[Body] = []
        told: list[str] = []
        winner: Route | None = None
        runner_up: str | None = None
        whole = False
        for candidate in self._index.candidates(facts):
            route = candidate.route
            whole = whole or candidate.whole
            for holds, refused in candidate.left:
                if not holds(facts):
                    if winner is None:
                        tried.append(refused)
                    break
            else:
                if winner is None:
                    tried.append(route.matched)
                    if route.goes_on:
                        told += [route.to, *route.copies]
                    else:
                        winner = route
                elif not route.goes_on:
                    runner_up = route.name
                    break
        # The last route takes every event, so there always is a winner; nothing need come after it.
        assert winner is not None
        return self._routed(winner, told, runner_up, tried, facts), not whole

    def _routed(
        self,
        winner: Route,
        told: list[str],
        runner_up: str | None,
        tried: list[Body],
        facts: Facts,
    ) -> Routed:
        unit = self._unit(winner.to, facts) or "city"
        copies = dict.fromkeys([self._unit(copy, facts) for copy in (*winner.copies, *told)])
        return Routed(
            unit,
            tuple([copy for copy in copies if copy is not None and copy != unit]),
            winner.name,
            runner_up,
            tuple(tried),
            winner.escalation,
        )

    def _unit(self, target: str, facts: Facts) -> str | None:
        """The unit a target stands for; None for the department of a category without one, when
        the place does not tell either."""
        if target == "dept":
            department = self._departments.get(facts.category)
            if department is not None:
                return f"dept:{department}"
            target = "street"
        if target == "street" and facts.street is not None:
            return f"street:{facts.street}"
        if target in ("street", "district"):
            return f"district:{facts.district}" if facts.district is not None else "city"
        return target


def _counts(route: Route) -> bool:
    return any(REPORTS in matcher.asks for matcher in route.matchers)


def _categories(route: Route, codes: Sequence[str]) -> frozenset[object]:
    found = frozenset[object](codes)
    for matcher in route.matchers:
        if matcher.fact == "category" and matcher.allowed is not None:
            found &= matcher.allowed
    return found


def _asked(route: Route, facts: Facts) -> Body:
    for matcher, body in zip(route.matchers, route.refused, strict=True):
        if not matcher.holds(facts):
            return body
    return route.matched
