"""Whether a way gives the answers that ours gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.geo.contenders.contender import OUTSIDE, Contender, Rows, one_each
from benchmarks.geo.points import MANY, Points
from benchmarks.geo.timing import affordable

_BATCHES = {1: 2_000, 64: 20_000, 1024: 100_000}
"""Ours goes other ways for other batches: how many points are asked again in batches of a size."""


@dataclass(frozen=True)
class Agreement:
    """Of ``asked`` points ``differ`` have another cell than ours says; ``several`` have more than
    one, which agrees when ours is among them."""

    name: str
    asked: int
    differ: int
    several: int


def answers(contender: Contender, points: Points) -> Rows:
    """The row for each point, -1 for none."""
    found, rows = contender.matches(points)
    return one_each(found, rows, len(points))


def compare(contender: Contender, points: Points, ours: Rows, seconds: float) -> Agreement:
    """A way's own answers beside ours, on as many points as it does in about ``seconds``."""
    most = affordable(contender, points, seconds) if contender.batches_of is None else 20_000
    asked = points.rows(0, min(most, MANY))
    return _beside(contender.name, *contender.matches(asked), ours[: len(asked)])


def compare_batches(contender: Contender, points: Points, ours: Rows) -> list[Agreement]:
    """Our own answers in small batches beside those in the large one."""
    found = []
    for size, most in _BATCHES.items():
        asked = points.rows(0, min(most, len(ours)))
        pieces = [asked.rows(n, n + size) for n in range(0, len(asked), size)]
        rows = np.concatenate([answers(contender, piece) for piece in pieces])
        held = np.flatnonzero(rows != OUTSIDE)
        name = f"{contender.name}, batches of {size}"
        found.append(_beside(name, held, rows[held], ours[: len(rows)]))
    return found


def _beside(name: str, points: Rows, rows: Rows, ours: Rows) -> Agreement:
    agrees = ours == OUTSIDE
    agrees[points] = False
    agrees[points[rows == ours[points]]] = True
    several = len(points) - len(np.unique(points))
    return Agreement(name, len(ours), int((~agrees).sum()), several)
