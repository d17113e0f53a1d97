"""What the benchmark asks of every way to find cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.geo.points import Points

OUTSIDE = -1

Rows = npt.NDArray[np.integer[Any]]


class AbsentError(Exception):
    """A peer that cannot run here; the message says why."""


class Contender(ABC):
    """One way, ready to answer.

    Timed is :meth:`locate`: from two arrays of degrees to one row of the city for each point, so
    that every way does the whole of the work.
    """

    name: str
    version: str = ""
    """Of a server; libraries stand in the head of the report."""
    exact: bool = True
    """Whether its answers must be the index's own."""
    batches_of: tuple[int, ...] | None = None
    """The only batch sizes it is for; None for all."""

    def arguments(self, points: Points, size: int) -> list[tuple[Any, ...]]:
        """What :meth:`locate` is called with, batch by batch."""
        whole = range(0, len(points) - size + 1, size)
        return [tuple(points.rows(first, first + size)) for first in whole]

    @abstractmethod
    def locate(self, *arguments: Any) -> Any:
        """The row of the city for each point, -1 for none."""

    def matches(self, points: Points) -> tuple[Rows, Rows]:
        """Every pair of a point and a row that holds it: to compare, not timed."""
        (arguments,) = self.arguments(points, len(points))
        rows = np.asarray(self.locate(*arguments))
        found = np.flatnonzero(rows != OUTSIDE)
        return found, rows[found]


class PairsContender(Contender):
    """A way that answers with pairs of a point and a row."""

    @abstractmethod
    def pairs(self, *arguments: Any) -> tuple[Rows, Rows]:
        """Points by their place in the batch, and the rows that hold them."""

    def locate(self, *arguments: Any) -> Rows:
        points, rows = self.pairs(*arguments)
        return one_each(points, rows, len(arguments[0]))

    def matches(self, points: Points) -> tuple[Rows, Rows]:
        (arguments,) = self.arguments(points, len(points))
        return self.pairs(*arguments)


def one_each(points: Rows, rows: Rows, count: int) -> Rows:
    """One row a point, -1 for none."""
    found = np.full(count, OUTSIDE, np.int64)
    found[points] = rows
    return found
