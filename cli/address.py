"""``wangge geo address``: what a written address means to a city, and for how sure."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.options import BoundarySetName
from geo.addresses import AddressMatch, Candidate
from geo.layer import LEVELS
from streams.city import City

_STYLES = {"found": "green", "ambiguous": "yellow", "none": "red"}


def address(
    text: Annotated[
        list[str], typer.Argument(help="Addresses; - reads them from standard input, one a line.")
    ],
    city: Annotated[
        Path, typer.Option(envvar="WANGGE_PACK", help="City pack folder.")
    ] = DEFAULT_PACK,
    boundaries: BoundarySetName = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON line an address.")] = False,
) -> None:
    """Say where written addresses are: one place for sure, choices for triage, or nothing known.

    Exit code 1 when one of them is not found for sure.
    """
    loaded = City.load(city, cache_folder(), boundaries)
    now = time.time()
    gazetteer = loaded.ground_at(now, now).gazetteer
    asked = [line.strip() for line in sys.stdin if line.strip()] if text == ["-"] else text
    matches = [gazetteer.find(one) for one in asked]
    if json:
        for one, match in zip(asked, matches, strict=True):
            typer.echo(orjson.dumps({"address": one, **_record(match)}))
    else:
        _print(asked, matches)
    raise typer.Exit(0 if all(match.verdict == "found" for match in matches) else 1)


def _record(match: AddressMatch) -> dict[str, Any]:
    sure: dict[str, Any] = {level: getattr(match, level) for level in LEVELS}
    choices = [_choice(candidate) for candidate in match.candidates]
    return {"verdict": match.verdict, **sure, "candidates": choices}


def _choice(candidate: Candidate) -> dict[str, Any]:
    codes: dict[str, Any] = dict(zip(LEVELS, candidate.entry.codes, strict=True))
    score = round(candidate.score, 3)
    return {"name": candidate.entry.name, **codes, "score": score, "matched": candidate.matched}


def _print(asked: list[str], matches: list[AddressMatch]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("address 地址", "verdict", "for sure", "candidates"):
        table.add_column(heading, overflow="fold")  # never cut short: it is what was asked
    for one, match in zip(asked, matches, strict=True):
        choices = "\n".join(
            f"{c.entry.name} {_finest(c.entry.codes)} ({c.score:.2f})" for c in match.candidates
        )
        sure = (match.district, match.street, match.community, match.grid)
        style = _STYLES[match.verdict]
        # As text: what people write may look like markup.
        verdict = Text(match.verdict, style)
        table.add_row(Text(one), verdict, _finest(sure) or "nothing", Text(choices))
    Console(highlight=False).print(table)


def _finest(codes: tuple[str | None, ...]) -> str:
    return next((code for code in reversed(codes) if code is not None), "")
