"""``city.yaml``: the city itself, its boundary files, its shards and its departments."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from messages.place import Datum
from packs.model import FileVersion, Label, PackModel, RelativePath, UnitPart

Level: TypeAlias = Literal["district", "street", "community", "grid"]
LEVELS: tuple[Level, ...] = ("district", "street", "community", "grid")
"""Administrative levels below the city, coarse to fine."""

Shard: TypeAlias = Annotated[int, Field(ge=0, le=999)]
Linkage: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,5}$")]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is unknown: write a time zone such as Asia/Shanghai")
    return name


TimeZone: TypeAlias = Annotated[str, AfterValidator(_known_zone)]


class LayerFile(PackModel):
    """One GeoJSON file of one level. ``code``, ``name`` and ``parent`` name its properties."""

    level: Level
    file: RelativePath
    code: Label
    name: Label | None = None
    parent: Label | None = None
    crs: Label | None = None
    datum: Datum = "wgs84"


class Boundaries(PackModel):
    """Either ``layers``, coarse to fine (the finest is the cell), or a ``recipe`` to build them."""

    layers: tuple[LayerFile, ...] = ()
    recipe: RelativePath | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if bool(self.layers) == (self.recipe is not None):
            raise ValueError("give either layers or a recipe")
        order = [LEVELS.index(layer.level) for layer in self.layers]
        if order != sorted(set(order)):
            raise ValueError("list each level once, coarse to fine: " + ", ".join(LEVELS))
        return self


class Shards(PackModel):
    """Which desk partition a district's events go to. ``unlocated``: events without a place.

    ``districts`` may be empty when ``count`` is 1.
    """

    count: Annotated[int, Field(ge=1, le=1000)] = 1
    unlocated: Shard = 0
    districts: dict[UnitPart, Shard] = Field(default_factory=dict)


class Department(PackModel):
    """A department or enterprise with a queue of its own, ``dept:<code>``."""

    code: UnitPart
    name: Label
    name_en: Label | None = None


class CityFile(PackModel):
    """The file. ``tolerance_m``: a position outside every polygon takes the nearest within it."""

    schema_version: FileVersion
    code: UnitPart
    name: Label
    name_en: Label | None = None
    time_zone: TimeZone
    tolerance_m: Annotated[float, Field(ge=0, le=10_000)] = 200.0
    boundaries: Boundaries
    shards: Shards = Shards()
    departments: tuple[Department, ...] = ()
    linkage: tuple[Linkage, ...] = ()
