"""How ``wangge tasks progress`` shows the streets: a table, CSV or NDJSON."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import orjson
from rich.box import SIMPLE
from rich.table import Table

from cli.up_display import wide_console
from incidents.tasks.progress import Progress

Format: TypeAlias = Literal["table", "csv", "json"]
_NUMBERS: Final = Progress._fields[2:-1]


def show_progress(streets: Sequence[Progress], shape: Format) -> None:
    """``streets`` end with the whole, whose codes are empty."""
    if shape == "json":
        for one in streets:
            sys.stdout.write(orjson.dumps(one._asdict()).decode() + "\n")
    elif shape == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(Progress._fields)
        writer.writerows([*one[:-1], _share(one, "", ".4f")] for one in streets)
    else:
        wide_console().print(_table(streets))


def _table(streets: Sequence[Progress]) -> Table:
    table = Table(
        title="Verification tasks 核查任务",
        title_justify="left",
        box=SIMPLE,
        padding=0,
        pad_edge=False,
    )
    table.add_column("street", no_wrap=True)
    for name in (*_NUMBERS, "agreement"):
        table.add_column(name.replace("_", "\n"), justify="right", no_wrap=True)
    for one in streets:
        if not one.street:
            table.add_section()
        numbers = [f"{getattr(one, name):,}" for name in _NUMBERS]
        table.add_row(one.street or "whole", *numbers, _share(one, "–", ".1%"))
    return table


def _share(one: Progress, none: str, shape: str) -> str:
    return none if one.agreement is None else format(one.agreement, shape)
