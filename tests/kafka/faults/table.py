"""What the run prints at its end: the rows of a table, and lines below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from witness import Reckoning

ROWS: Final[list[tuple[str, Reckoning]]] = []
"""Fault, or mutant, and what came of it, in the order of the run."""
FIGURES: Final[list[str]] = []
"""Measured beside it: a line each."""

_HEAD = ("fault", "events", "lost", "duplicated", "out of order", "recovery s")


def table() -> Iterator[str]:
    """The lines of it, as Markdown."""
    width = max(len(name) for name, _ in ROWS)
    yield f"| {_HEAD[0]:<{width}} | " + " | ".join(f"{head:>12}" for head in _HEAD[1:]) + " |"
    yield f"| {'-' * width} | " + " | ".join("-" * 11 + ":" for _ in _HEAD[1:]) + " |"
    for name, found in ROWS:
        figures = (found.events, len(found.lost), found.duplicated, len(found.out_of_order))
        cells = [f"{figure:>12,}" for figure in figures] + [f"{found.recovery_s:>12.1f}"]
        yield f"| {name:<{width}} | " + " | ".join(cells) + " |"
