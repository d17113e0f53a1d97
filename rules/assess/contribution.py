"""One contribution, compiled: points that are added when all that it asks for holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from messages.model import Body
from rules.assess.event import Event
from rules.assess.given import Contribution
from rules.patterns import expand


class Part(NamedTuple):
    """``body``: its name and points, shared among events. Empty sets ask for nothing."""

    body: Body
    category: frozenset[object]
    kind: frozenset[str]
    layer: frozenset[str]
    mode: frozenset[str]
    corroborated: bool
    reports: int
    magnitude: float

    @property
    def needs_memory(self) -> bool:
        """Whether it asks for what an event by itself does not say."""
        return self.corroborated or self.reports > 0

    def holds(self, event: Event, magnitude: float) -> bool:
        """Whether all holds that needs no memory. ``magnitude``: the highest of the pack's that
        the event's value reaches."""
        return not (
            (self.category and event.category not in self.category)
            or (self.kind and event.kind not in self.kind)
            or (self.layer and self.layer.isdisjoint(event.layers))
            or (self.mode and self.mode.isdisjoint(event.modes))
            or self.magnitude > magnitude
        )


def compile_part(part: Contribution, codes: Sequence[str], scenario: str | None = None) -> Part:
    """One contribution; of a ``scenario``, it asks for that mode too and bears its name.

    ``codes``: of the taxonomy.
    """
    modes = frozenset(part.mode or ()) | ({scenario} if scenario is not None else frozenset())
    name = part.name if scenario is None else f"{scenario}: {part.name}"
    return Part(
        {"name": name, "points": float(part.points)},
        expand(part.category, codes) if part.category is not None else frozenset(),
        frozenset(part.kind or ()),
        frozenset(part.layer or ()),
        frozenset(modes),
        bool(part.corroborated),
        part.reports or 0,
        part.magnitude or 0.0,
    )
