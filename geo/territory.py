"""What a cell of the index stands for, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from geo.layer import LEVELS, BoundaryLayer, GridSystem
from messages.errors import BoundaryError


class Territory(NamedTuple):
    """Codes and names of one cell and of what it lies in; None for a level that is not there."""

    grid: str | None = None
    community: str | None = None
    street: str | None = None
    district: str | None = None
    grid_name: str | None = None
    community_name: str | None = None
    street_name: str | None = None
    district_name: str | None = None
    system: GridSystem = "management"

    @property
    def level(self) -> str:
        """The finest level that is there, the cell's own."""
        return next((lv for lv in reversed(LEVELS) if getattr(self, lv) is not None), "")

    @property
    def code(self) -> str:
        """The cell's own code: of the finest level that is there."""
        return self.grid or self.community or self.street or self.district or ""


def territories(layers: Sequence[BoundaryLayer]) -> tuple[Territory, ...]:
    """The territory of every row of the finest level; ``layers`` coarse to fine.

    Of several grid systems, the rows come layer by layer. Raises :class:`BoundaryError`
    ``no_layer``, ``layer_order``, ``parent_unknown`` or ``code_duplicate``.
    """
    return tuple(territories_by_code(layers)[-1].values())


def territories_by_code(layers: Sequence[BoundaryLayer]) -> list[dict[str, Territory]]:
    """Level by level, coarse to fine, the territory of every code, in the layers' order.

    Raises as :func:`territories` does.
    """
    _check_order(layers)
    city = Territory()
    above: dict[str | None, Territory] = {None: city}
    levels: list[dict[str, Territory]] = []
    for _, of_one_level in groupby(layers, key=lambda layer: layer.level):
        level: dict[str, Territory] = {}
        for layer in of_one_level:
            _add(layer, above, level)
        levels.append(level)
        above = {None: city}
        above.update(level)
    return levels


def _add(
    layer: BoundaryLayer, above: dict[str | None, Territory], level: dict[str, Territory]
) -> None:
    name_of = f"{layer.level}_name"
    for code, name, parent in zip(layer.codes, layer.names, layer.parents, strict=True):
        if parent not in above:
            raise BoundaryError(
                "parent_unknown",
                f"{layer.level} {code} has the parent {parent!r}, which does not exist",
                mend="mend the parent property, or name none",
            )
        if code in level:
            raise BoundaryError(
                "code_duplicate",
                f"grid code {code!r} stands in two systems of grids",
                mend="give every grid of the city a code of its own",
            )
        own = {layer.level: code, name_of: name, "system": layer.system}
        level[code] = above[parent]._replace(**own)  # type: ignore[arg-type]  # a level is a field


def _check_order(layers: Sequence[BoundaryLayer]) -> None:
    if not layers:
        raise BoundaryError("no_layer", "no boundary layer", mend="give at least one level")
    order = [(LEVELS.index(layer.level), layer.system) for layer in layers]
    levels = [level for level, _ in order]
    once = len(set(order)) == len(order)
    grids = LEVELS.index("grid")
    once &= all(levels.count(level) == 1 for level in set(levels) - {grids})
    if levels != sorted(levels) or not once:
        raise BoundaryError(
            "layer_order",
            f"layers come as {', '.join(layer.level for layer in layers)}",
            mend=f"give each level once, coarse to fine: {', '.join(LEVELS)}; grids once a system",
        )
