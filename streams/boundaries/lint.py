"""One boundary set of a pack, read as leniently as can be, and all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from geo.lint.draft import Draft, drafts_of
from geo.lint.finding import LintFinding
from geo.lint.reading import read_draft
from geo.lint.survey import Survey, survey
from packs.city import BoundarySet, LayerFile
from streams.boundaries.json_file import naming, read_json
from streams.boundaries.recipe import build_recipe


def lint_boundaries(folder: Path, boundaries: BoundarySet) -> Survey:
    """What is wrong with the layers of a set, whose files lie in the pack's ``folder``.

    Raises :class:`BoundaryError` ``unreadable_file``, ``not_json`` or ``not_geojson``, with the
    file, for one that nothing can be said about, and what a recipe raises.
    """
    if boundaries.recipe is not None:
        return survey(drafts_of(build_recipe(folder / boundaries.recipe)))
    drafts: list[Draft] = []
    findings: list[LintFinding] = []
    for layer in boundaries.layers:
        draft, found = _read(folder / layer.file, layer)
        drafts.append(draft)
        findings += found
    return survey(drafts, findings)


def _read(file: Path, layer: LayerFile) -> tuple[Draft, list[LintFinding]]:
    with naming(file):
        return read_draft(
            read_json(file),
            level=layer.level,
            code=layer.code,
            parent=layer.parent,
            crs=layer.crs,
            datum=layer.datum,
            system=layer.system,
        )
