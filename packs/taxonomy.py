"""``taxonomy.yaml``: what an event can be, and which kinds of sensor there are."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from messages.event import AlarmState
from packs.model import CategoryCode, FileVersion, Label, PackModel, Priority, Slug, UnitPart

UNKNOWN = "0000"
"""The category of an event that nothing classifies. Every taxonomy has it."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Merge(PackModel):
    """How far apart, and how long after one another, two events of a category speak of the same.
    ``likeness``: of two texts, 0 to 1, at least; 0: place and time are enough."""

    radius_m: Annotated[float, Field(gt=0, le=10_000)] = 50.0
    minutes: Annotated[float, Field(gt=0, le=60 * 24 * 31)] = 60.0
    likeness: Annotated[float, Field(ge=0, le=1)] = 0.0


class Category(PackModel):
    """What an event can be. ``department`` is in charge of it; ``priority`` is where it starts.

    ``life_safety``: filters that say so let it pass.
    """

    code: CategoryCode
    name: Label
    name_en: Label | None = None
    department: UnitPart | None = None
    priority: Priority
    life_safety: bool = False
    merge: Merge = Merge()


class Limit(PackModel):
    """A value is beyond it above or below, in the sensor's unit."""

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


class Limits(Limit):
    """When a reading is an alarm, and when a pre-alarm. ``hysteresis``: by how much it must come
    back inside before that has cleared, so that a value at the limit does not flap."""

    pre_alarm: Limit | None = None
    hysteresis: Annotated[Finite, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _pre_alarm_comes_first(self) -> Self:
        pre = self.pre_alarm
        if pre is None:
            return self
        for name, sign in (("above", 1), ("below", -1)):
            alarm, warning = getattr(self, name), getattr(pre, name)
            if warning is not None and (alarm is None or sign * warning >= sign * alarm):
                raise ValueError(f"pre_alarm.{name} must be reached before {name}")
        return self


class Sensor(PackModel):
    """A kind of device. ``states`` gives an alarm's priority by its state, in place of the
    category's. ``upkeep``: the category of fault, tamper and offline; a broken smoke detector is
    not a fire. ``unit``: what ``limits`` are measured in. ``on_clear``: what its clearing does to a
    case that only devices speak of: nothing but tell, make it one step less urgent, or close it.
    """

    code: Slug
    name: Label
    name_en: Label | None = None
    category: CategoryCode
    upkeep: CategoryCode | None = None
    states: dict[AlarmState, Priority] = Field(default_factory=dict)
    unit: Label | None = None
    limits: Limits | None = None
    on_clear: Literal["tell", "lower", "close"] = "tell"


class TaxonomyFile(PackModel):
    """The file. Codes are opaque; a route may match them by prefix."""

    schema_version: FileVersion
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    sensors: tuple[Sensor, ...] = ()
