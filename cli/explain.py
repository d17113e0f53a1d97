"""``wangge explain``: one decision as a readable chain, from place to queue."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.options import BoundarySetName, Run
from messages.errors import RunError, SettingsError
from messages.model import Body
from messages.topics import LANES, Topics
from sinks.run_folder import RunFolder

OUTCOME_STYLE = {"routed": "green", "quarantined": "yellow", "dead": "red", "ignored": "dim"}


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
    json: Annotated[bool, typer.Option("--json", help="Print the decisions as NDJSON.")] = False,
) -> None:
    """Explain a decision: where, what, how grave, which routes were tried, and whose.

    With --run, what a worker decided. With a FILE (NDJSON), what the pack would decide now, by the
    same two functions, without a broker.
    """
    file = Path(what)
    found = _of_file(file, pack, lane, boundaries) if file.is_file() else _of_run(what, run)
    if json:
        for body in found:
            typer.echo(orjson.dumps(body))
        return
    console = Console(highlight=False, markup=False)  # what people write may look like markup
    for body in found:
        _print(console, body)


def _of_run(event_id: str, folder: Path | None) -> list[Body]:
    if folder is None:
        raise SettingsError(
            "explain",
            f"{event_id!r} is not a file, and no run was named to look it up in",
            mend="pass --run DIR, such as --run demo-run, or name a file of event bodies",
        )
    run = RunFolder.open(folder)
    found = [d for d in run.bodies(run.stream("decisions")) if d["event_id"] == event_id]
    if not found:
        raise RunError(
            "no_such_event",
            f"{folder} holds no decision on event {event_id!r}",
            mend=f"ids are in {run.stream('decisions')}; ignored readings have no decision",
        )
    return list({_where(d): d for d in found}.values())


def _of_file(path: Path, pack: Path, lane: str | None, boundaries: str | None) -> list[Body]:
    from streams.city import City
    from streams.pipeline import decide, one_batch
    from streams.posting.feed import Refused, read

    if lane is not None and lane not in LANES:
        raise SettingsError("lane", f"{lane!r} is not a lane", mend=f"one of {', '.join(LANES)}")
    city = City.load(pack, cache_folder(), boundaries)
    now, states, found = time.time(), {}, []  # type: ignore[var-annotated]
    with path.open("rb") as lines:
        for number, fed in enumerate(read(lines, lane)):
            if isinstance(fed, Refused):
                message = f"line {fed.line}: {fed.message}"
                found.append({"outcome": "dead", "code": fed.code, "message": message})
                continue
            records = one_batch(Topics().lane(fed.lane), [orjson.dumps(fed.body)], now, number)
            decided = decide(fed.lane, records, city, states, now)
            found += _plain([*decided.decisions, *decided.dead])
            found += [
                {"outcome": "ignored", "event_id": reading.event_id}
                for _, reading in decided.understood.ignored
            ]
    return found


def _plain(bodies: list[Body]) -> list[Body]:
    plain: list[Body] = orjson.loads(orjson.dumps(bodies, option=orjson.OPT_UTC_Z))
    return plain


def _where(decision: Body) -> tuple[Any, ...]:
    origin = decision["origin"]
    return origin["topic"], origin["partition"], origin["offset"]


def _print(console: Console, body: Body) -> None:
    outcome = body.get("outcome", "dead")
    title = Text(f"{body.get('event_id', '(no id)')}  ", style="bold")
    title.append(outcome, style=OUTCOME_STYLE.get(outcome, ""))
    if body.get("unit"):
        title.append(f" → {body['unit']}", style="bold green")
    console.print(title)
    if "code" in body:
        console.print(f"  {body['code']}: {body['message']}\n")
        return
    chain = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    chain.add_column(style="cyan", no_wrap=True)
    chain.add_column(overflow="fold")
    for reason in body.get("reasons", ()):
        chain.add_row(reason["step"], reason["text"])
    for part in body.get("contributions", ()):
        chain.add_row("priority", f"{part['priority']} from {part['name']}")
    for tried in body.get("tried", ()):
        said = "matched" if tried["matched"] else f"no: {tried['failed']}"
        chain.add_row("route", f"{tried['route']}: {said}")
    if body.get("route"):
        chain.add_row("winner", f"{body['route']} (runner-up: {body.get('runner_up') or 'none'})")
    if body.get("copies"):
        chain.add_row("copies 抄送", ", ".join(body["copies"]))
    if body.get("incident_id"):
        chain.add_row("incident", body["incident_id"])
    if body.get("consulted"):
        values = ", ".join(f"{k}={v}" for k, v in body["consulted"].items() if v is not None)
        chain.add_row("consulted", values)
    if body.get("pack"):
        chain.add_row("pack", f"{body['pack']}, boundaries {body.get('boundaries', '')}")
    console.print(chain)
    console.print()
