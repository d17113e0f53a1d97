"""What was promised of the router, and whether this run holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.geo.targets import Target
from benchmarks.rules.contenders.closures import Closures
from benchmarks.rules.measure import COLD, NEW, WARM, Measured

FEW, MANY = 10, 10_000

_SLOWER = 2.0
_FASTER = 10.0


def targets(sizes: Sequence[Measured]) -> list[Target]:
    """All that can be said of the sizes that were measured. Ratios are of one round each, because
    the machine drifts, and medians over the rounds."""
    by_size = {size.routes: size for size in sizes}
    found = [target for size in sizes for target in _faster(size)]
    if FEW in by_size and MANY in by_size:
        found.insert(0, _growth(by_size[FEW], by_size[MANY]))
    return found


def times(more: Sequence[float], less: Sequence[float]) -> float:
    """How many times the one is the other: the median over the rounds."""
    return median(one / other for one, other in zip(more, less, strict=True))


def _growth(few: Measured, many: Measured) -> Target:
    warm, new, cold = (times(many.micros[name], few.micros[name]) for name in (WARM, NEW, COLD))
    return Target(
        f"a decision among {many.routes:,} routes ÷ among {few.routes:,}, warm",
        f"{warm:.2f}× (new events {new:.2f}×, cold {cold:.2f}×)",
        f"≤ {_SLOWER:.0f}×",
        warm <= _SLOWER,
    )


def _faster(size: Measured) -> Iterator[Target]:
    for name, theirs in size.micros.items():
        if name in (COLD, NEW, WARM, Closures.name) or name in size.shown:
            continue
        warm, new, cold = (times(theirs, size.micros[ours]) for ours in (WARM, NEW, COLD))
        yield Target(
            f"{name} ÷ ours warm, {size.routes:,} routes",
            f"{warm:,.1f}× (new events {new:,.1f}×, cold {cold:,.1f}×)",
            f"≥ {_FASTER:.0f}×",
            warm >= _FASTER,
        )
