"""``escalation.yaml``: within which time a case is accepted and closed, and who hears if not."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from packs.model import FileVersion, Label, PackModel, Priority, Slug, UnitPart

Limit: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[1-9]\d{0,3} (min|h|d|working h|working d)$")
]
"""``15 min``, ``4 h`` and ``7 d`` run on; ``2 working h`` and ``1 working d`` run in the working
hours of the pack's calendar."""

Informed: TypeAlias = Literal["street", "district", "city"]


class Step(PackModel):
    """Who co-owns the case from when on. ``after``: of ``of``, as a limit or in percent of it.
    The case stays the street's: an escalation notifies and co-owns. ``supervise``: it is supervised
    (督办) from then on, and the owner reminded until it acknowledges."""

    of: Literal["accept", "dispose"]
    after: Annotated[
        str,
        StringConstraints(pattern=r"^([1-9]\d{0,3} (min|h|d|working h|working d)|[1-9]\d{0,2} %)$"),
    ]
    notify: Annotated[tuple[Informed, ...], Field(min_length=1)]
    stage: Label | None = None
    supervise: bool = False


class Policy(PackModel):
    """A case keeps the policy that it was opened under. ``accept`` None: nobody need accept."""

    policy: Slug
    accept: Limit | None = None
    dispose: Limit | None = None
    steps: Annotated[tuple[Step, ...], Field(max_length=32)] = ()

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


_Days: TypeAlias = Annotated[float, Field(gt=0, le=366)]


class Life(PackModel):
    """A case's life beside its limits. ``return_within_days``: of being dispatched.
    ``arbitrate_at``: the return or reopening with which the district has the last word.
    ``suspend_for``: reasons for a suspension (挂账), any where the list is empty, and
    ``suspend_days`` at most. ``close_unchecked``: priorities that are closed without a check.
    ``reopen_within_days``: of being closed. ``kept_days``: in the desk's state, once ended.
    ``remind_minutes``: how often what nobody has accepted or acknowledged is said again.
    ``p1_linkage``: the service (110, 119, 120) that a P1 goes to where its route names none."""

    return_within_days: _Days = 2.0
    arbitrate_at: Annotated[int, Field(ge=1, le=9)] = 3
    extensions: Annotated[int, Field(ge=0, le=9)] = 2
    suspend_days: _Days = 90.0
    suspend_for: tuple[Slug, ...] = ()
    close_unchecked: tuple[Priority, ...] = ("P4",)
    reopen_within_days: _Days = 15.0
    kept_days: _Days = 30.0
    remind_minutes: Annotated[float, Field(ge=1, le=1440)] = 30.0
    p1_linkage: UnitPart | None = None


class EscalationFile(PackModel):
    """The file."""

    schema_version: FileVersion
    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]
    defaults: Defaults
    life: Life = Life()
