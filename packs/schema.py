"""JSON Schema of every file of a pack, for editors that check YAML while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from packs.assessment import AssessmentFile
from packs.authority import AuthorityFile
from packs.calendars import CalendarsFile
from packs.city import CityFile
from packs.classify import ClassifyFile
from packs.escalation import EscalationFile
from packs.golden import GoldenFile
from packs.model import PackModel
from packs.modes import ModeFile
from packs.overrides import OverrideFile
from packs.roster import RosterFile
from packs.routing import RoutingFile
from packs.screening import ScreeningFile
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile
from packs.warnings import WarningsFile

PACK_FILES: Final[Mapping[str, type[PackModel]]] = {
    "pack/city": CityFile,
    "pack/taxonomy": TaxonomyFile,
    "pack/screening": ScreeningFile,
    "pack/classify": ClassifyFile,
    "pack/assessment": AssessmentFile,
    "pack/routing": RoutingFile,
    "pack/escalation": EscalationFile,
    "pack/calendars": CalendarsFile,
    "pack/authority": AuthorityFile,
    "pack/roster": RosterFile,
    "pack/warnings": WarningsFile,
    "pack/tests": GoldenFile,
    "pack/source": SourceFile,
    "pack/mode": ModeFile,
    "pack/override": OverrideFile,
}
"""By the name that ``wangge schema`` gives it."""


def pack_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file, by its name in :data:`PACK_FILES`."""
    schema = PACK_FILES[name].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
