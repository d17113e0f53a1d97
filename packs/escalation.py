"""``escalation.yaml``: within which time a case is accepted and closed, and who hears if not."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from packs.model import FileVersion, Label, PackModel, Slug

Limit: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[1-9]\d{0,3} (min|h|d|working h|working d)$")
]
"""``15 min``, ``4 h`` and ``7 d`` run on; ``2 working h`` and ``1 working d`` run in the working
hours of the pack's calendar."""

Informed: TypeAlias = Literal["street", "district", "city"]


class Step(PackModel):
    """Who co-owns the case from when on. ``after``: of ``of``, as a limit or in percent of it.
    The case stays the street's: an escalation notifies and co-owns."""

    of: Literal["accept", "dispose"]
    after: Annotated[
        str,
        StringConstraints(pattern=r"^([1-9]\d{0,3} (min|h|d|working h|working d)|[1-9]\d{0,2} %)$"),
    ]
    notify: Annotated[tuple[Informed, ...], Field(min_length=1)]
    stage: Label | None = None


class Policy(PackModel):
    """A case keeps the policy that it was opened under. ``accept`` None: nobody need accept."""

    policy: Slug
    accept: Limit | None = None
    dispose: Limit | None = None
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _steps_have_their_limit(self) -> Self:
        for step in self.steps:
            if getattr(self, step.of) is None:
                raise ValueError(f"a step is of {step.of}: give the policy a limit for it")
        return self


class Defaults(PackModel):
    """The policy of a priority, where the route names none."""

    P1: Slug
    P2: Slug
    P3: Slug
    P4: Slug


class EscalationFile(PackModel):
    """The file."""

    schema_version: FileVersion
    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]
    defaults: Defaults
