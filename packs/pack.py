"""A city pack as it was read: its files' models, its content hash, its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packs.addresses import AddressRow
from packs.assessment import AssessmentFile
from packs.assets import Assets
from packs.authority import AuthorityFile
from packs.calendars import CalendarsFile
from packs.city import CityFile
from packs.classify import ClassifyFile
from packs.document import Document
from packs.escalation import EscalationFile
from packs.modes import ModeFile
from packs.overrides import OverrideFile
from packs.responsible import ResponsibleRow
from packs.roster import RosterFile
from packs.routing import RoutingFile
from packs.screening import ScreeningFile
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile
from packs.trained import TrainedFile
from packs.warnings import WarningsFile


@dataclass(frozen=True, slots=True)
class Pack:
    """``version``: 16 hex digits of the content; equal files in another folder have the same one.

    ``sources`` by name, ``modes`` by scenario in the order of their rank, ``overrides`` by unit.
    ``trained``: the model that classifies texts, where the pack has one.
    ``addresses``, ``assets``: the registers, where the pack has them. ``responsible``: the rows of
    each boundary set's file of responsible parents, by the set's name. ``documents`` by file name
    relative to ``folder``: where a later finding finds its line.
    """

    folder: Path
    version: str
    city: CityFile
    taxonomy: TaxonomyFile
    screening: ScreeningFile
    classify: ClassifyFile
    assessment: AssessmentFile
    routing: RoutingFile
    escalation: EscalationFile | None
    calendars: CalendarsFile | None
    authority: AuthorityFile | None
    roster: RosterFile | None
    warnings: WarningsFile | None
    sources: Mapping[str, SourceFile]
    modes: Mapping[str, ModeFile]
    overrides: Mapping[str, OverrideFile]
    trained: TrainedFile | None
    addresses: tuple[AddressRow, ...]
    assets: Assets | None
    responsible: Mapping[str, tuple[ResponsibleRow, ...]]
    documents: Mapping[str, Document] = field(repr=False, compare=False)
