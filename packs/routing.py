"""``routing.yaml``: the tree that says whose an event is."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

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


class Match(PackModel):
    """All that are given must hold. A category is exact (``0403``) or a prefix (``04*``)."""

    category: Annotated[tuple[CategoryPattern, ...], Field(min_length=1)] | None = None
    priority: Annotated[tuple[Priority, ...], Field(min_length=1)] | None = None
    kind: Annotated[tuple[EventKind, ...], Field(min_length=1)] | None = None
    source: Annotated[tuple[Slug, ...], Field(min_length=1)] | None = None
    district: Annotated[tuple[UnitPart, ...], Field(min_length=1)] | None = None
    street: Annotated[tuple[UnitPart, ...], Field(min_length=1)] | None = None
    located: bool | None = None
    life_safety: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it matches every event."""
        return all(value is None for _, value in self)


class RouteNode(PackModel):
    """One route. Its children are tried first; it wins when none of them does and it has ``to``.

    ``continue``: it adds ``to`` and ``copies`` to the winner's copies, and the search goes on.
    """

    route: Slug
    match: Match = Match()
    to: Target | None = None
    copies: tuple[Target, ...] = ()
    continue_: Annotated[bool, Field(alias="continue")] = False
    children: tuple[RouteNode, ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.to is None and not self.children:
            raise ValueError("add `to`: a route without children needs it")
        if self.to is None and self.copies:
            raise ValueError("copies without `to` are never sent; give `to` as well")
        if self.continue_ and self.children:
            raise ValueError("take `continue` out: it is for routes without children")
        return self


class RoutingFile(PackModel):
    """The file. ``nodes`` are tried depth first in their order; the last one takes what is left."""

    schema_version: FileVersion
    nodes: Annotated[tuple[RouteNode, ...], Field(min_length=1)]
