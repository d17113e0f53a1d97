"""When cases of a kind in one area become a warning: a pack's ``warnings.yaml``, compiled. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from incidents.warnings import given
from incidents.warnings.threat import Danger, Outlook
from messages.cap import Certainty, Level, Severity, Urgency


class Stage(NamedTuple):
    """From so many cases within the rule's time on, the level that is proposed."""

    cases: int
    level: Level
    severity: Severity


@dataclass(frozen=True, slots=True)
class WarningRule:
    """``area``: the level of territory over which cases are counted. ``mode``: the scenario that is
    proposed to the officer, None where there is none."""

    name: str
    categories: frozenset[str]
    area: Literal["district", "street"]
    window_s: float
    stages: tuple[Stage, ...]
    danger: Danger
    urgency: Urgency
    certainty: Certainty
    lasts_s: float
    mode: str | None

    def reached(self, cases: int) -> int:
        """The number of the stage that so many cases make, -1 where they make none."""
        return sum(stage.cases <= cases for stage in self.stages) - 1

    def outlook(self, stage: int, at: datetime) -> Outlook:
        """What is expected at that stage. ``at``: now."""
        one = self.stages[stage]
        expires = at + timedelta(seconds=self.lasts_s)
        return Outlook(one.level, self.urgency, one.severity, self.certainty, expires)


@dataclass(frozen=True, slots=True)
class WarningRules:
    """All of a pack's. ``named``: by name. ``counting``: by category, those that count its cases.
    ``residents_a_day``: 0 where residents are told by others."""

    sender: str = ""
    sign_within_s: float = 0.0
    an_hour: int = 0
    residents_a_day: int = 0
    confirm_within_s: float = 0.0
    named: Mapping[str, WarningRule] = field(default_factory=dict)
    counting: Mapping[str, tuple[WarningRule, ...]] = field(default_factory=dict)

    @classmethod
    def compile(cls, file: given.File) -> WarningRules:
        """Those of a pack's file, which has been checked."""
        named = {one.warning: _compiled(one) for one in file.warnings}
        categories = {code for rule in named.values() for code in rule.categories}
        counting = {
            code: tuple(rule for rule in named.values() if code in rule.categories)
            for code in sorted(categories)
        }
        residents = file.residents
        return cls(
            sender=file.sender,
            sign_within_s=file.sign_within_minutes * 60,
            an_hour=file.an_hour,
            residents_a_day=residents.a_day if residents is not None else 0,
            confirm_within_s=residents.confirm_within_minutes * 60 if residents else 0.0,
            named=MappingProxyType(named),
            counting=MappingProxyType(counting),
        )


def _compiled(one: given.Rule) -> WarningRule:
    return WarningRule(
        name=one.warning,
        categories=frozenset(one.category),
        area=one.area,
        window_s=one.minutes * 60,
        stages=tuple(Stage(s.cases, s.level, s.severity) for s in one.stages),
        danger=Danger(
            one.category[0],
            (one.name, one.name_en),
            one.emergency,
            one.hazards,
            (one.instruction, one.instruction_en),
        ),
        urgency=one.urgency,
        certainty=one.certainty,
        lasts_s=one.lasts_hours * 3600,
        mode=one.mode,
    )
