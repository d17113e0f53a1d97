"""The tree laid flat: every route that can win, in the order in which it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from messages.model import Body
from rules.route.condition import ConditionError
from rules.route.given import Node
from rules.route.matchers import Matcher, compile_match


class Route(NamedTuple):
    """A route with the questions of all that stand above it in the tree.

    ``rank``: its place in the order. ``copies`` as the pack has them. ``refused``: per matcher, the
    ``RouteTried`` body of a no by it; shared among events, never change them.
    """

    name: str
    rank: int
    matchers: tuple[Matcher, ...]
    to: str
    copies: tuple[str, ...]
    escalation: str | None
    goes_on: bool
    matched: Body
    refused: tuple[Body, ...]


class RouteError(Exception):
    """A route that cannot be compiled: ``route`` is its name."""

    def __init__(self, route: str, message: str) -> None:
        self.route = route
        super().__init__(message)


def flatten(nodes: Sequence[Node], codes: Sequence[str], life: Sequence[str]) -> tuple[Route, ...]:
    """Every route with a target, children before their parent. Raises :class:`RouteError`."""
    return tuple(
        _route(node, rank, above + own)
        for rank, (node, above, own) in enumerate(_walk(nodes, codes, life, ()))
    )


def _walk(
    nodes: Sequence[Node],
    codes: Sequence[str],
    life: Sequence[str],
    above: tuple[tuple[str, Matcher], ...],
) -> Iterator[tuple[Node, tuple[tuple[str, Matcher], ...], tuple[tuple[str, Matcher], ...]]]:
    for node in nodes:
        try:
            matchers = compile_match(node.match, codes, life)
        except ConditionError as error:
            raise RouteError(node.route, str(error)) from None
        mine = tuple((f"{node.route}.{matcher.name}", matcher) for matcher in matchers)
        yield from _walk(node.children, codes, life, above + mine)
        if node.to is not None:
            yield node, above, tuple((matcher.name, matcher) for matcher in matchers)


def _route(node: Node, rank: int, matchers: tuple[tuple[str, Matcher], ...]) -> Route:
    return Route(
        node.route,
        rank,
        tuple(matcher for _, matcher in matchers),
        node.to or "city",
        tuple(node.copies),
        node.escalation,
        node.continue_,
        {"route": node.route, "matched": True},
        tuple({"route": node.route, "matched": False, "failed": name} for name, _ in matchers),
    )
