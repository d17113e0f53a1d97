"""Ours: the winner, the runner-up, the copies, and all that was tried on the way."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.rules.city import City
from benchmarks.rules.contenders.contender import Contender
from packs.routing import RouteNode
from rules.route import Facts, Routed, Router


class Wangge(Contender):
    """The router, as a worker has it."""

    name = "ours"

    def __init__(self, nodes: Sequence[RouteNode], city: City) -> None:
        self.router = Router.compile(nodes, city.taxonomy)
        self.decide = self.router.route

    def given(self, facts: Facts) -> Facts:
        return facts

    def winner(self, decided: Routed) -> str:
        return decided.route
