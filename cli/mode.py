"""``wangge mode``: emergency modes (平/战) ordered, approved, ended, listed, and planned before."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import orjson
import typer

from cli.city_option import DEFAULT_PACK
from cli.mode_display import print_comparison, print_listed, print_sweep
from cli.mode_order import Giving, after, made, moment_of, new_id
from cli.options import Brokers, Namespace
from messages.errors import SettingsError
from messages.order import ApprovalOrder, EndOrder, ModeOrder
from streams.cluster.brokers import reach
from streams.control.giving import latest, standing_now
from streams.control.mandate import Mandate
from streams.control.overview import handover, overview
from streams.settings import Settings

app = typer.Typer(
    help="Emergency modes (平/战): a scenario laid over an area for a time.", no_args_is_help=True
)

Pack: TypeAlias = Annotated[
    Path,
    typer.Option(envvar="WANGGE_PACK", help="City pack, for its officers, scenarios and areas."),
]
Area: TypeAlias = Annotated[
    list[str], typer.Option("--area", help="city, district:CODE or street:CODE; again for more.")
]
Author: TypeAlias = Annotated[
    str, typer.Option(help="The officer who orders it, as authority.yaml has him.")
]
Reason: TypeAlias = Annotated[str, typer.Option(help="Why; it stays on the record.")]
Wait: TypeAlias = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for a worker's answer.")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
OrderId: TypeAlias = Annotated[
    str | None, typer.Option("--order-id", help="The order's own id; made up where not given.")
]


@app.command("start")
def start(
    scenario: Annotated[str, typer.Argument(help="A scenario of the pack, such as flood.")],
    area: Area,
    duration: Annotated[str, typer.Option("--for", help="How long: 6h, 90m, 1d12h.")],
    author: Author,
    reason: Reason,
    approver: Annotated[
        str | None, typer.Option(help="Another officer, who has approved it.")
    ] = None,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="At once; approval must follow within minutes.")
    ] = False,
    begins: Annotated[
        str | None, typer.Option("--from", help="When it begins, as 2026-11-23T20:00+08:00.")
    ] = None,
    order_id: OrderId = None,
    pack: Pack = DEFAULT_PACK,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Order a mode: in force once somebody else has approved it, at once in an emergency.

    Exit code 1 when it is refused, or no worker has answered.
    """
    starts = moment_of(begins)
    order = made(
        ModeOrder,
        order_id or new_id(scenario),
        author,
        reason,
        starts,
        approver=approver,
        scenario=scenario,
        area=tuple(area),
        ends_at=after(starts, duration),
        emergency=emergency,
    )
    Giving(pack, brokers, namespace, wait, json).give(order)


@app.command("approve")
def approve(
    order: Annotated[str, typer.Argument(help="The id of the mode, as `mode list` shows it.")],
    author: Author,
    reason: Reason = "approved",
    order_id: OrderId = None,
    pack: Pack = DEFAULT_PACK,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Approve a mode that another officer has proposed, or started as an emergency.

    Exit code 1 when it is refused, or no worker has answered.
    """
    now = moment_of(None)
    given = made(ApprovalOrder, order_id or new_id("approve"), author, reason, now, approves=order)
    Giving(pack, brokers, namespace, wait, json).give(given)


@app.command("end")
def end(
    order: Annotated[str, typer.Argument(help="The id of the mode, as `mode list` shows it.")],
    author: Author,
    reason: Reason,
    order_id: OrderId = None,
    pack: Pack = DEFAULT_PACK,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """End a mode before its time, or withdraw one that has not begun.

    Exit code 1 when it is refused, or no worker has answered.
    """
    given = made(EndOrder, order_id or new_id("end"), author, reason, moment_of(None), ends=order)
    Giving(pack, brokers, namespace, wait, json).give(given)


@app.command("list")
def list_modes(
    brokers: Brokers = None,
    namespace: Namespace = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a mode.")] = False,
) -> None:
    """List modes in force, waiting, to come, and ended in the last day, with their open cases."""
    settings = Settings.read(brokers=brokers, namespace=namespace)
    cluster, topics = reach(settings.brokers), settings.topics
    standing = standing_now(cluster, topics)
    cases = handover(latest(cluster, topics.incidents)) if standing.modes else {}
    now = time.time()
    listed = overview(standing, cases, now)
    if json:
        sys.stdout.writelines(orjson.dumps(one.as_row(now)).decode() + "\n" for one in listed)
    else:
        print_listed(listed, now)


@app.command("plan")
def plan(
    scenario: Annotated[str, typer.Argument(help="A scenario of the pack, such as flood.")],
    area: Area,
    on: Annotated[
        Path | None, typer.Option("--on", help="NDJSON of events: which of them would move.")
    ] = None,
    pack: Pack = DEFAULT_PACK,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a difference.")] = False,
) -> None:
    """Show what a mode would change before it is ordered: other queues, copies, priorities.

    Without --on, over every street × category × priority of the area, in and out of working time.
    With it, the events of a file are decided with the mode and without it.
    """
    from cli.city_option import cache_folder
    from streams.city import City
    from streams.control.clerk import territories

    if on is not None and not on.is_file():
        raise SettingsError("file", f"there is no file {on}", mend="name a file of events")
    city = City.load(pack, cache_folder())
    mandate = Mandate.of(city.pack, territories(city))
    if scenario not in mandate.scenarios:
        known = ", ".join(sorted(mandate.scenarios)) or "(it has none)"
        raise SettingsError(
            "scenario", f"{pack} has no scenario {scenario!r}", mend=f"one of {known}"
        )
    unknown = [unit for unit in area if not mandate.knows(unit)]
    if unknown:
        raise SettingsError(
            "area",
            f"{', '.join(unknown)} is no territory of the city",
            mend="write city, district:CODE or street:CODE",
        )
    if on is None:
        _plan_sweep(city, scenario, area, as_json=json)
    else:
        _plan_on(city, scenario, area, on, as_json=json)


def _plan_sweep(city: Any, scenario: str, area: list[str], *, as_json: bool) -> None:
    from streams.control.sweep import sweep

    found = sweep(city, scenario, area, time.time())
    if as_json:
        sys.stdout.writelines(orjson.dumps(row.as_row()).decode() + "\n" for row in found.rows)
    else:
        print_sweep(found, city.pack.modes[scenario], ", ".join(area))


def _plan_on(city: Any, scenario: str, area: list[str], file: Path, *, as_json: bool) -> None:
    from streams.control.moved import compare
    from streams.posting.feed import Refused, read

    with file.open("rb") as lines:
        read_ = list(read(lines))
    refused = [one for one in read_ if isinstance(one, Refused)]
    found = compare(city, scenario, area, (e for e in read_ if not isinstance(e, Refused)))
    if as_json:
        sys.stdout.writelines(
            orjson.dumps(
                {
                    "event_id": one.event_id,
                    "category": one.category,
                    "before": one.before._asdict(),
                    "after": one.after._asdict(),
                }
            ).decode()
            + "\n"
            for one in found.moved
        )
    else:
        print_comparison(found)
    for one in refused:
        sys.stderr.write(f"line {one.line}: {one.message} [{one.code}]\n")
    if refused:
        raise typer.Exit(1)
