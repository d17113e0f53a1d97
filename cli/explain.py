"""``wangge explain``: one decision as a readable chain, from place to queue."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.explained import print_decision
from cli.options import BoundarySetName, Run
from cli.pack_store import Store
from messages.errors import RunError, SettingsError
from messages.model import Body
from messages.topics import LANES, Topics
from rules.modes import Mode
from rules.route import facts_of
from sinks.run_folder import RunFolder
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch
from streams.posting.feed import Refused, read


def explain(
    what: Annotated[
        str, typer.Argument(metavar="EVENT_ID|FILE", help="An event id, or a file of event bodies.")
    ],
    run: Run = None,
    pack: Annotated[
        Path, typer.Option(help="Decide FILE with this city pack.", envvar="WANGGE_PACK")
    ] = DEFAULT_PACK,
    lane: Annotated[
        str | None, typer.Option(help=f"Lane of FILE's events: {', '.join(LANES)}.")
    ] = None,
    boundaries: BoundarySetName = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="With --run: decide it again under the stored pack, and compare."
        ),
    ] = False,
    store: Store = None,
    at: Annotated[
        str | None,
        typer.Option(help="FILE arrives at this local time, such as '2026-11-25 22:10'; else now."),
    ] = None,
    mode: Annotated[
        list[str] | None, typer.Option(help="FILE arrives while this mode is in force, city-wide.")
    ] = None,
    every_route: Annotated[
        bool,
        typer.Option("--every-route", help="Of FILE: show the answer of every route of the pack."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the decisions as NDJSON.")] = False,
) -> None:
    """Explain a decision: where, what, how grave, which routes were tried, and whose.

    With --run, what a worker decided; with --again too, whether the pack of that time decides the
    same today (exit code 1 when it does not). With a FILE (NDJSON), what the pack would decide now,
    by the same two functions, without a broker; exit code 1 when a line of it is no event.
    """
    file = Path(what)
    if again:
        if run is None:
            raise SettingsError("explain", "--again needs a run", mend="pass --run DIR")
        from cli.again import decide_again

        decide_again(_of_run(what, run), RunFolder(run), store, boundaries, as_json=json)
    city: City | None = None
    if file.is_file():
        city = City.load(pack, cache_folder(), boundaries)
        found = _of_file(file, city, lane, at, mode or [])
    else:
        found = _of_run(what, run)
    if json:
        for body in found:
            typer.echo(orjson.dumps(body))
        _say_refused(found)
        return
    console = Console(highlight=False, markup=False)  # what people write may look like markup
    for body in found:
        routes = None
        if every_route and city is not None and body.get("route"):
            routes = city.router.everything_tried(facts_of(body))
        print_decision(console, body, routes)
    _say_refused(found)


def _say_refused(found: list[Body]) -> None:
    """Exit code 1 when a line of the file is no event at all."""
    if any("event_id" not in body and "origin" not in body for body in found):
        raise typer.Exit(1)


def _of_run(event_id: str, folder: Path | None) -> list[Body]:
    if folder is None:
        raise SettingsError(
            "explain",
            f"{event_id!r} is not a file, and no run was named to look it up in",
            mend="pass --run DIR, such as --run demo-run, or name a file of event bodies",
        )
    run = RunFolder.open(folder)
    found = [d for d in run.bodies(run.stream("decisions")) if d.get("event_id") == event_id]
    if not found:
        raise RunError(
            "no_such_event",
            f"{folder} holds no decision on event {event_id!r}",
            mend=f"ids are in {run.stream('decisions')}; ignored readings have no decision",
        )
    return list({_where(d): d for d in found}.values())


def _of_file(
    path: Path, city: City, lane: str | None, at: str | None, scenarios: list[str]
) -> list[Body]:
    if lane is not None and lane not in LANES:
        raise SettingsError("lane", f"{lane!r} is not a lane", mend=f"one of {', '.join(LANES)}")
    force = InForce.of(city, tuple(_mode(city, scenario) for scenario in scenarios))
    now, states, found = _moment(city, at), {}, []  # type: ignore[var-annotated]
    with path.open("rb") as lines:
        for number, fed in enumerate(read(lines, lane)):
            if isinstance(fed, Refused):
                message = f"line {fed.line}: {fed.message}"
                found.append({"outcome": "dead", "code": fed.code, "message": message})
                continue
            records = one_batch(Topics().lane(fed.lane), [orjson.dumps(fed.body)], now, number)
            decided = decide(fed.lane, records, force, states, now)
            found += _plain([*decided.decisions, *decided.dead])
            found += [
                {"outcome": "ignored", "event_id": reading.event_id}
                for _, reading in decided.understood.ignored
            ]
    return found


def _moment(city: City, at: str | None) -> float:
    if at is None:
        return time.time()
    try:
        local = datetime.fromisoformat(at)
        if not 1971 <= local.year < 2200:
            raise ValueError
    except ValueError:
        raise SettingsError(
            "at",
            f"{at!r} is not a time",
            mend="write it as '2026-11-25 22:10', on the city's clocks",
        ) from None
    zone = ZoneInfo(city.pack.city.time_zone)
    return (local if local.tzinfo is not None else local.replace(tzinfo=zone)).timestamp()


def _mode(city: City, scenario: str) -> Mode:
    if scenario not in city.pack.modes:
        known = ", ".join(city.pack.modes) or "the pack has none"
        raise SettingsError("mode", f"there is no mode {scenario!r}", mend=f"one of: {known}")
    forever = (0.0, float("inf"))
    return Mode(scenario, scenario, frozenset({"city"}), *forever, True, "explain", None, "")


def _plain(bodies: list[Body]) -> list[Body]:
    plain: list[Body] = orjson.loads(orjson.dumps(bodies, option=orjson.OPT_UTC_Z))
    return plain


def _where(decision: Body) -> tuple[Any, ...]:
    origin = decision["origin"]
    return origin["topic"], origin["partition"], origin["offset"]
