"""What the benchmark asks of every way to find a route."""

from __future__ import annotations

from typing import Any, Protocol

from rules.route.facts import Facts


class Contender(Protocol):
    """One way, compiled from a tree and ready to decide.

    Timed is :meth:`decide`. ``ready``: what the library wants of an event is made before the clock
    starts. ``judged``: a target is set beside it; what is not judged is shown all the same.
    """

    name: str
    ready: bool = False
    judged: bool = True

    def given(self, facts: Facts) -> Any:
        """The event as this way is handed it: not timed."""

    def decide(self, given: Any) -> Any:
        """Whose the event is."""

    def winner(self, decided: Any) -> str:
        """The name of the route that :meth:`decide` found."""
        return str(decided)
