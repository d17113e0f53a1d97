"""``sources/<name>.yaml``: one producer, its datum and lane, its words, its CSV."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from messages.event import ExtensionKey
from messages.place import Datum
from messages.topics import Lane
from packs.city import TimeZone
from packs.model import CategoryCode, FileVersion, Label, PackModel, Slug, Word

Column = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class TimeColumn(PackModel):
    """A column with a time in ``format`` (strptime). ``time_zone``: of times without an offset.

    A local time that a clock change makes ambiguous is taken as the earlier of the two.
    """

    column: Column
    format: Label = "%Y-%m-%d %H:%M:%S"
    time_zone: TimeZone | None = None

    @model_validator(mode="after")
    def _knows_its_offset(self) -> Self:
        if self.time_zone is None and "%z" not in self.format:
            raise ValueError("give time_zone, or a format with %z")
        return self


class TextColumns(PackModel):
    """Columns joined by ``join``; blank ones and repeats are left out."""

    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    join: Annotated[str, StringConstraints(max_length=16)] = " "


class SkipWhen(PackModel):
    """Rows whose ``column`` holds one of ``equals`` are passed over, and counted as skipped."""

    column: Column
    equals: Annotated[tuple[str, ...], Field(min_length=1)]


class CsvMapping(PackModel):
    """Which column of the producer's CSV is which field of the lane's event.

    ``category_hint``: the first of the columns whose words the source maps is taken.
    ``extensions``: our key to their column, carried along unread.
    """

    event_id: Column
    occurred_at: TimeColumn
    submitted_at: TimeColumn | None = None
    lon: Column | None = None
    lat: Column | None = None
    text: TextColumns | None = None
    address: TextColumns | None = None
    category_hint: tuple[Column, ...] = ()
    reporter_ref: Column | None = None
    device_id: Column | None = None
    sensor: Column | None = None
    state: Column | None = None
    value: Column | None = None
    unit: Column | None = None
    extensions: dict[ExtensionKey, Column] = Field(default_factory=dict)
    skip_when: tuple[SkipWhen, ...] = ()

    @model_validator(mode="after")
    def _lon_with_lat(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("give both lon and lat, or neither")
        return self


class SourceFile(PackModel):
    """The file. ``datum`` is required: a position without one is off by up to 700 m in China.

    ``category_hints``: the producer's words to our category, compared without regard to case.
    ``patrol``: it posts what grid workers find on their rounds (巡查), before anybody complains.
    """

    schema_version: FileVersion
    name: Slug
    description: Label | None = None
    datum: Datum
    lane: Lane
    patrol: bool = False
    category_hints: dict[Word, CategoryCode] = Field(default_factory=dict)
    csv: CsvMapping | None = None
