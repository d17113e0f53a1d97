"""A city pack as it was read: its files' models, its content hash, its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packs.city import CityFile
from packs.classify import ClassifyFile
from packs.document import Document
from packs.routing import RoutingFile
from packs.screening import ScreeningFile
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile


@dataclass(frozen=True, slots=True)
class Pack:
    """``version``: 16 hex digits of the content; equal files in another folder have the same one.

    ``sources`` by name. ``documents`` by file name relative to ``folder``: where a later finding
    finds its line.
    """

    folder: Path
    version: str
    city: CityFile
    taxonomy: TaxonomyFile
    screening: ScreeningFile
    classify: ClassifyFile
    routing: RoutingFile
    sources: Mapping[str, SourceFile]
    documents: Mapping[str, Document] = field(repr=False, compare=False)
