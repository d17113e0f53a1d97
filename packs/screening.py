"""``screening.yaml``: what is put aside with a reason before anything else is decided."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from packs.model import FileVersion, Label, Lat, Lon, PackModel

FindingCode: TypeAlias = Literal["impossible_position", "future", "too_old", "empty"]
Hours: TypeAlias = Annotated[float, Field(gt=0, le=24 * 3660)]


class ImpossiblePoint(PackModel):
    """A point that producers send when they know none, in the producer's own degrees."""

    name: Label
    lon: Lon
    lat: Lat
    radius_m: Annotated[float, Field(gt=0, le=100_000)]


class BoundingBox(PackModel):
    """The box that every true position of the city lies in, whatever its datum, in degrees."""

    west: Lon
    south: Lat
    east: Lon
    north: Lat

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("west must lie west of east, and south south of north")
        return self


class TooOld(PackModel):
    """Hours after which an event of a kind is history; ``null`` sets no limit."""

    report: Hours | None = None
    alarm: Hours | None = None
    reading: Hours | None = None


class ScreeningFile(PackModel):
    """The file. ``life_safety_bypass``: findings that never hold back a life-safety category."""

    schema_version: FileVersion
    impossible_positions: tuple[ImpossiblePoint, ...] = ()
    bounding_box: BoundingBox | None = None
    future_max_minutes: Annotated[float, Field(ge=0, le=24 * 60)]
    too_old_hours: TooOld | None
    empty_reports: bool = True
    repeat_window_hours: Hours
    life_safety_bypass: tuple[FindingCode, ...] = ()
