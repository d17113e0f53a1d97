"""Whose an event is: a tree of matches, depth first, first match wins."""

from rules.route.facts import Facts, facts_of
from rules.route.router import Routed, Router

__all__ = ["Facts", "Routed", "Router", "facts_of"]
