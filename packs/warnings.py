"""``warnings.yaml``: when many cases of a kind in one area make a warning (预警), and its terms."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from messages.cap import CapId, Certainty, Hazard, Line, Prose, Severity, Urgency
from packs.assessment import EmergencyClass, EmergencyLevel
from packs.model import CategoryCode, FileVersion, PackModel, Slug


class Stage(PackModel):
    """From so many cases on, the level that is proposed."""

    cases: Annotated[int, Field(ge=2, le=10_000)]
    level: EmergencyLevel
    severity: Severity


class WarningRule(PackModel):
    """``category``: whose cases are counted together; the alert is of the first. ``area``: over
    which territory, ``minutes``: within which time. ``mode``: the scenario that is proposed with
    it. ``lasts_hours``: how long an alert is in force."""

    warning: Slug
    name: Line
    name_en: Line
    category: Annotated[tuple[CategoryCode, ...], Field(min_length=1, max_length=32)]
    area: Literal["district", "street"]
    minutes: Annotated[float, Field(gt=0, le=24 * 60)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=4)]
    emergency: EmergencyClass
    hazards: Annotated[tuple[Hazard, ...], Field(min_length=1, max_length=12)]
    urgency: Urgency = "Expected"
    certainty: Certainty = "Likely"
    lasts_hours: Annotated[float, Field(gt=0, le=240)] = 6.0
    instruction: Prose = ""
    instruction_en: Prose = ""
    mode: Slug | None = None

    @model_validator(mode="after")
    def _stages_rise(self) -> Self:
        for lower, higher in pairwise(self.stages):
            if higher.cases <= lower.cases or _LEVELS[higher.level] >= _LEVELS[lower.level]:
                raise ValueError("list the stages from few cases to many, each graver than before")
        return self


_LEVELS = {"I": 1, "II": 2, "III": 3, "IV": 4}


class Residents(PackModel):
    """What residents' groups are told is a draft for the grid worker, who confirms it.

    ``a_day``: at most so many for one group, cancellations aside. ``confirm_within_minutes``:
    then the street's district hears which grids have not been told.
    """

    a_day: Annotated[int, Field(ge=1, le=48)] = 4
    confirm_within_minutes: Annotated[float, Field(ge=1, le=24 * 60)] = 30.0


class WarningsFile(PackModel):
    """The file. ``sender``: CAP's globally unique name of who warns. ``sign_within_minutes``: the
    next level hears of a draft that nobody has signed. ``an_hour``: at most so many drafts of one
    danger in one area. ``residents`` absent: they are told by others."""

    schema_version: FileVersion
    sender: CapId
    sign_within_minutes: Annotated[float, Field(ge=1, le=24 * 60)] = 15.0
    an_hour: Annotated[int, Field(ge=1, le=60)] = 4
    residents: Residents | None = None
    warnings: Annotated[tuple[WarningRule, ...], Field(min_length=1)]
