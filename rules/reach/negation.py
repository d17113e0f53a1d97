"""The opposite of a route's question."""

from __future__ import annotations

from collections.abc import Callable

from rules.route.facts import Facts
from rules.route.matchers import Matcher


class Not:
    """Holds where ``holds`` does not."""

    __slots__ = ("holds",)

    def __init__(self, holds: Callable[[Facts], bool]) -> None:
        self.holds = holds

    def __call__(self, facts: Facts) -> bool:
        return not self.holds(facts)


def negated(matcher: Matcher) -> Matcher:
    """The matcher's opposite; it asks for the same, and an index cannot look it up."""
    return Matcher(f"not {matcher.name}", "", None, matcher.asks, Not(matcher.holds))
