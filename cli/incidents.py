"""``wangge incidents``: the cases as they stand, one of them whole, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final, TypeAlias

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.desk_record import DeskRecord
from cli.options import Brokers, Namespace, Run
from incidents.case import OPEN
from messages.errors import RunError
from messages.model import Body
from messages.unit import Unit

app = typer.Typer(
    name="incidents",
    help="Look at cases: those that match, one of them whole, or its steps.",
    no_args_is_help=True,
)
_CLOCKS: Final = ("accept", "dispose")
Name: TypeAlias = Annotated[
    str, typer.Argument(metavar="INCIDENT_ID", help="As `incidents list` shows it.")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="NDJSON.")]


@app.command("list")
def list_(
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    unit: Annotated[str | None, typer.Option(help="Only of this owner.")] = None,
    status: Annotated[str | None, typer.Option(help="Only in this status.")] = None,
    priority: Annotated[str | None, typer.Option(help="Only P1, P2, P3 or P4.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those in work.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those in work past a limit that still runs.")
    ] = False,
    json: Json = False,
) -> None:
    """List cases as they stand, the oldest first."""
    cases = DeskRecord.open("incidents", run, brokers, namespace)
    wanted = str(Unit.parse(unit)) if unit is not None else None
    found = [
        body
        for body in _latest(cases.incidents()).values()
        if wanted in (None, body["unit"])
        and status in (None, body["status"])
        and priority in (None, body["priority"])
        and (body["status"] in OPEN or not (only_open or overdue))
    ]
    if overdue:
        now = cases.now()
        limits = _limits(cases.entries({body["unit"] for body in found}))
        found = [
            body for body in found if _is_overdue(body, limits.get(body["incident_id"], {}), now)
        ]
    found.sort(key=lambda body: (_moment(body["opened_at"]), body["incident_id"]))
    if json:
        for body in found:
            typer.echo(orjson.dumps(body))
        return
    table = Table(title=f"Incidents 案件 · {len(found):,}", title_justify="left")
    for column in ("incident", "opened", "status", "priority", "category", "unit", "stage", "of"):
        table.add_column(column, overflow="fold")
    for body in found:
        table.add_row(
            body["incident_id"],
            _local(body["opened_at"]),
            body["status"],
            body["priority"],
            body["category"],
            body["unit"],
            body.get("stage") or "",
            str(body.get("count", 1)),
        )
    Console(highlight=False, markup=False).print(table)


@app.command()
def show(
    incident_id: Name,
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    json: Json = False,
) -> None:
    """Show everything that is public of one case, but for its steps. Exit code 1: no such case."""
    cases = DeskRecord.open("incidents", run, brokers, namespace)
    body = _one(cases, incident_id)
    if json:
        typer.echo(orjson.dumps(body))
        return
    table = Table(title=f"Incident 案件 {incident_id}", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _told(body, _limits(cases.entries({body["unit"]})).get(incident_id, {})):
        table.add_row(name, value)
    Console(highlight=False, markup=False).print(table)


@app.command()
def timeline(
    incident_id: Name,
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    json: Json = False,
) -> None:
    """Tell the steps of one case in local time, and what each put on units' queues.

    Queues are those of the units that the case names. Exit code 1: no such case.
    """
    cases = DeskRecord.open("incidents", run, brokers, namespace)
    body = _one(cases, incident_id)
    told: dict[int, dict[str, Body]] = {}
    for entry in cases.entries(_units(body)):
        if entry.get("incident_id") == incident_id and "entry_id" in entry:
            # A queue may hold an entry twice: its reader drops the repeat by unit and entry_id.
            of = f"{entry['unit']} {entry['entry_id']}"
            told.setdefault(entry["seq"], {})[of] = entry
    steps: dict[int, list[Body]] = {}
    for step in body.get("timeline", ()):
        steps.setdefault(step["seq"], []).append(step)
    if json:
        for seq in sorted(steps.keys() | told.keys()):
            line = {
                "seq": seq,
                "steps": steps.get(seq, []),
                "entries": list(told.get(seq, {}).values()),
            }
            typer.echo(orjson.dumps(line))
        return
    table = Table(title=f"Timeline 办理过程 {incident_id}", title_justify="left")
    for column in ("seq", "at", "change", "by", "code", "queues"):
        table.add_column(column, overflow="fold")
    for seq in sorted(steps.keys() | told.keys()):
        queues = _queues(told.get(seq, {}).values())
        # What compaction or the timeline's length has taken is still told by the queues.
        for step in steps.get(seq, [{}]):
            at = _local(step["at"]) if step else ""
            cells = (at, step.get("change", ""), step.get("by", ""), step.get("code", ""))
            table.add_row(str(seq), *cells, queues)
            queues = ""
    Console(highlight=False, markup=False).print(table)


def _latest(bodies: Iterable[Body]) -> dict[str, Body]:
    """The last body of each case: a topic that is not compacted yet holds earlier ones too."""
    return {body["incident_id"]: body for body in bodies}


def _one(cases: DeskRecord, incident_id: str) -> Body:
    found = _latest(b for b in cases.incidents() if b["incident_id"] == incident_id).get(
        incident_id
    )
    if found is None:
        raise RunError(
            "no_such_incident",
            f"there is no incident {incident_id}",
            mend="see `wangge incidents list`; an event's is in `wangge explain EVENT_ID`",
        )
    return found


def _limits(entries: Iterable[Body]) -> dict[str, Body]:
    """The latest entry of each case: it says its limits, in working time of its pack."""
    found: dict[str, Body] = {}
    for entry in entries:
        if "entry_id" in entry and entry["seq"] >= found.get(entry["incident_id"], entry)["seq"]:
            found[entry["incident_id"]] = entry
    return found


def _is_overdue(body: Body, entry: Body, now: float) -> bool:
    """Whether a limit has passed whose clock runs: one stopped in time is not overdue later."""
    return any(
        (clock := body.get("clocks", {}).get(name)) is not None
        and clock.get("end") is None
        and (by := entry.get(f"{name}_by")) is not None
        and _moment(by) < now
        for name in _CLOCKS
    )


def _told(body: Body, entry: Body) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if name in ("schema_version", "incident_id", "timeline") or value in (None, "", [], {}):
            continue
        if name in ("opened_at", "changed_at"):
            yield name, _local(value)
        elif name == "clocks":
            for clock in _CLOCKS:
                if value.get(clock):
                    yield clock, _clock(value[clock], entry.get(f"{clock}_by"))
        elif name == "supervised":
            yield name, f"{value['by']}, since {_local(value['at'])}, said {value['times']}"
        elif name == "place":
            parts = (f"{k} {v}" for k, v in value.items() if not isinstance(v, dict | list) and v)
            yield name, " · ".join(parts)
        elif name == "modes":
            yield name, ", ".join(f"{mode['scenario']} ({mode['order_id']})" for mode in value)
        else:
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _clock(clock: Body, by: str | None) -> str:
    end = clock.get("end")
    text = f"since {_local(clock['start'])}"
    text += f", ended {_local(end)}" if end is not None else ", running"
    text += f", limit {_local(by)}" if by is not None else ""
    longer = clock.get("longer")
    return text + (f", longer by {', '.join(longer)}" if longer else "")


def _units(body: Body) -> set[str]:
    """Every unit that the case names: who has it, had a part in it, or is told."""
    single = (body.get(name) for name in ("unit", "accepted_by", "resolved_by", "arbiter"))
    many = (unit for name in ("copies", "co_owners", "assists") for unit in body.get(name, ()))
    acted = (step.get("by") for step in body.get("timeline", ()))
    return {unit for unit in (*single, *many, *acted) if unit}


def _queues(entries: Iterable[Body]) -> str:
    return "\n".join(f"{e['unit']} ({e['role']}): {e['reason']}" for e in entries)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _local(at: str | float) -> str:
    moment = _moment(at) if isinstance(at, str) else at
    return f"{datetime.fromtimestamp(moment).astimezone():%Y-%m-%d %H:%M:%S}"
