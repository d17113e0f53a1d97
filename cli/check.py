"""``wangge check``: whether a city pack can be trusted, before it decides on anything."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from cli.city_option import cache_folder
from messages.errors import BoundaryError, PackError, SettingsError
from streams.checking.check import Report
from streams.checking.check import check as check_city
from streams.city import City


def check(
    pack: Annotated[Path, typer.Argument(envvar="WANGGE_PACK", help="City pack folder.")],
    today: Annotated[
        str | None, typer.Option(help="The day to check calendars against, such as 2026-11-25.")
    ] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Also make every route wrong: do golden tests notice?")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a pack: files and cross-references, routes that nothing reaches, categories without an
    owner, calendars that run out, golden tests.

    Exit code 0: clean, perhaps with notes; 1: findings; 2: the pack cannot be used at all.
    """
    day = _day(today)
    began = time.perf_counter()
    try:
        city = City.load(pack, cache_folder())
    except (PackError, BoundaryError) as error:
        if not json:
            raise
        _write({"pack": str(pack), "usable": False, "findings": [_body(error)], "notes": []})
        raise typer.Exit(2) from None
    with Console(stderr=True).status("reading") as status:
        report = check_city(
            city, day, mutate=mutate, step=lambda what: status.update(f"checking {what}")
        )
    seconds = time.perf_counter() - began
    if json:
        _write(
            {
                "pack": str(pack),
                "version": city.version,
                "usable": True,
                "findings": [asdict(one) for one in report.findings],
                "notes": [asdict(one) for one in report.notes],
                "figures": report.figures,
                "seconds": round(seconds, 1),
            }
        )
    else:
        _print(pack, city, report, seconds)
    raise typer.Exit(1 if report.findings else 0)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            "today", f"{text!r} is not a day", mend="write one such as 2026-11-25"
        ) from None


def _print(pack: Path, city: City, report: Report, seconds: float) -> None:
    for note in report.notes:
        typer.echo(f"note: {note}")
    for finding in report.findings:
        typer.echo(str(finding))
    figures = report.figures
    parts = [
        f"{figures['reached']:,} of {figures['routes']:,} routes reached",
        f"{figures['routings']:,} places × categories × priorities × modes × hours routed",
    ]
    if "golden_tests" in figures:
        parts.append(f"{figures['golden_held']:,} of {figures['golden_tests']:,} golden tests hold")
    if "mutation_score" in figures:
        able = figures["mutants_killed"] + figures["mutants_survived"]
        parts.append(
            f"{figures['mutants_killed']:,} of {able:,} wrong trees noticed "
            f"({figures['mutation_score']:.1%}; {figures['mutants_equivalent']:,} proved equal)"
        )
    typer.echo(f"{pack} {city.version}: {'; '.join(parts)}")
    findings = _counted(len(report.findings), "finding")
    typer.echo(f"{findings}, {_counted(len(report.notes), 'note')}; {seconds:.1f} s")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _body(error: PackError | BoundaryError) -> dict[str, Any]:
    return {
        "code": error.code,
        "text": error.message,
        "file": error.file,
        "line": getattr(error, "line", 0),
        "mend": error.mend,
        "severity": "finding",
    }


def _write(body: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(body).decode() + "\n")
