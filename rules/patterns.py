"""Category codes as packs write them: exact, or all under a prefix (``04*``)."""

from __future__ import annotations

from collections.abc import Sequence


def expand(patterns: Sequence[str], codes: Sequence[str]) -> frozenset[object]:
    """The codes that exact codes and prefixes mean; an exact one counts, known or not."""
    found: set[object] = {p for p in patterns if not p.endswith("*")}
    for pattern in patterns:
        if pattern.endswith("*"):
            found |= {code for code in codes if code.startswith(pattern[:-1])}
    return frozenset(found)
