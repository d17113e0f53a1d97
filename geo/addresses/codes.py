"""Codes of a territory, coarse to fine, and when two of them can be one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from geo.layer import LEVELS

Codes: TypeAlias = tuple[str | None, str | None, str | None, str | None]
"""Of district, street, community and grid; None for a level that is not known."""

NOWHERE: Final[Codes] = (None, None, None, None)


def joined(one: Codes, other: Codes) -> Codes | None:
    """What both say together; None where they name different territories of a level."""
    a0, a1, a2, a3 = one
    b0, b1, b2, b3 = other
    # Written out: this runs for every pair of names in every address.
    if (
        (a0 != b0 and a0 is not None and b0 is not None)
        or (a1 != b1 and a1 is not None and b1 is not None)
        or (a2 != b2 and a2 is not None and b2 is not None)
        or (a3 != b3 and a3 is not None and b3 is not None)
    ):
        return None
    return (a0 or b0, a1 or b1, a2 or b2, a3 or b3)


def holds(coarse: Codes, fine: Codes) -> bool:
    """Whether ``fine`` says all that ``coarse`` says. Every territory holds itself."""
    return all(a is None or a == b for a, b in zip(coarse, fine, strict=True))


def shared(places: Iterable[Codes]) -> Codes:
    """Codes that all have in common, down to the first level on which they differ."""
    first, *others = places
    common: list[str | None] = [None] * len(LEVELS)
    for level, code in enumerate(first):
        if any(other[level] != code for other in others):
            break
        common[level] = code
    return (common[0], common[1], common[2], common[3])


def down_to(codes: Codes, level: int) -> Codes:
    """The codes of the first ``level`` levels only."""
    a, b, c, d = (code if i < level else None for i, code in enumerate(codes))
    return (a, b, c, d)
