"""Options that several commands share, each with its one name, variable and help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Brokers: TypeAlias = Annotated[
    str | None, typer.Option(envvar="WANGGE_BROKERS", help="Kafka, as host:port,host:port.")
]
Namespace: TypeAlias = Annotated[
    str | None, typer.Option(envvar="WANGGE_NAMESPACE", help="Topic prefix.")
]
BoundarySetName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--boundaries",
        envvar="WANGGE_BOUNDARIES",
        help="Locate by this boundary set of the pack, whenever an event occurred.",
    ),
]
Run: TypeAlias = Annotated[
    Path | None, typer.Option(help="Read a run folder, such as demo-run, instead of Kafka.")
]
