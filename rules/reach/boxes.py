"""Boxes over numbered classes, and what is left of one without some others. Exact, and bounded.

A box is one bit mask an axis: the classes that it takes there. It is empty where a mask is 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

Box: TypeAlias = tuple[int, ...]
_FEW: Final = 16


class WorkError(Exception):
    """The steps that were allowed did not suffice."""


def empty(box: Box) -> bool:
    """Whether nothing is in it."""
    return not all(box)


def common(one: Box, other: Box) -> Box:
    """What is in both."""
    return tuple([a & b for a, b in zip(one, other, strict=True)])


def meet(one: Box, other: Box) -> bool:
    """Whether anything is in both."""
    for a, b in zip(one, other, strict=True):  # noqa: SIM110  # it runs millions of times
        if not a & b:
            return False
    return True


class Met:
    """Boxes by what they hold, to find those that meet another without asking each."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []
        self._held: dict[tuple[int, int], list[int]] = {}
        self._wide: list[int] = []

    def add(self, box: Box) -> None:
        """Boxes are numbered from 0 in the order in which they are added."""
        number = len(self._boxes)
        self._boxes.append(box)
        # It meets nothing without meeting it on the axis where it holds least.
        axis = min(range(len(box)), key=lambda at: box[at].bit_count())
        if box[axis].bit_count() > _FEW:
            self._wide.append(number)
            return
        for bit in _bits(box[axis]):
            self._held.setdefault((axis, bit), []).append(number)

    def by(self, box: Box) -> list[int]:
        """Numbers of those that have something in common with ``box``, rising."""
        found = set(self._wide)
        for axis, mask in enumerate(box):
            for bit in _bits(mask):
                found.update(self._held.get((axis, bit), ()))
        return [number for number in sorted(found) if meet(box, self._boxes[number])]

    def __getitem__(self, number: int) -> Box:
        return self._boxes[number]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Outside:
    """``box`` without ``covers``, as boxes that have nothing in common, found one after the other.

    ``used``: which covers took something away so far. Iterating raises :class:`WorkError` after
    ``steps`` subtractions.
    """

    def __init__(self, box: Box, covers: Sequence[Box], steps: int) -> None:
        self._covers = covers
        # What takes most comes first, so that little is left to be cut into pieces.
        self._order = sorted(
            (i for i, cover in enumerate(covers) if meet(box, cover)),
            key=lambda i: sum(a & ~b != 0 for a, b in zip(box, covers[i], strict=True)),
        )
        self._left = [] if empty(box) else [(box, 0)]
        self._steps = steps
        self.used: set[int] = set()

    def __iter__(self) -> Iterator[Box]:
        while self._left:
            part, at = self._left.pop()
            while at < len(self._order) and not meet(part, self._covers[self._order[at]]):
                at += 1
            if at == len(self._order):
                yield part
                continue
            self._steps -= 1
            if self._steps < 0:
                raise WorkError
            self.used.add(self._order[at])
            self._cut(part, at)

    def _cut(self, part: Box, at: int) -> None:
        """Put back what the cover leaves of ``part``: axis by axis what lies outside of it there
        and inside on the axes before."""
        rest = list(part)
        for axis, taken in enumerate(self._covers[self._order[at]]):
            outside = rest[axis] & ~taken
            if outside:
                piece = rest.copy()
                piece[axis] = outside
                self._left.append((tuple(piece), at + 1))
                rest[axis] &= taken
