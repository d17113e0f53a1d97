"""One axis of the space of events: some of an event's facts, and all that they can be together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from rules.route.facts import Facts

Fragment: TypeAlias = Mapping[str, Any]
"""Some fields of :class:`rules.route.Facts` with their values."""


class Axis(NamedTuple):
    """``points``: each gives a value to every one of ``fields``. Fields that depend on one another
    (a street and its district) belong to one axis."""

    name: str
    fields: frozenset[str]
    points: tuple[Fragment, ...]

    @classmethod
    def of(cls, name: str, points: Sequence[Fragment]) -> Axis:
        """An axis of at least one point; all have the same fields."""
        return cls(name, frozenset(points[0]), tuple(points))


NOBODY = Facts("", "", "", "")
"""What an axis's point is filled up with to be asked the axis's questions."""
