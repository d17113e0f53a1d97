"""``wangge explain --again``: an old decision decided again under the pack it was made with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NoReturn

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.city_option import cache_folder
from cli.pack_store import pack_store
from messages.errors import EventError, RunError
from messages.model import Body
from messages.topics import Lane
from sinks.run_folder import RunFolder
from streams.city import City
from streams.redecide import COMPARED, Again, redecide
from streams.understanding.decode import decode


def decide_again(
    decisions: Sequence[Body],
    run: RunFolder,
    store: Path | None,
    boundaries: str | None,
    *,
    as_json: bool,
) -> NoReturn:
    """Decide each of one event's decisions again, print what differs, and end the command with
    exit code 1 when something does, else 0.

    Raises :class:`PackError` for a pack that the store does not have, and ``run.no_input`` for an
    event that the run did not post.
    """
    packs = pack_store(store)

    @cache
    def city_of(version: str) -> City:
        return City.load(packs.get(version), cache_folder(), boundaries)

    console, same = Console(highlight=False, markup=False), True
    for decision, (lane, event) in _with_inputs(decisions, run):
        again = redecide(decision, lane, event, city_of(decision["pack"]))
        same &= again.same
        if as_json:
            typer.echo(orjson.dumps(_as_body(decision, again)))
        else:
            _print(console, decision, again)
    raise typer.Exit(0 if same else 1)


def _with_inputs(
    decisions: Sequence[Body], run: RunFolder
) -> Iterator[tuple[Body, tuple[Lane, Body]]]:
    """Each decision with the event it was made on: by id, source and time of occurrence, and of
    equal ones the first for the first."""
    event_id = decisions[0]["event_id"]
    posted = [_input(line) for line in run.bodies(run.inputs) if _is_of(line, event_id)]
    used: dict[tuple[str, str], int] = {}
    for decision in sorted(decisions, key=lambda d: (d["received_at"], d["origin"]["offset"])):
        key = decision["source"], decision["occurred_at"]
        wanted = decision["source"], datetime.fromisoformat(decision["occurred_at"])
        found = [(lane, body) for lane, body, said in posted if said == wanted]
        if not found:
            raise RunError(
                "no_input",
                f"{run.inputs} holds no event {event_id!r} that occurred at {key[1]}",
                mend="the event was not posted by this run; --again needs it as it came",
            )
        yield decision, found[min(used.get(key, 0), len(found) - 1)]
        used[key] = used.get(key, 0) + 1


def _is_of(line: Body, event_id: str) -> bool:
    event = line.get("event")
    return isinstance(event, dict) and event.get("event_id") == event_id


def _input(line: Body) -> tuple[Lane, Body, tuple[str, datetime] | None]:
    lane, body = line["lane"], line["event"]
    try:
        event = decode(lane, orjson.dumps(body))
    except EventError:  # a dead letter with the same id
        return lane, body, None
    return lane, body, (event.source, event.occurred_at)


def _as_body(decision: Body, again: Again) -> Body:
    return {
        "event_id": decision["event_id"],
        "origin": decision["origin"],
        "pack": decision["pack"],
        "same": again.same,
        "differences": [
            {"field": d.field, "then": d.then, "now": d.now} for d in again.differences
        ],
        "recalled": again.recalled,
        "decision": again.decision,
    }


def _print(console: Console, decision: Body, again: Again) -> None:
    console.print(
        f"{decision['event_id']}  received {decision['received_at']}, pack {decision['pack']}"
    )
    table = Table("", "then", "now", "", box=None, padding=(0, 2, 0, 2))
    differing = {one.field for one in again.differences}
    for name in COMPARED:
        if decision.get(name) or again.decision.get(name) or name in differing:
            word = "differs" if name in differing else "same"
            table.add_row(name, _said(decision.get(name)), _said(again.decision.get(name)), word)
    for one in again.differences:
        if one.field not in COMPARED:
            table.add_row(one.field, _said(one.then), _said(one.now), "differs")
    console.print(table)
    if again.recalled:
        console.print(f"  taken from the record: {', '.join(again.recalled)}")
    console.print("  the same\n" if again.same else f"  {len(again.differences)} differ\n")


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
