"""``wangge report``: the monthly figures (每月通报), by street and district."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.options import Brokers, Namespace, Run
from cli.report_columns import Named
from cli.report_shapes import SHAPES, Format
from incidents.figures import figures, stage_names
from incidents.timeliness import Limits
from messages.errors import SettingsError
from messages.topics import Topics
from sinks.run_folder import RunFolder
from streams.city import City


def report(
    month: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m"], help="Of the cases' opening, by the city's clocks."),
    ],
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    pack: Annotated[
        Path,
        typer.Option("--pack", envvar="WANGGE_PACK", help="City pack folder: limits and names."),
    ] = DEFAULT_PACK,
    shape: Annotated[
        Format, typer.Option("--format", help="table, csv, or html: one page by itself.")
    ] = "table",
) -> None:
    """Report a month's cases by street and district: in time, late, returned, satisfaction.

    It is computed from the published states of the cases, so that it comes out the same when it
    is computed again.
    """
    bodies = _bodies(run, brokers, namespace)
    city = City.load(pack, cache_folder())
    zone, wanted = city.calendar.zone, (month.year, month.month)

    def of_month(at: float) -> bool:
        local = datetime.fromtimestamp(at, zone)
        return (local.year, local.month) == wanted

    lines = figures(bodies, Limits(city.escalation, city.calendar), of_month)
    known = (step.stage for policy in city.escalation.values() for step in policy.steps)
    named = Named(city.pack.city.name, city.unit_names, f"{month:%Y-%m}")
    SHAPES[shape](lines, stage_names(lines, (one for one in known if one)), named, sys.stdout)


def _bodies(
    run: Path | None, brokers: str | None, namespace: str | None
) -> Iterable[dict[str, Any]]:
    if run is not None:
        folder = RunFolder.open(run)
        return folder.bodies(folder.stream("incidents"))
    if brokers:
        from streams.cluster.topic_reader import read_all

        return read_all(brokers, Topics(namespace or "wangge").incidents)
    raise SettingsError("report", "neither a run nor a broker", mend="pass --run or --brokers")
