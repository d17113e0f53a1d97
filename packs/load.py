"""From a folder to a pack, or to one error that names file, line and mend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from messages.errors import PackError
from packs import checks
from packs.addresses import read_addresses
from packs.assessment import AssessmentFile
from packs.assets import read_assets
from packs.authority import AuthorityFile
from packs.calendars import CalendarsFile
from packs.city import CityFile
from packs.classify import ClassifyFile
from packs.document import Document, read
from packs.escalation import EscalationFile
from packs.fingerprint import version_of
from packs.model import PackModel
from packs.modes import ModeFile
from packs.overrides import OverrideFile
from packs.pack import Pack
from packs.responsible import read_responsible
from packs.roster import RosterFile
from packs.routing import RoutingFile
from packs.screening import ScreeningFile
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile
from packs.trained import read_trained
from packs.warnings import WarningsFile
from packs.yaml_file import parse

M = TypeVar("M", bound=PackModel)
NEEDED: Final = ("city.yaml", "taxonomy.yaml", "screening.yaml", "classify.yaml", "routing.yaml")
OPTIONAL: Final = (
    *("assessment.yaml", "escalation.yaml", "calendars.yaml", "authority.yaml", "roster.yaml"),
    "warnings.yaml",
)


def load(folder: Path) -> Pack:
    """The pack in ``folder``, every file checked alone and against the others.

    Raises :class:`PackError`. Boundary files are not read here.
    """
    if not folder.is_dir():
        raise PackError(
            "missing_folder",
            "no such folder",
            file=folder,
            mend="name a folder that holds a city.yaml; `wangge city init` makes one",
        )
    documents = {name: read(folder / name) for name in NEEDED}
    documents |= {name: read(folder / name) for name in OPTIONAL if (folder / name).is_file()}
    sources = dict(_folder(folder, "sources", SourceFile, documents, "name", "a source"))
    modes = dict(_folder(folder, "modes", ModeFile, documents, "scenario", "a mode"))
    overrides = dict(_folder(folder, "overrides", OverrideFile, documents, "unit", "an override"))
    city = parse(documents["city.yaml"], CityFile)
    classify = parse(documents["classify.yaml"], ClassifyFile)
    pack = Pack(
        folder=folder,
        version=version_of(folder),
        city=city,
        taxonomy=parse(documents["taxonomy.yaml"], TaxonomyFile),
        screening=parse(documents["screening.yaml"], ScreeningFile),
        classify=classify,
        assessment=_optional(documents, "assessment.yaml", AssessmentFile)
        or AssessmentFile(schema_version=1),
        routing=parse(documents["routing.yaml"], RoutingFile),
        escalation=_optional(documents, "escalation.yaml", EscalationFile),
        calendars=_optional(documents, "calendars.yaml", CalendarsFile),
        authority=_optional(documents, "authority.yaml", AuthorityFile),
        roster=_optional(documents, "roster.yaml", RosterFile),
        warnings=_optional(documents, "warnings.yaml", WarningsFile),
        sources=MappingProxyType(sources),
        modes=MappingProxyType(
            {m.scenario: m for m in sorted(modes.values(), key=lambda m: (m.rank, m.scenario))}
        ),
        overrides=MappingProxyType(overrides),
        trained=read_trained(folder / classify.trained.file) if classify.trained else None,
        addresses=read_addresses(folder / city.addresses) if city.addresses else (),
        assets=read_assets(folder / city.assets) if city.assets else None,
        responsible=MappingProxyType(
            {
                one.name: read_responsible(folder / one.responsible)
                for one in city.boundaries.dated()
                if one.responsible
            }
        ),
        documents=MappingProxyType(documents),
    )
    checks.run(pack)
    return pack


def _optional(documents: dict[str, Document], name: str, model: type[M]) -> M | None:
    return parse(documents[name], model) if name in documents else None


def _folder(
    folder: Path,
    name: str,
    model: type[M],
    documents: dict[str, Document],
    key: str,
    what: str,
) -> Iterator[tuple[str, M]]:
    """The models of a sub-folder's files by what they call themselves, which is the file's name."""
    for file in sorted((folder / name).glob("*.y*ml")):
        if file.suffix != ".yaml":
            raise PackError(
                "wrong_suffix",
                f"{what} that nobody would read",
                file=file,
                mend=f"rename it to {file.stem}.yaml",
            )
        document = documents[f"{name}/{file.name}"] = read(file)
        found = parse(document, model)
        called = getattr(found, key)
        stem = called.replace(":", "-")
        if stem != file.stem:
            raise document.error(
                f"{name.removesuffix('s')}_name",
                f"{what} is named {called!r}, its file {file.stem!r}",
                (key,),
                mend=f"name it {file.stem}, or rename the file {stem}.yaml",
            )
        yield called, found
