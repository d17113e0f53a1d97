"""``wangge city``: make a city pack from boundary files, and build a pack's boundaries."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.city_option import cache_folder
from cli.layer_options import layer_files
from cli.new_pack import write_pack
from geo.boundaries import BoundaryLayer
from geo.finding import Finding
from messages.errors import SettingsError
from packs import load
from streams.boundaries.index import datums_of, load_index
from streams.boundaries.load import load_sets, read_nested
from streams.ground.ground import Ground

app = typer.Typer(help="Make and build city packs.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AllowOrphans = Annotated[
    bool, typer.Option("--allow-orphans", help="Territories without a parent are no fault.")
]


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="The pack's folder: new, or empty.")],
    level: Annotated[
        list[str],
        typer.Option(
            help="LEVEL=FILE:CODE[:NAME] with LEVEL district, street, community or grid, FILE "
            "GeoJSON (colons in its name are fine), CODE and NAME its properties. Once a level; "
            "the finest is the cell."
        ),
    ],
    crs: Annotated[
        list[str] | None,
        typer.Option(help="LEVEL=CRS of a file that declares none, such as street=EPSG:2249."),
    ] = None,
    datum: Annotated[
        list[str] | None,
        typer.Option(help="LEVEL=wgs84|cgcs2000|gcj02|bd09 of a file; wgs84 unless said."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The city's name; the folder's if left out.")
    ] = None,
    time_zone: Annotated[str, typer.Option(help="Such as Asia/Shanghai.")] = "UTC",
    allow_orphans: AllowOrphans = False,
    json: Json = False,
) -> None:
    """Make a complete pack from nested GeoJSON layers; parents are found by geometry.

    Exit code 1, and nothing written, when a territory lies in no parent.
    """
    _check_zone(time_zone)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError("folder", f"{folder} exists", mend="name a new or empty folder")
    layers, findings = read_nested(layer_files(level, crs or (), datum or ()))
    _report(findings)
    if _orphans(findings) and not allow_orphans:
        sys.stderr.write("nothing written: mend the layers, or pass --allow-orphans\n")
        raise typer.Exit(1)
    _write(folder, layers, name or folder.resolve().name, time_zone)
    _show({"folder": str(folder), "layers": _counts(layers), "findings": len(findings)}, json)
    if not json:
        sys.stderr.write(f"next: wangge city build {folder}\n")


@app.command("build")
def build(
    folder: Annotated[Path, typer.Argument(help="A city pack's folder.")],
    fresh: Annotated[bool, typer.Option("--fresh", help="Build even when cached.")] = False,
    allow_orphans: AllowOrphans = False,
    json: Json = False,
) -> None:
    """Read or make a pack's boundaries, index them, check the registers, and cache it all.

    Exit code 1 when a territory has no parent.
    """
    began = time.perf_counter()
    pack = load(folder)
    sets = load_sets(pack, cache_folder(), fresh=fresh)
    for one in sets:
        index = load_index(pack, one, cache_folder(), datums_of(pack), fresh=fresh)
        Ground.compile(pack, one, index)  # registers that do not fit the set are refused
        _report(one.findings)
    findings = [finding for one in sets for finding in one.findings]
    result: dict[str, Any] = {"city": pack.city.code, "name": pack.city.name, "pack": pack.version}
    if len(sets) > 1:
        result["sets"] = [one.name for one in sets]
    latest = sets[-1]
    result |= {
        "boundaries": latest.version,
        "layers": _counts(latest.layers),
        "findings": len(findings),
        "cached": all(one.cached for one in sets),
        "seconds": round(time.perf_counter() - began, 3),
    }
    _show(result, json)
    raise typer.Exit(1 if _orphans(findings) and not allow_orphans else 0)


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise SettingsError(
            "time_zone", f"{name!r} is not a time zone", mend="write one such as Asia/Shanghai"
        )


def _write(folder: Path, layers: Sequence[BoundaryLayer], name: str, time_zone: str) -> None:
    """The pack, whole or not at all; it has been loaded once before it stands there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-pack-") as draft:
        made = Path(draft) / "pack"
        write_pack(made, layers, name=name, time_zone=time_zone)
        load(made)
        if folder.exists():
            folder.rmdir()
        shutil.move(made, folder)


def _counts(layers: Sequence[BoundaryLayer]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for layer in layers:
        counts[layer.level] = counts.get(layer.level, 0) + len(layer)
    return counts


def _orphans(findings: Sequence[Finding]) -> int:
    return sum(finding.code == "orphan" for finding in findings)


def _report(findings: Sequence[Finding]) -> None:
    for finding in findings:
        sys.stderr.write(f"{finding}\n")


def _show(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(result).decode() + "\n")
        return
    table = Table(show_header=False, box=None)
    for key, value in result.items():
        if isinstance(value, dict):
            for level, count in value.items():
                table.add_row(f"{level}s" if level != "community" else "communities", f"{count:,}")
        elif isinstance(value, list):
            table.add_row(key, ", ".join(value))
        else:
            table.add_row(key, "yes" if value is True else "no" if value is False else str(value))
    Console(highlight=False).print(table)
