"""``screening.yaml``: the filters that an event goes through before anything is decided."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from messages.event import ReadingQuality
from packs.model import EventKind, FileVersion, Label, Lat, Lon, PackModel, Slug, Word
from packs.routing import CategoryPattern

Hours: TypeAlias = Annotated[float, Field(gt=0, le=24 * 3660)]
Kinds: TypeAlias = Annotated[tuple[EventKind, ...], Field(min_length=1)]
Words: TypeAlias = Annotated[tuple[Word, ...], Field(max_length=2000)]
# Less would be a street corner; and 20 counters (rules/screen) tell none under 1/21.
Share: TypeAlias = Annotated[float, Field(ge=0.05, le=1)]


class Filter(PackModel):
    """What every filter has: a name, which is the code of what it finds, and whom it concerns; of
    all that are given, one must hold. A category is exact (``0403``) or a prefix (``04*``).

    ``reason``: what a person reads before the figures. ``life_safety_bypass``: an event of a
    life-safety category is marked where another would be held back.
    """

    filter: Slug
    reason: Label | None = None
    source: Annotated[tuple[Slug, ...], Field(min_length=1)] | None = None
    kind: Kinds | None = None
    category: Annotated[tuple[CategoryPattern, ...], Field(min_length=1)] | None = None
    life_safety_bypass: bool = False


class ByItself(Filter):
    """A filter that looks at one event alone. ``pass`` ends screening, and lets it through."""

    effect: Literal["quarantine", "mark", "pass"] = "quarantine"


class WithMemory(Filter):
    """A filter that remembers the events of one shard before. What the filters without memory
    quarantine, it does not see."""

    effect: Literal["quarantine", "mark"] = "quarantine"


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


class ImpossiblePosition(ByItself):
    """Positions within the radius of a point, or outside the box."""

    check: Literal["impossible_position"]
    points: tuple[ImpossiblePoint, ...] = ()
    box: BoundingBox | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.points and self.box is None:
            raise ValueError("give points, box or both")
        return self


class Future(ByItself):
    """Events that occurred more than ``max_minutes`` after they arrived."""

    check: Literal["future"]
    max_minutes: Annotated[float, Field(ge=0, le=24 * 60)]


class HoursByKind(PackModel):
    """Hours after which an event of a kind is history; ``null`` sets no limit."""

    report: Hours | None = None
    alarm: Hours | None = None
    reading: Hours | None = None


class TooOld(ByItself):
    """Events that occurred more than the hours of their kind before they arrived."""

    check: Literal["too_old"]
    hours: HoursByKind


class Blank(ByItself):
    """Reports without text, picture and category hint."""

    check: Literal["blank"]
    kind: Kinds | None = ("report",)


class ContactOnly(ByItself):
    """Reports without picture and hint, in whose text nothing is left once digits, separators and
    ``words`` (greetings, titles, names) are taken away."""

    check: Literal["contact_only"]
    kind: Kinds | None = ("report",)
    words: Words = ()


class WeightedWords(PackModel):
    """Words that speak for an advertisement, each once; with a weight below zero, against one."""

    words: Annotated[Words, Field(min_length=1)]
    weight: Annotated[float, Field(ge=-100, le=100)] = 1.0


class Advertisement(ByItself):
    """Reports whose words and patterns weigh ``threshold`` or more. ``patterns``: weights of a
    WeChat or QQ account that is named as one, a mobile number, an address on the web."""

    check: Literal["advertisement"]
    kind: Kinds | None = ("report",)
    threshold: Annotated[float, Field(gt=0, le=1000)]
    words: tuple[WeightedWords, ...] = ()
    patterns: dict[
        Literal["wechat", "qq", "phone", "url"], Annotated[float, Field(gt=0, le=100)]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        most = sum(group.weight * len(group.words) for group in self.words if group.weight > 0)
        if most + sum(self.patterns.values()) < self.threshold:
            raise ValueError("lower threshold: all words and patterns together do not reach it")
        return self


class TestMessage(ByItself):
    """Reports whose whole text is one of ``texts``, with or without punctuation, or begins with one
    of ``prefixes``."""

    check: Literal["test_message"]
    kind: Kinds | None = ("report",)
    texts: Words = ()
    prefixes: Words = ()

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.texts and not self.prefixes:
            raise ValueError("give texts, prefixes or both")
        return self


class SensorQuality(ByItself):
    """Readings whose own quality is one of these."""

    check: Literal["sensor_quality"]
    kind: Kinds | None = ("reading",)
    quality: Annotated[tuple[ReadingQuality, ...], Field(min_length=1)] = ("bad",)


class Source(ByItself):
    """Every event of these sources: ``pass`` trusts them, ``quarantine`` shuts them out."""

    check: Literal["source"]
    source: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Repeat(WithMemory):
    """Ids of a source that were seen within ``window_hours``."""

    check: Literal["repeat"]
    window_hours: Hours


class Rate(WithMemory):
    """More than ``max`` events of one reporter, device or source in any ``window_minutes``. An
    event that does not name its reporter has no limit."""

    check: Literal["rate"]
    by: Literal["reporter", "device", "source"]
    max: Annotated[int, Field(ge=1, le=1000)]
    window_minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)]


class DefaultPoint(WithMemory):
    """Positions, equal to 1e-5 degrees, that ``share`` or more of a source's events carry, of
    ``at_least`` events; after half of ``window_hours`` they count half."""

    check: Literal["default_point"]
    share: Share
    at_least: Annotated[int, Field(ge=20, le=1_000_000)]
    window_hours: Hours


AnyFilter: TypeAlias = Annotated[
    ImpossiblePosition
    | Future
    | TooOld
    | Blank
    | ContactOnly
    | Advertisement
    | TestMessage
    | SensorQuality
    | Source
    | Repeat
    | Rate
    | DefaultPoint,
    Field(discriminator="check"),
]


class ScreeningFile(PackModel):
    """The file. ``filters`` are tried in their order; ``quarantine`` and ``pass`` end it."""

    schema_version: FileVersion
    filters: tuple[AnyFilter, ...]
