"""``wangge worker``: one worker, until it is told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import BoundarySetName, Brokers, Namespace
from streams.settings import Guarantee, Settings
from streams.worker import run


def worker(
    brokers: Brokers = None,
    redis: Annotated[
        str | None, typer.Option(envvar="WANGGE_REDIS", help="Redis, as redis://host:port/db.")
    ] = None,
    pack: Annotated[
        Path | None, typer.Option(envvar="WANGGE_PACK", help="City pack folder.")
    ] = None,
    namespace: Namespace = None,
    boundaries: BoundarySetName = None,
    slot: Annotated[
        str | None,
        typer.Option(envvar="WANGGE_SLOT", help="This worker's stable name, unique in the city."),
    ] = None,
    delivery: Annotated[
        Guarantee | None,
        typer.Option(
            envvar="WANGGE_DELIVERY",
            help="What a crash may do: nothing, or repeat a unit of work. "
            "On an embedded broker it is always at_least_once.",
        ),
    ] = None,
    web_port: Annotated[
        int | None,
        typer.Option(envvar="WANGGE_WEB_PORT", help="Health and metrics port on loopback."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Log as JSON lines (the default off a terminal).")
    ] = False,
) -> None:
    """Run one worker: both stages, all lanes. Stops on SIGTERM or Ctrl-C, within five seconds.

    Other settings come from WANGGE_… variables; `faust -A streams.app worker` starts the same.
    """
    run(
        Settings.read(
            brokers=brokers,
            redis=redis,
            pack=pack,
            namespace=namespace,
            boundaries=boundaries,
            slot=slot,
            delivery=delivery,
            web_port=web_port,
        ),
        as_json=json,
    )
