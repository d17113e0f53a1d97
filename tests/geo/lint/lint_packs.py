"""The small broken packs beside this file, each named by its fault."""

from __future__ import annotations

from pathlib import Path

from geo.lint.survey import Survey
from packs.city import CityFile
from packs.yaml_file import read_model
from streams.boundaries.lint import lint_boundaries

PACKS = Path(__file__).parent / "packs"


def linted(name: str) -> Survey:
    """What lint finds in one of the packs."""
    city = read_model(PACKS / name / "city.yaml", CityFile)
    return lint_boundaries(PACKS / name, city.boundaries.dated()[0])


def only(name: str):
    """The one finding in a pack that has one."""
    (finding,) = linted(name).findings
    return finding
