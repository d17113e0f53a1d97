"""``overrides/<unit>.yaml``: what a district or a street sets otherwise at home, where it may."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from packs.model import FileVersion, Label, PackModel, Slug
from packs.routing import Match, Target

LocalUnit: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^(district|street):[0-9A-Za-z_-]{1,48}$")
]


class Override(PackModel):
    """Sets ``to``, ``copies`` or ``escalation`` of the city's ``route`` at home. ``match``: only
    for these of the events that it takes."""

    route: Slug
    match: Match = Match()
    to: Target | None = None
    copies: tuple[Target, ...] | None = None
    escalation: Slug | None = None

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if self.to is None and self.copies is None and self.escalation is None:
            raise ValueError("give to, copies or escalation: it changes nothing so far")
        if self.match.district is not None or self.match.street is not None:
            raise ValueError("take district and street out: an override holds at home only")
        return self


class OverrideFile(PackModel):
    """The file, with who answers for it and why."""

    schema_version: FileVersion
    unit: LocalUnit
    author: Label
    reason: Label
    overrides: Annotated[tuple[Override, ...], Field(min_length=1)]
