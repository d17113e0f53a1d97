"""What a cell of the index stands for, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.layer import LEVELS, BoundaryLayer
from messages.errors import BoundaryError


@dataclass(frozen=True, slots=True)
class Territory:
    """Codes and names of one cell and of what it lies in; None for a level that is not there."""

    grid: str | None = None
    community: str | None = None
    street: str | None = None
    district: str | None = None
    grid_name: str | None = None
    community_name: str | None = None
    street_name: str | None = None
    district_name: str | None = None


def territories(layers: Sequence[BoundaryLayer]) -> tuple[Territory, ...]:
    """The territory of every row of the finest layer; ``layers`` coarse to fine.

    Raises :class:`BoundaryError` ``no_layer``, ``layer_order`` or ``parent_unknown``.
    """
    if not layers:
        raise BoundaryError("no_layer", "no boundary layer", mend="give at least one level")
    order = [LEVELS.index(layer.level) for layer in layers]
    if order != sorted(set(order)):
        raise BoundaryError(
            "layer_order",
            f"layers come as {', '.join(layer.level for layer in layers)}",
            mend=f"give each level once, coarse to fine: {', '.join(LEVELS)}",
        )
    above: dict[str | None, dict[str, str]] = {None: {}}
    rows: list[dict[str, str]] = []
    for layer in layers:
        rows = []
        for code, name, parent in zip(layer.codes, layer.names, layer.parents, strict=True):
            if parent not in above:
                raise BoundaryError(
                    "parent_unknown",
                    f"{layer.level} {code} has the parent {parent!r}, which does not exist",
                    mend="mend the parent property, or name none",
                )
            rows.append({**above[parent], layer.level: code, f"{layer.level}_name": name})
        above = {None: {}, **dict(zip(layer.codes, rows, strict=True))}
    return tuple(Territory(**row) for row in rows)
