"""``wangge quarantine``: look at what was put aside, release it, or throw it out, on the record."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.city_option import DEFAULT_PACK
from cli.options import Brokers, Namespace, Run
from messages.cloudevents import headers, rfc3339
from messages.decision import origin_text
from messages.errors import BrokerError, SettingsError
from messages.model import Body
from messages.topics import Topics
from packs.load import load
from sinks.output import Output
from sinks.run_folder import RunFolder
from streams.cluster.brokers import reach
from streams.cluster.tail import Tail
from streams.cluster.topic_reader import read_all
from streams.posting.poster import Poster
from streams.put_aside import (
    PutAside,
    chosen,
    of_decisions,
    of_verdicts,
    put_aside,
    require_office,
    verdict_on,
)
from streams.settings import Settings

app = typer.Typer(
    name="quarantine",
    help="Look at what was put aside; release it, or throw it out, with author and reason.",
    no_args_is_help=True,
)
_WAIT_SECONDS: Final = 20.0

Names: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="EVENT_ID|ORIGIN…", help="As `quarantine list` shows them.")
]
Author: TypeAlias = Annotated[str, typer.Option(help="Officer of the pack's authority.yaml.")]
Reason: TypeAlias = Annotated[str, typer.Option(help="Why; it stands in the record.")]
PackFolder: TypeAlias = Annotated[
    Path, typer.Option("--pack", help="City pack folder.", envvar="WANGGE_PACK")
]


@app.command("list")
def list_(
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    code: Annotated[str | None, typer.Option(help="Only by this filter or reason.")] = None,
    source: Annotated[str | None, typer.Option(help="Only from this producer.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also what has been released or discarded.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a record.")] = False,
) -> None:
    """List what waits in quarantine, oldest first: event, reason, and since when."""
    found = [
        one
        for one in _read(run, brokers, namespace)
        if (every or not one.verdict)
        and code in (None, one.reason["code"])
        and source in (None, one.body["event"]["source"])
    ]
    if json:
        for one in found:
            line = {"where": one.where, "verdict": one.verdict or None, **one.body}
            typer.echo(orjson.dumps(line))
        return
    table = Table(title=f"Quarantine 隔离区 · {len(found):,}", title_justify="left")
    for column in ("event", "origin", "source", "reason", "since", "verdict"):
        table.add_column(column, overflow="fold")
    for one in found:
        event, reason = one.body["event"], one.reason
        since = one.body["received_at"][:19].replace("T", " ")
        why = f"{reason['code']}: {reason['text']}"
        table.add_row(event["event_id"], one.where, event["source"], why, since, one.verdict)
    Console(highlight=False, markup=False).print(table)


@app.command()
def show(
    names: Names, run: Run = None, brokers: Brokers = None, namespace: Namespace = None
) -> None:
    """Show records whole, as JSON: the event, where it was placed, every reason."""
    for one in chosen(_read(run, brokers, namespace), names):
        line = {"where": one.where, "verdict": one.verdict or None, **one.body}
        typer.echo(orjson.dumps(line, option=orjson.OPT_INDENT_2))


@app.command()
def release(
    names: Names,
    author: Author,
    reason: Reason,
    brokers: Brokers = None,
    namespace: Namespace = None,
    pack: PackFolder = DEFAULT_PACK,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a record.")] = False,
) -> None:
    """Let events go on to their queues. No filter of the screen holds them back again.

    Waits until each has its outcome; exit code 1 when one has been released or discarded before.
    """
    _decide("release", names, author, reason, brokers, namespace, pack, as_json=json)


@app.command()
def discard(
    names: Names,
    author: Author,
    reason: Reason,
    brokers: Brokers = None,
    namespace: Namespace = None,
    pack: PackFolder = DEFAULT_PACK,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a record.")] = False,
) -> None:
    """Throw events out. The record stays until the topic's retention ends, with who and why."""
    _decide("discard", names, author, reason, brokers, namespace, pack, as_json=json)


