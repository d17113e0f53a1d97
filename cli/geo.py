"""``wangge geo``: whether a city's boundaries and addresses can be trusted."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from cli.address import address
from geo.lint import report
from geo.lint.picture.page import page
from geo.lint.picture.png import png
from geo.lint.picture.scene import scene_of
from geo.lint.survey import Survey
from messages.errors import PackError, SettingsError
from packs import load
from packs.city import BoundarySet, CityFile
from packs.yaml_file import read_model
from streams.boundaries.lint import lint_boundaries
from streams.boundaries.load import boundaries_version

app = typer.Typer(help="Check a city's boundaries and addresses.", no_args_is_help=True)

_DRAWN: Final = (".html", ".png")


@app.callback()
def _geo() -> None:
    """Check a city's boundaries and addresses."""


app.command("address")(address)


@app.command("lint")
def lint(
    pack: Annotated[
        Path, typer.Argument(help="City pack folder; only its city.yaml must be sound.")
    ],
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            help="Also draw the findings: FILE.html zooms to each of them and needs no network; "
            "FILE.png needs Pillow (the extra map).",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every finding, not five of each code.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print all findings as one JSON document.")
    ] = False,
) -> None:
    """Find what is wrong with a pack's boundaries: rings, overlaps, gaps, orphans, codes, swapped
    axes, CRS and datum; each with where it is, how much, and the mend.

    Exit code 1 on an error or a warning; an info (what rounding leaves) does not count.
    """
    _check(map_file)
    began = time.perf_counter()
    city = read_model(_folder(pack) / "city.yaml", CityFile)
    sets = city.boundaries.dated()
    linted = [(_about(pack, one), lint_boundaries(pack, one)) for one in sets]
    if map_file is not None:
        _draw(map_file, city.name, linted)
    if json:
        found = [{**about, **report.record(survey)} for about, survey in linted]
        sys.stdout.write(orjson.dumps({"pack": str(pack), "sets": found}).decode() + "\n")
    else:
        _print(linted, None if every else report.EXAMPLES, time.perf_counter() - began)
    raise typer.Exit(0 if all(survey.clean for _, survey in linted) else 1)


def _about(folder: Path, one: BoundarySet) -> dict[str, Any]:
    """What is to be said about a set."""
    return {
        "name": one.name,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "version": _version(folder, one),
    }


def _version(folder: Path, one: BoundarySet) -> str | None:
    """The version that workers call this set; None while the rest of the pack does not load."""
    try:
        return boundaries_version(load(folder), one)
    except PackError:
        return None


def _folder(pack: Path) -> Path:
    if not pack.is_dir():
        raise PackError(
            "missing_folder", "no such folder", file=pack, mend="name a folder with a city.yaml"
        )
    return pack


def _check(map_file: Path | None) -> None:
    """Before any work: a map that cannot be drawn is a wrong option."""
    if map_file is None:
        return
    if map_file.suffix.lower() not in _DRAWN:
        raise SettingsError(
            "map", f"{map_file} is neither .html nor .png", mend="name it FILE.html or FILE.png"
        )
    if map_file.suffix.lower() == ".png":
        try:
            import PIL  # noqa: F401
        except ImportError:
            raise SettingsError(
                "map_extra",
                "a PNG map needs Pillow, which is not installed",
                mend="install `wangge[map]`, or name FILE.html",
            ) from None


def _draw(file: Path, city: str, linted: Sequence[tuple[dict[str, Any], Survey]]) -> None:
    scenes = [scene_of(about["name"], survey) for about, survey in linted]
    try:
        if file.suffix.lower() == ".png":
            file.write_bytes(png(city, scenes))
        else:
            file.write_text(page(city, scenes), "utf-8")
    except OSError as error:
        raise SettingsError(
            "map", f"{file}: {error.strerror}", mend="name a file that can be written"
        ) from None


def _print(
    linted: Sequence[tuple[dict[str, Any], Survey]], examples: int | None, seconds: float
) -> None:
    for about, survey in linted:
        if len(linted) > 1:
            sys.stdout.write(f"{about['name']}\n")
        sys.stdout.writelines(f"{line}\n" for line in report.lines(survey, examples=examples))
        sys.stdout.write(f"{report.summary(survey)} ({seconds:.1f} s)\n")
