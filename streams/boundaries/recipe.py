"""A city without open polygons: its recipe file, and the demonstration layers that it makes."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import orjson
import shapely
from pydantic import Field

from geo.geojson import read_features
from geo.layer import BoundaryLayer
from geo.tessellation import Plan, Seed, tessellate
from messages.errors import BoundaryError, PackError
from packs.model import FileVersion, PackModel, RelativePath
from packs.yaml_file import read_model
from streams.boundaries.json_file import naming

COLUMNS = ("code", "name", "district", "district_name", "lon", "lat")


class RecipeFile(PackModel):
    """The file. ``streets`` (CSV) and ``outline`` (GeoJSON) lie beside it; the rest is
    :class:`geo.tessellation.Plan`."""

    schema_version: FileVersion
    streets: RelativePath
    outline: RelativePath
    grids: Annotated[int, Field(ge=1, le=999_999)]
    area_exponent: Annotated[float, Field(ge=0, le=1)] = 0.4
    relaxations: Annotated[int, Field(ge=0, le=20)] = 2


def recipe_files(recipe: Path) -> tuple[Path, ...]:
    """The recipe and the files it names. Raises :class:`PackError` for a recipe that is wrong."""
    model = read_model(recipe, RecipeFile)
    return recipe, recipe.parent / model.streets, recipe.parent / model.outline


def build_recipe(recipe: Path) -> tuple[BoundaryLayer, ...]:
    """District, street and grid layers. Raises :class:`PackError` with file and line, or
    :class:`BoundaryError` with the file."""
    model = read_model(recipe, RecipeFile)
    seeds = read_seeds(recipe.parent / model.streets)
    outline = _read_outline(recipe.parent / model.outline)
    plan = Plan(model.grids, model.area_exponent, model.relaxations)
    with naming(recipe):
        return tessellate(seeds, outline, plan)


def read_seeds(file: Path) -> tuple[Seed, ...]:
    """The streets of a CSV with the columns in :data:`COLUMNS`, WGS-84; others are not read.

    Raises :class:`PackError` ``missing_file``, ``not_utf8``, ``missing_column``, ``wrong_row``.
    """
    reader = csv.DictReader(io.StringIO(_text(file), newline=""), strict=True)
    missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
    if missing:
        raise PackError(
            "missing_column",
            f"no column {', '.join(missing)}",
            file=file,
            line=1,
            mend=f"give the columns {', '.join(COLUMNS)}",
        )
    try:
        return tuple(_seed(row) for row in reader)
    except (csv.Error, ValueError, TypeError) as error:
        raise PackError(
            "wrong_row", str(error), file=file, line=reader.line_num, mend="mend the row"
        ) from None


def _seed(row: dict[str, str]) -> Seed:
    code, name, district, district_name, lon, lat = (row[column] for column in COLUMNS)
    return Seed(code, name, district, district_name, float(lon), float(lat))


def _read_outline(file: Path) -> shapely.Polygon:
    try:
        found = read_features(orjson.loads(_text(file))).geometries
    except orjson.JSONDecodeError as error:
        raise PackError(
            "not_json", str(error), file=file, line=error.lineno, mend="mend the file"
        ) from None
    except BoundaryError as error:
        error.file = str(file)
        raise
    if len(found) != 1 or found[0].geom_type != "Polygon" or not shapely.is_valid(found[0]):
        raise BoundaryError(
            "outline",
            "the outline is not one valid polygon",
            file=file,
            mend="give one feature with one ring that does not cross itself",
        )
    return found[0]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise PackError(
            "missing_file", "the recipe names it", file=file, mend="add it to the pack"
        ) from None
    except UnicodeDecodeError:
        raise PackError("not_utf8", "not UTF-8", file=file, mend="save the file as UTF-8") from None
