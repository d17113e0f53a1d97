"""``city.yaml``: the city itself, its boundary files, its shards and its departments."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from messages.place import Datum
from packs.layers import ExposureLayer
from packs.model import FileVersion, Label, PackModel, RelativePath, Slug, UnitPart

Level: TypeAlias = Literal["district", "street", "community", "grid"]
LEVELS: tuple[Level, ...] = ("district", "street", "community", "grid")
"""Administrative levels below the city, coarse to fine."""

GridSystem: TypeAlias = Literal["management", "comprehensive", "special"]
"""管理, 综合, 专属网格."""

Shard: TypeAlias = Annotated[int, Field(ge=0, le=999)]
Linkage: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,5}$")]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is unknown: write a time zone such as Asia/Shanghai")
    return name


def _a_moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError('write a day such as "2026-07-01", or "2026-07-01 08:00", in quotes')
    return text


def before(one: str, other: str) -> bool:
    """Whether one moment of the city's clocks comes before another."""
    return datetime.fromisoformat(one) < datetime.fromisoformat(other)


Moment: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d( \d\d:\d\d)?$"),
    AfterValidator(_a_moment),
]
"""A day (its first moment) or a minute, as the city's clocks show it."""

TimeZone: TypeAlias = Annotated[str, AfterValidator(_known_zone)]


class LayerFile(PackModel):
    """One GeoJSON file of one level. ``code``, ``name`` and ``parent`` name its properties.
    ``system``: which system of grids it is; a special grid goes before the others."""

    level: Level
    system: GridSystem = "management"
    file: RelativePath
    code: Label
    name: Label | None = None
    parent: Label | None = None
    crs: Label | None = None
    datum: Datum = "wgs84"

    @model_validator(mode="after")
    def _only_grids_have_systems(self) -> Self:
        if self.system != "management" and self.level != "grid":
            raise ValueError("only a layer of grids has a system: take it out")
        return self


class _Drawn(PackModel):
    """Either ``layers``, coarse to fine (the finest is the cell), or a ``recipe`` to build them.
    ``responsible``: a CSV of cells that are another unit's responsibility than their parent's."""

    layers: tuple[LayerFile, ...] = ()
    recipe: RelativePath | None = None
    responsible: RelativePath | None = None

    @model_validator(mode="after")
    def _coarse_to_fine(self) -> Self:
        kinds = [(LEVELS.index(layer.level), layer.system) for layer in self.layers]
        levels = [level for level, _ in kinds]
        if levels != sorted(levels) or len(set(kinds)) < len(kinds):
            raise ValueError(
                f"list each level once, coarse to fine: {', '.join(LEVELS)}; grids once a system"
            )
        return self


class BoundarySet(_Drawn):
    """The boundaries of a time: from ``valid_from`` to before ``valid_to``, as the city's clocks
    show it; None has no end."""

    name: Slug
    valid_from: Moment | None = None
    valid_to: Moment | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if bool(self.layers) == (self.recipe is not None):
            raise ValueError("give either layers or a recipe")
        if self.valid_from and self.valid_to and not before(self.valid_from, self.valid_to):
            raise ValueError("valid_to comes after valid_from")
        return self


class Boundaries(_Drawn):
    """One set of boundaries for all times, or ``sets``, each for its time."""

    sets: tuple[BoundarySet, ...] = ()

    @model_validator(mode="after")
    def _one_of_the_three(self) -> Self:
        given = [bool(self.layers), self.recipe is not None, bool(self.sets)]
        if sum(given) != 1:
            raise ValueError("give layers, a recipe, or sets")
        if self.sets and self.responsible:
            raise ValueError("name the responsible file in each of the sets")
        names = [one.name for one in self.sets]
        if len(set(names)) < len(names):
            raise ValueError("give every set a name of its own")
        for former, latter in pairwise(self.sets):
            if (
                former.valid_to is None
                or latter.valid_from is None
                or before(latter.valid_from, former.valid_to)
            ):
                raise ValueError(
                    "list the sets by time: each with a valid_to but the last, none before the "
                    "valid_to of the one above"
                )
        return self

    def dated(self) -> tuple[BoundarySet, ...]:
        """The sets in the order of their time; one without dates where there are none."""
        if self.sets:
            return self.sets
        return (
            BoundarySet(
                name="current",
                layers=self.layers,
                recipe=self.recipe,
                responsible=self.responsible,
            ),
        )


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
    """The file. ``tolerance_m``: a position outside every polygon takes the nearest within it.
    ``addresses``, ``assets``: CSV files of the pack. ``calendar``: the one of ``calendars.yaml``
    whose hours are the working hours."""

    schema_version: FileVersion
    code: UnitPart
    name: Label
    name_en: Label | None = None
    time_zone: TimeZone
    tolerance_m: Annotated[float, Field(ge=0, le=10_000)] = 200.0
    boundaries: Boundaries
    addresses: RelativePath | None = None
    assets: RelativePath | None = None
    layers: tuple[ExposureLayer, ...] = ()
    calendar: Slug | None = None
    shards: Shards = Shards()
    departments: tuple[Department, ...] = ()
    linkage: tuple[Linkage, ...] = ()
