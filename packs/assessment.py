"""``assessment.yaml``: how grave an event is, as a sum of named contributions."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from packs.model import EventKind, FileVersion, Label, PackModel
from packs.routing import CategoryPattern, Slugs

Points: TypeAlias = Annotated[float, Field(ge=-200, le=200, allow_inf_nan=False)]
EmergencyLevel: TypeAlias = Literal["I", "II", "III", "IV"]
EmergencyClass: TypeAlias = Literal[
    "natural_disaster", "accident", "public_health", "social_security"
]
"""The four classes of the Emergency Response Law; levels as in GB/T 35561."""


class PriorityPoints(PackModel):
    """Where a priority begins. A category's own priority is worth that much at the start, and a
    sum of that much is that priority; less than P3's is P4."""

    P1: Points = 90.0
    P2: Points = 60.0
    P3: Points = 30.0
    P4: Points = 0.0

    @model_validator(mode="after")
    def _descending(self) -> Self:
        if not self.P1 > self.P2 > self.P3 > self.P4:
            raise ValueError("each priority must begin above the next: P1 > P2 > P3 > P4")
        return self


class Contribution(PackModel):
    """Points that are added when all that is given holds. ``layer``: the position lies in one of
    these. ``corroborated``: citizen and sensor speak of the same, in the category's window.
    ``reports``: at least so many of them. ``magnitude``: the value is at least so many times its
    limit (of a limit below: the limit so many times the value)."""

    name: Label
    points: Points
    category: Annotated[tuple[CategoryPattern, ...], Field(min_length=1)] | None = None
    kind: Annotated[tuple[EventKind, ...], Field(min_length=1)] | None = None
    layer: Slugs | None = None
    mode: Slugs | None = None
    corroborated: Literal[True] | None = None
    reports: Annotated[int, Field(ge=2, le=32)] | None = None
    magnitude: Annotated[float, Field(gt=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.mode is not None and "routine" in self.mode:
            raise ValueError("name scenarios of modes/: a contribution cannot ask for routine")
        if all(value is None for name, value in self if name not in ("name", "points")):
            raise ValueError("say when it counts: category, layer, mode, reports …")
        return self


class Proposal(PackModel):
    """An emergency level that is proposed, never set, when the score reaches ``score``."""

    level: EmergencyLevel
    emergency: EmergencyClass
    category: Annotated[tuple[CategoryPattern, ...], Field(min_length=1)]
    score: Points
    layer: Slugs | None = None
    reason: Label


class AssessmentFile(PackModel):
    """The file. Of several proposals that hold, the gravest is made."""

    schema_version: FileVersion
    points: PriorityPoints = PriorityPoints()
    contributions: tuple[Contribution, ...] = ()
    proposals: tuple[Proposal, ...] = ()
