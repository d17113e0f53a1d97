"""From a folder to a pack, or to one error that names file, line and mend."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from messages.errors import PackError
from packs import checks
from packs.addresses import read_addresses
from packs.assets import read_assets
from packs.city import CityFile
from packs.classify import ClassifyFile
from packs.document import Document, read
from packs.fingerprint import version_of
from packs.pack import Pack
from packs.responsible import read_responsible
from packs.routing import RoutingFile
from packs.screening import ScreeningFile
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile
from packs.yaml_file import parse

FILES = ("city.yaml", "taxonomy.yaml", "screening.yaml", "classify.yaml", "routing.yaml")


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
    documents = {name: read(folder / name) for name in FILES}
    sources: dict[str, SourceFile] = {}
    for file in _source_files(folder):
        document = documents[f"sources/{file.name}"] = read(file)
        source = parse(document, SourceFile)
        sources[source.name] = _named_as_its_file(source, document)
    city = parse(documents["city.yaml"], CityFile)
    pack = Pack(
        folder=folder,
        version=version_of(folder),
        city=city,
        taxonomy=parse(documents["taxonomy.yaml"], TaxonomyFile),
        screening=parse(documents["screening.yaml"], ScreeningFile),
        classify=parse(documents["classify.yaml"], ClassifyFile),
        routing=parse(documents["routing.yaml"], RoutingFile),
        sources=MappingProxyType(sources),
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


def _source_files(folder: Path) -> list[Path]:
    found = sorted((folder / "sources").glob("*.y*ml"))
    for file in found:
        if file.suffix != ".yaml":
            raise PackError(
                "wrong_suffix",
                "a source that nobody would read",
                file=file,
                mend=f"rename it to {file.stem}.yaml",
            )
    return found


def _named_as_its_file(source: SourceFile, document: Document) -> SourceFile:
    if source.name != document.file.stem:
        raise document.error(
            "source_name",
            f"the source is named {source.name!r}, its file {document.file.stem!r}",
            ("name",),
            mend=f"name it {document.file.stem}, or rename the file",
        )
    return source
