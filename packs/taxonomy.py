"""``taxonomy.yaml``: what an event can be, and which kinds of sensor there are."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from messages.event import AlarmState
from packs.model import CategoryCode, FileVersion, Label, PackModel, Priority, Slug, UnitPart

UNKNOWN = "0000"
"""The category of an event that nothing classifies. Every taxonomy has it."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Category(PackModel):
    """What an event can be. ``department`` is in charge of it; ``priority`` is where it starts.

    ``life_safety``: the screen's bypass list holds for it.
    """

    code: CategoryCode
    name: Label
    name_en: Label | None = None
    department: UnitPart | None = None
    priority: Priority
    life_safety: bool = False


class Limits(PackModel):
    """When a reading is an event: its value lies above or below, in the sensor's unit."""

    above: Finite | None = None
    below: Finite | None = None
    priority: Priority

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("give above, below or both")
        if self.above is not None and self.below is not None and self.below > self.above:
            raise ValueError("swap them: below must not be greater than above")
        return self


class Sensor(PackModel):
    """A kind of device. ``states`` gives an alarm's priority by its state, in place of the
    category's. ``upkeep``: the category of fault, tamper and offline; a broken smoke detector is
    not a fire. ``unit``: what ``limits`` are measured in.
    """

    code: Slug
    name: Label
    name_en: Label | None = None
    category: CategoryCode
    upkeep: CategoryCode | None = None
    states: dict[AlarmState, Priority] = Field(default_factory=dict)
    unit: Label | None = None
    limits: Limits | None = None


class TaxonomyFile(PackModel):
    """The file. Codes are opaque; a route may match them by prefix."""

    schema_version: FileVersion
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    sensors: tuple[Sensor, ...] = ()
