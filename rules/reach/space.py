"""The space of events as the questions of some routes divide it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import Any, Final, NamedTuple, TypeAlias

from rules.reach.axis import NOBODY, Axis, Fragment
from rules.reach.boxes import Box
from rules.reach.negation import Not
from rules.route.condition import Condition
from rules.route.facts import Facts
from rules.route.flat import Route
from rules.route.matchers import Matcher

TRIED: Final = 20_000
"""Events of a box that are held against its conditions before it is given up."""

_Holds: TypeAlias = Callable[[Facts], bool]
_NO, _YES, _EITHER = 0b01, 0b10, 0b11


class _Divided(NamedTuple):
    """An axis, its points in classes: those of a class answer every question alike."""

    axis: Axis
    classes: tuple[tuple[Fragment, ...], ...]
    masks: dict[_Holds, int]


class Space:
    """Axes divided by the questions of ``routes``. A question that reaches over several axes (a
    condition in CEL) is an axis of its own that says yes or no. Pure.

    The axes have every field of :class:`rules.route.Facts` between them, each once.
    """

    def __init__(self, axes: Sequence[Axis], routes: Sequence[Route]) -> None:
        questions = {m.holds: m for route in routes for m in route.matchers}
        self.axes = tuple(axes)
        self._divided = [_divide(axis, questions.values()) for axis in axes]
        self._conditions: list[_Holds] = []
        self._masks: dict[_Holds, tuple[int, int]] = {}
        for at, divided in enumerate(self._divided):
            self._masks |= {holds: (at, mask) for holds, mask in divided.masks.items()}
        opaque: dict[object, int] = {}
        for holds in questions:
            if holds in self._masks:
                continue
            asked, yes = _bare(holds)
            at = opaque.setdefault(_identity(asked), len(axes) + len(opaque))
            if at == len(axes) + len(self._conditions):
                self._conditions.append(asked)
            self._masks[holds] = (at, _YES if yes else _NO)

    @cached_property
    def everything(self) -> Box:
        """The box of a route that asks nothing."""
        whole = [(1 << len(divided.classes)) - 1 for divided in self._divided]
        return (*whole, *(_EITHER for _ in self._conditions))

    def box(self, route: Route) -> Box:
        """The events that meet the route's questions. Its questions are among the space's own."""
        masks = list(self.everything)
        for matcher in route.matchers:
            at, mask = self._masks[matcher.holds]
            masks[at] &= mask
        return tuple(masks)

    def contradicting(self, route: Route) -> tuple[str, ...]:
        """Names of the questions that nothing answers with yes together; none where some event
        does."""
        for at, mask in enumerate(self.box(route)):
            if not mask:
                return tuple(m.name for m in route.matchers if self._masks[m.holds][0] == at)
        return ()

    def events(self, box: Box, varied: Collection[str] = ()) -> Iterator[Facts]:
        """Events of a box, the plainest first: one, or where conditions must be met or fields be
        ``varied``, those found among some thousands. None where none of these meets them."""
        asked = [
            (condition, mask == _YES)
            for condition, mask in zip(self._conditions, box[len(self._divided) :], strict=True)
            if mask != _EITHER
        ]
        free = frozenset(varied).union(*(_named(condition) for condition, _ in asked))
        axes = [
            _members(divided, mask, not divided.axis.fields.isdisjoint(free))
            for divided, mask in zip(self._divided, box, strict=False)
        ]
        for parts in islice(_spread(axes), TRIED):
            facts = NOBODY._replace(**{k: v for part in parts for k, v in part.items()})
            if all(holds(facts) is yes for holds, yes in asked):
                yield facts


def _divide(axis: Axis, questions: Collection[Matcher]) -> _Divided:
    mine = [m for m in questions if m.asks and {Facts._fields[i] for i in m.asks} <= axis.fields]
    classes: dict[tuple[bool, ...], list[Fragment]] = {}
    for point in axis.points:
        facts = NOBODY._replace(**point)
        classes.setdefault(tuple([m.holds(facts) for m in mine]), []).append(point)
    masks = {
        m.holds: sum(1 << i for i, answers in enumerate(classes) if answers[at])
        for at, m in enumerate(mine)
    }
    return _Divided(axis, tuple(tuple(points) for points in classes.values()), masks)


def _members(divided: _Divided, mask: int, all_of_them: bool) -> list[Fragment]:
    classes = [c for i, c in enumerate(divided.classes) if mask >> i & 1]
    return [point for c in classes for point in c] if all_of_them else [classes[0][0]]


def _spread(axes: list[list[Fragment]]) -> Iterator[tuple[Fragment, ...]]:
    """Their products; where there are too many, points evenly out of each axis."""
    most = TRIED
    while prod(len(axis) for axis in axes) > TRIED and most > 1:
        most = max(1, most * 2 // 3)
        axes = [axis[:: -(-len(axis) // most)] if len(axis) > most else axis for axis in axes]
    return product(*axes)


def _bare(holds: _Holds) -> tuple[_Holds, bool]:
    """A question without its negations, and which answer to it counts."""
    yes = True
    while isinstance(holds, Not):
        holds, yes = holds.holds, not yes
    return holds, yes


def _condition(holds: Any) -> Condition | None:
    found = getattr(holds, "__self__", None)
    return found if isinstance(found, Condition) else None


def _identity(holds: _Holds) -> object:
    """Equal for conditions of one text."""
    condition = _condition(holds)
    return condition.source if condition is not None else holds


def _named(holds: _Holds) -> frozenset[str]:
    """The facts that a condition's text may ask for."""
    condition = _condition(holds)
    if condition is None:
        return frozenset(Facts._fields)
    return frozenset(re.findall(r"[A-Za-z_]\w*", condition.source)) & frozenset(Facts._fields)
