"""``routing.yaml``: the tree that says whose an event is."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from packs.model import EventKind, FileVersion, PackModel, Priority, Slug, UnitPart

CategoryPattern: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^([0-9A-Za-z_-]{1,32}\*?|\*)$")
]
Target: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^(city|district|street|dept|(district|street|dept|linkage):[0-9A-Za-z_-]{1,48})$"
    ),
]
"""A queue. The bare words are the event's own: its street, its district, its category's
department. Where the event has none, the next coarser level stands in, in the end the city."""

Span: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"),
]
"""Of the local day, ``22:00-06:00``: from the first minute to before the last."""

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Codes: TypeAlias = Annotated[tuple[UnitPart, ...], Field(min_length=1)]
Slugs: TypeAlias = Annotated[tuple[Slug, ...], Field(min_length=1)]


class Match(PackModel):
    """All that are given must hold; of a list, one. A category is exact (``0403``) or a prefix
    (``04*``). ``layer``: the position lies in one of these of the pack. ``mode``: a scenario in
    force at the place, or ``routine``. ``working``: inside the pack's working hours. ``reports``:
    at least so many of the category from the cell. ``marked``: by one of these screening filters.
    ``when``: a condition in CEL."""

    category: Annotated[tuple[CategoryPattern, ...], Field(min_length=1)] | None = None
    priority: Annotated[tuple[Priority, ...], Field(min_length=1)] | None = None
    kind: Annotated[tuple[EventKind, ...], Field(min_length=1)] | None = None
    source: Slugs | None = None
    district: Codes | None = None
    street: Codes | None = None
    community: Codes | None = None
    grid: Codes | None = None
    layer: Slugs | None = None
    located: bool | None = None
    life_safety: bool | None = None
    mode: Slugs | None = None
    working: bool | None = None
    hours: Annotated[tuple[Span, ...], Field(min_length=1)] | None = None
    weekday: Annotated[tuple[Weekday, ...], Field(min_length=1)] | None = None
    reports: Annotated[int, Field(ge=2, le=32)] | None = None
    marked: Slugs | None = None
    when: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it matches every event."""
        return all(value is None for _, value in self)


Level: TypeAlias = Literal["district", "street"]
Open: TypeAlias = Literal["to", "copies", "escalation"]


class Overridable(PackModel):
    """What districts and streets may set otherwise at home: ``what`` of the route, by whom, and to
    which targets; every other override of it is refused (市级统、区级特、街社用)."""

    by: Annotated[tuple[Level, ...], Field(min_length=1)]
    what: Annotated[tuple[Open, ...], Field(min_length=1)]
    to: tuple[Target, ...] = ()


class RouteNode(PackModel):
    """One route. Its children are tried first; it wins when none of them does and it has ``to``.

    ``continue``: it adds ``to`` and ``copies`` to the winner's copies, and the search goes on.
    ``escalation``: the policy of cases that it opens; without it, that of their priority.
    """

    route: Slug
    match: Match = Match()
    to: Target | None = None
    copies: tuple[Target, ...] = ()
    escalation: Slug | None = None
    continue_: Annotated[bool, Field(alias="continue")] = False
    override: Overridable | None = None
    children: tuple[RouteNode, ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.to is None and not self.children:
            raise ValueError("add `to`: a route without children needs it")
        if self.to is None and (self.copies or self.escalation or self.override):
            raise ValueError("copies, escalation and override without `to` do nothing; give `to`")
        if self.continue_ and self.children:
            raise ValueError("take `continue` out: it is for routes without children")
        if self.continue_ and (self.escalation or self.override):
            raise ValueError("take escalation and override out: a route that goes on opens no case")
        return self


class RoutingFile(PackModel):
    """The file. ``nodes`` are tried depth first in their order; the last one takes what is left."""

    schema_version: FileVersion
    nodes: Annotated[tuple[RouteNode, ...], Field(min_length=1)]
