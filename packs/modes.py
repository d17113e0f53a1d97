"""``modes/<scenario>.yaml``: what changes while an emergency mode (战) is in force in an area."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from packs.assessment import Contribution, EmergencyClass
from packs.model import FileVersion, Label, PackModel, Slug
from packs.routing import RouteNode


class ModeFile(PackModel):
    """The file. ``nodes`` stand before the city's own; ``contributions`` are added to its own.

    ``rank``: of two scenarios in force at one place, the lower is asked first.
    """

    schema_version: FileVersion
    scenario: Slug
    name: Label
    name_en: Label | None = None
    emergency: EmergencyClass
    rank: Annotated[int, Field(ge=0, le=99)] = 50
    contributions: tuple[Contribution, ...] = ()
    nodes: tuple[RouteNode, ...] = ()

    @model_validator(mode="after")
    def _is_its_own_mode(self) -> Self:
        if self.scenario == "routine":
            raise ValueError("routine is the name of no mode being in force: take another")
        if any(node.match.mode is not None for node in self.nodes):
            raise ValueError("take `mode` out of its routes: they hold in this mode only")
        if any(part.mode is not None for part in self.contributions):
            raise ValueError("take `mode` out of its contributions: they hold in this mode only")
        return self
