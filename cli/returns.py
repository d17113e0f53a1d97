"""``wangge returns``: which routes are returned (退回), and each return as a golden test."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from cli.city_option import DEFAULT_PACK
from cli.desk_record import DeskRecord
from cli.options import Brokers, Namespace, Run
from cli.returns_as_tests import HEAD, as_tests
from cli.shift import began
from cli.up_display import wide_console
from incidents.returned import Returned, returned
from packs.load import load


def returns(
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    as_golden: Annotated[
        bool, typer.Option("--as-tests", help="Print a tests.yaml: one golden test a return.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Only since 20:00 by the city's clocks, or a full time.")
    ] = None,
    pack: Annotated[
        Path, typer.Option("--pack", envvar="WANGGE_PACK", help="City pack, for its time zone.")
    ] = DEFAULT_PACK,
) -> None:
    """List returned cases by the route that had sent them, the most returned route first.

    With --as-tests, propose what should have happened as golden tests, for a person to look at.
    """
    record = DeskRecord.open("returns", run, brokers, namespace)
    zone = ZoneInfo(load(pack).city.time_zone)
    begin = float("-inf") if since is None else began(since, record.now(), zone)
    found = returned(record.decisions(), record.incidents(), begin)
    if not as_golden:
        _print(found)
        return
    pieces = list(as_tests(found, _texts(record, found), zone))
    if not any("\n  - " in piece for piece in pieces):
        sys.stderr.write("no return makes a golden test\n")
        sys.stdout.write("".join(piece.lstrip() for piece in pieces))
        return
    sys.stdout.write(HEAD + "".join(pieces))


def _texts(record: DeskRecord, found: list[Returned]) -> dict[str, str]:
    """The texts of the events that opened these cases, from the queues they were put on."""
    wanted = {one.first["event_id"] for one in found if one.first is not None}
    texts: dict[str, str] = {}
    for entry in record.entries({one.sent for one in found if one.sent}):
        if entry.get("event_id") in wanted and entry.get("text"):
            texts[entry["event_id"]] = entry["text"]
    return texts


def _print(found: list[Returned]) -> None:
    table = Table(title=f"Returns 退回 · {len(found):,}", title_justify="left")
    for column in ("route", "sent to", "went to", "reason", "returns"):
        table.add_column(column, overflow="fold")
    counts = Counter((one.route, one.sent, one.went or "", one.code) for one in found)
    routes = Counter(one.route for one in found)
    for (route, sent, went, code), count in sorted(
        counts.items(), key=lambda item: (-routes[item[0][0]], item[0][0], -item[1], item[0])
    ):
        cells = (route or "(not known)", sent, went or "not assigned yet", code, f"{count:,}")
        table.add_row(*map(Text, cells))
    wide_console().print(table)
