"""``wangge handover``: the page of a shift handover (交接班)."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.desk_record import DeskRecord
from cli.handover_page import Duties, as_row, print_page
from cli.options import Brokers, Namespace, Run
from cli.shift import began, instant
from incidents.handover import handover, heard_from, standing
from incidents.returned import moment, returned
from incidents.timeliness import Limits
from streams.city import City


def handover_(
    since: Annotated[
        str,
        typer.Option(help="When the shift began: 20:00 by the city's clocks, or a full time."),
    ],
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    pack: Annotated[
        Path,
        typer.Option("--pack", envvar="WANGGE_PACK", help="City pack: limits, names, roster."),
    ] = DEFAULT_PACK,
    now: Annotated[
        str | None, typer.Option(help="Another end of the shift than now; a run's is its end.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object; without the roster.")] = (
        False
    ),
) -> None:
    """Hand a shift over on one page: P1s, overdue cases, silent units, modes that expire,
    quarantine, returns by a wrong route, and what ended modes have left.

    Names and phones of the pack's roster.yaml are shown here and nowhere else.
    """
    record = DeskRecord.open("handover", run, brokers, namespace)
    until = record.now() if now is None else instant("now", now)
    city = City.load(pack, cache_folder())
    zone = city.calendar.zone
    begin = began(since, until, zone)
    states, decisions = list(record.incidents()), record.decisions()
    page = handover(
        standing(states, until),
        Limits(city.escalation, city.calendar),
        heard_from(decisions, begin, until),
        returned(decisions, states, begin, until),
        ((one.reason["code"], moment(one.body["received_at"])) for one in record.waiting()),
        record.modes(),
        begin,
        until,
    )
    if json:
        sys.stdout.write(orjson.dumps(as_row(page)).decode() + "\n")
        return
    local = datetime.fromtimestamp(until, zone)
    duties = Duties(city.pack.roster, local.hour * 60 + local.minute)
    print_page(page, city.pack.city.name, city.unit_names, duties, zone)
