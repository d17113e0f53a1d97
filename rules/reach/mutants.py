"""Trees that are wrong in one place: what golden tests must tell from the right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from rules.reach.negation import negated
from rules.route.flat import Route
from rules.route.given import Node

Routes: TypeAlias = tuple[Route, ...]


class Mutant(NamedTuple):
    """``route``: the one that was changed; ``change``: what was done to it, for a person.
    ``routes``: of the whole tree then, laid flat."""

    route: str
    change: str
    routes: Routes


class _Block(NamedTuple):
    """A node of the tree and where it, with all below it, lies in the flat one. ``next_end``: where
    its next sibling ends, which begins at ``end``; None after the last."""

    node: Node
    start: int
    end: int
    next_end: int | None


def mutants(nodes: Sequence[Node], routes: Sequence[Route]) -> Iterator[Mutant]:
    """Every tree with one route deleted or swapped with its next sibling, one of its questions
    negated or dropped, its target, one of its copies or its policy changed.

    ``routes``: ``nodes`` laid flat, as :attr:`rules.route.Router.routes`. A tree that ends without
    a catch-all is among them; a router refuses it.
    """
    flat = tuple(routes)
    for block in _blocks(nodes, 0):
        node, start, end = block.node, block.start, block.end
        mine = flat[start:end]

        def put(change: str, instead: Sequence[Route], block: _Block = block) -> Mutant:
            whole = (*flat[: block.start], *instead, *flat[block.end :])
            return Mutant(block.node.route, change, _numbered(whole))

        yield put("deleted", ())
        if block.next_end is not None:
            swapped = (*flat[:start], *flat[end : block.next_end], *mine, *flat[block.next_end :])
            yield Mutant(node.route, "swapped with the next", _numbered(swapped))
        for name in dict.fromkeys(name for route in mine for _, name in _asked(route, node)):
            yield put(f"with {name} negated", [_negated(route, node, name) for route in mine])
            yield put(f"without {name}", [_dropped(route, node, name) for route in mine])
        if node.to is not None:
            *below, own = mine  # children come before their parent
            for change, changed in _aimed_otherwise(own):
                yield put(change, (*below, changed))


def _blocks(nodes: Sequence[Node], start: int) -> Iterator[_Block]:
    ends = []
    at = start
    for node in nodes:
        at += _length(node)
        ends.append(at)
    begins = [start, *ends]
    for i, node in enumerate(nodes):
        yield _Block(node, begins[i], ends[i], ends[i + 1] if i + 1 < len(ends) else None)
        yield from _blocks(node.children, begins[i])


def _length(node: Node) -> int:
    return sum(map(_length, node.children)) + (node.to is not None)


def _asked(route: Route, node: Node) -> Iterator[tuple[int, str]]:
    """Places and names of the questions that a flat route has from a node of its tree."""
    for at, no in enumerate(route.refused):
        asker, _, name = no["failed"].rpartition(".")
        if asker == node.route or (not asker and route.name == node.route):
            yield at, name


def _negated(route: Route, node: Node, name: str) -> Route:
    places = {at for at, asked in _asked(route, node) if asked == name}
    return route._replace(
        matchers=tuple(negated(m) if i in places else m for i, m in enumerate(route.matchers))
    )


def _dropped(route: Route, node: Node, name: str) -> Route:
    places = {at for at, asked in _asked(route, node) if asked == name}
    return route._replace(
        matchers=tuple(m for i, m in enumerate(route.matchers) if i not in places),
        refused=tuple(no for i, no in enumerate(route.refused) if i not in places),
    )


def _aimed_otherwise(route: Route) -> Iterator[tuple[str, Route]]:
    elsewhere = "city" if route.to != "city" else "district"
    yield f"leading to {elsewhere}, not {route.to}", route._replace(to=elsewhere)
    for copy in route.copies:
        fewer = tuple(other for other in route.copies if other != copy)
        yield f"without the copy to {copy}", route._replace(copies=fewer)
    if route.escalation is not None:
        yield f"without the escalation {route.escalation}", route._replace(escalation=None)


def _numbered(routes: Sequence[Route]) -> Routes:
    return tuple(route._replace(rank=rank) for rank, route in enumerate(routes))
