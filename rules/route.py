"""Whose an event is: a tree of matches, depth first, first match wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from messages.errors import PackError
from messages.model import Body
from rules.given import Taxonomy
from rules.memo import Memo


class Match(Protocol):
    """What must hold; None asks nothing. See ``packs/routing.py``."""

    @property
    def category(self) -> Sequence[str] | None: ...
    @property
    def priority(self) -> Sequence[str] | None: ...
    @property
    def kind(self) -> Sequence[str] | None: ...
    @property
    def source(self) -> Sequence[str] | None: ...
    @property
    def district(self) -> Sequence[str] | None: ...
    @property
    def street(self) -> Sequence[str] | None: ...
    @property
    def located(self) -> bool | None: ...
    @property
    def life_safety(self) -> bool | None: ...


class Node(Protocol):
    """One route of the tree."""

    @property
    def route(self) -> str: ...
    @property
    def match(self) -> Match: ...
    @property
    def to(self) -> str | None: ...
    @property
    def copies(self) -> Sequence[str]: ...
    @property
    def continue_(self) -> bool: ...
    @property
    def children(self) -> Sequence[Node]: ...


class Routing(Protocol):
    """The whole tree."""

    @property
    def nodes(self) -> Sequence[Node]: ...


class Facts(NamedTuple):
    """All that a route can ask about an event."""

    category: str
    priority: str
    kind: str
    source: str
    district: str | None
    street: str | None
    located: bool
    life_safety: bool


class Routed(NamedTuple):
    """``unit`` owns, ``copies`` are told. ``runner_up``: the route that would have won without the
    winner. ``tried``: bodies of ``RouteTried`` up to the winner; a matched route that is not
    ``route`` is one with children, or one that only added copies. Shared; never change them."""

    unit: str
    copies: tuple[str, ...]
    route: str
    runner_up: str | None
    tried: tuple[Body, ...]


class _Route(NamedTuple):
    name: str
    matchers: tuple[tuple[str, int, frozenset[object]], ...]
    to: str | None
    copies: tuple[str, ...]
    goes_on: bool
    children: tuple[_Route, ...]


class Router:
    """A pack's tree, compiled. Pure: equal arguments, equal results."""

    def __init__(self, routing: Routing, taxonomy: Taxonomy) -> None:
        codes = [c.code for c in taxonomy.categories]
        self._departments = {c.code: c.department for c in taxonomy.categories}
        self._routes = tuple(_compile(node, codes) for node in routing.nodes)
        self._memo: Memo[Facts, Routed] = Memo()
        last = self._routes[-1] if self._routes else None
        if last is None or last.to is None or last.goes_on or last.matchers:
            raise PackError(
                "no_catch_all",
                "the last route does not take every event that is left",
                mend="end the routes with one without match, such as street-default",
            )

    @classmethod
    def compile(cls, routing: Routing, taxonomy: Taxonomy) -> Router:
        """The router of a pack's ``routing.yaml``. Raises ``pack.no_catch_all``."""
        return cls(routing, taxonomy)

    def route(
        self,
        category: str,
        priority: str,
        kind: str,
        source: str,
        district: str | None,
        street: str | None,
        located: bool,
        life_safety: bool,
    ) -> Routed:
        """The one route of an event, with all that was tried on the way to it."""
        facts = Facts(category, priority, kind, source, district, street, located, life_safety)
        return self._memo.get(facts) or self._memo.keep(facts, self._decide(facts))

    def _decide(self, facts: Facts) -> Routed:
        tried: list[Body] = []
        told: list[str] = []
        matches = _walk(self._routes, facts, tried)
        # The last route takes every event, so there always is a winner …
        for winner in matches:
            if not winner.goes_on:
                break
            told += [winner.to or "city", *winner.copies]
        trail = tuple(tried)
        # … but nothing need come after it.
        runner_up = next((route.name for route in matches if not route.goes_on), None)
        unit = self._unit(winner.to or "city", facts) or "city"
        copies = dict.fromkeys(self._unit(copy, facts) for copy in (*winner.copies, *told))
        return Routed(
            unit,
            tuple(copy for copy in copies if copy is not None and copy != unit),
            winner.name,
            runner_up,
            trail,
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


def _walk(routes: tuple[_Route, ...], facts: Facts, tried: list[Body]) -> Iterator[_Route]:
    """Every route that would take the event, in the order of precedence; notes what it tried."""
    for route in routes:
        failed = next((n for n, at, allowed in route.matchers if facts[at] not in allowed), "")
        entry: Body = {"route": route.name, "matched": not failed}
        if failed:
            entry["failed"] = failed
        tried.append(entry)
        if not failed:
            yield from _walk(route.children, facts, tried)
            if route.to is not None:
                yield route


def _compile(node: Node, codes: Sequence[str]) -> _Route:
    matchers: list[tuple[str, int, frozenset[object]]] = []
    # The cheap and most telling questions first, whatever their order in the file.
    for at, name in enumerate(Facts._fields):
        asked = getattr(node.match, name)
        if asked is None:
            continue
        if name == "category":
            allowed: frozenset[object] = frozenset(_expand(asked, codes))
        else:
            allowed = frozenset([asked] if isinstance(asked, bool) else asked)
        matchers.append((name, at, allowed))
    return _Route(
        node.route,
        tuple(matchers),
        node.to,
        tuple(node.copies),
        node.continue_,
        tuple(_compile(child, codes) for child in node.children),
    )


def _expand(patterns: Sequence[str], codes: Sequence[str]) -> set[str]:
    found = {p for p in patterns if not p.endswith("*")}
    for pattern in patterns:
        if pattern.endswith("*"):
            found |= {code for code in codes if code.startswith(pattern[:-1])}
    return found