def _read(run: Path | None, brokers: str | None, namespace: str | None) -> list[PutAside]:
    if run is not None:
        folder = RunFolder.open(run)
        quarantined, decisions = (
            folder.bodies(folder.stream(name)) for name in ("quarantine", "decisions")
        )
        return put_aside(quarantined, of_decisions(decisions))
    if brokers is None:
        raise SettingsError(
            "quarantine", "neither a run nor a broker", mend="pass --run DIR or --brokers"
        )
    topics = Topics(namespace or "wangge")
    verdicts = read_all(brokers, topics.lane("verdicts"))
    return put_aside(read_all(brokers, topics.quarantine), of_verdicts(verdicts))


def _decide(
    verdict: Literal["release", "discard"],
    names: list[str],
    author: str,
    reason: str,
    brokers: str | None,
    namespace: str | None,
    pack: Path,
    *,
    as_json: bool,
) -> None:
    require_office(load(pack).authority, author)
    settings = Settings.read(brokers=brokers, namespace=namespace)
    topics = settings.topics
    cluster = reach(settings.brokers)
    if topics.lane("verdicts") not in cluster.partitions:
        raise BrokerError(
            "no_topic",
            f"there is no topic {topics.lane('verdicts')}",
            mend="check --namespace, or make the topics with `wangge topics apply PACK`",
        )
    wanted = chosen(_read(None, settings.brokers, settings.namespace), names)
    settled = [one for one in wanted if one.verdict]
    todo = [one for one in wanted if not one.verdict]
    now = datetime.now(UTC)
    outputs = [
        Output(
            topics.lane("verdicts"),
            one.where.encode(),
            (said := verdict_on(one, verdict, author, reason, now)).to_json(),
            headers(
                said.verdict_id,
                "wangge.verdict.v1",
                f"/wangge/{topics.ns}",
                rfc3339(now.timestamp()),
            ),
        )
        for one in todo
    ]
    places = {topics.decisions: cluster.partitions[topics.decisions]}
    with Tail(settings.brokers, places, from_start=False) as tail:
        poster = Poster(settings.brokers, idempotent=not cluster.practice_ground)
        poster.post(outputs)
        if not (posted := poster.flush()).complete:
            raise BrokerError(
                "delivery",
                f"the broker did not take it: {'; '.join(posted.failures)}",
                mend="see whether you may write to in.verdicts",
            )
        found = _outcomes(tail, {one.where for one in todo})
    for one in settled:
        _say({"where": one.where, "outcome": f"{one.verdict} before"}, as_json)
    for one in todo:
        decision = found.get(one.where)
        if decision is None:
            _say({"where": one.where, "outcome": "posted; no worker has taken it yet"}, as_json)
            continue
        said_ = {"where": one.where, "outcome": decision["outcome"], "unit": decision.get("unit")}
        _say({**said_, "incident_id": decision.get("incident_id")}, as_json)
    if settled or len(found) < len(todo):
        raise typer.Exit(1)


def _outcomes(tail: Tail, wanted: set[str]) -> dict[str, Body]:
    """The decision on each record's verdict, as soon as a worker has made it; bounded."""
    deadline = time.monotonic() + _WAIT_SECONDS
    found: dict[str, Body] = {}
    while wanted - found.keys() and time.monotonic() < deadline:
        for message in tail.take(0.2):
            decision = orjson.loads(message.value() or b"{}")
            if decision.get("released_from"):
                found[origin_text(decision["released_from"])] = decision
    return {where: decision for where, decision in found.items() if where in wanted}


def _say(line: Body, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps({key: value for key, value in line.items() if value is not None}))
        return
    text = f"{line['where']}: {line['outcome']}"
    if line.get("unit"):
        text += f" → {line['unit']} ({line['incident_id']})"
    typer.echo(text)
