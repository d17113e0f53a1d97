"""``wangge watch``: what arrives on units' queues, as it arrives."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any, Final

import orjson
import typer
from confluent_kafka import Message
from rich.console import Console
from rich.live import Live
from rich.table import Table

from cli.options import Brokers, Namespace, Run
from messages.errors import RunError, SettingsError
from messages.topics import Topics
from messages.unit import Unit
from sinks.run_folder import RunFolder
from streams.cluster.brokers import Cluster, reach
from streams.cluster.tail import Tail
from streams.settings import Settings

_ROWS: Final = 20
_WAIT_SECONDS: Final = 0.2
_STYLES: Final = {"P1": "bold red", "P2": "red", "P3": "yellow", "P4": "dim"}


def watch(
    queue: Annotated[
        list[str],
        typer.Option(help="A unit: city, district:CODE, street:CODE, dept:CODE, linkage:119."),
    ],
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Begin with the oldest entry that is kept.")
    ] = False,
    count: Annotated[int | None, typer.Option(min=1, help="Stop after so many entries.")] = None,
    seconds: Annotated[
        float | None, typer.Option("--for", min=0, help="Stop after so many seconds.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="NDJSON (the default when piped).")] = False,
) -> None:
    """Watch the queues of one or more units: a live table, or NDJSON when piped."""
    if run is not None:
        _recorded(RunFolder.open(run), queue, count, json=json)
        return
    settings = Settings.read(brokers=brokers, namespace=namespace)
    cluster = reach(settings.brokers)
    wanted = _queues(queue, settings.topics, cluster)
    with Tail(settings.brokers, wanted, from_start=from_start) as tail:
        entries = _entries(tail, count, seconds)
        with contextlib.suppress(KeyboardInterrupt):
            if json or not sys.stdout.isatty():
                _pipe(entries)
            else:
                _show(entries, title=", ".join(queue) + " · Ctrl-C ends")


def _recorded(run: RunFolder, names: list[str], count: int | None, *, json: bool) -> None:
    """What a finished run left on these queues: the first ``count`` entries, or all."""
    bodies = chain.from_iterable(run.bodies(run.queue(Unit.parse(name))) for name in names)
    entries = list(islice(bodies, count))
    if not entries:
        raise RunError(
            "no_such_queue",
            f"{run.folder} holds no entry of {', '.join(names)}",
            mend=f"queues are in {run.folder / 'queues'}",
        )
    if json or not sys.stdout.isatty():
        sys.stdout.buffer.writelines(orjson.dumps(entry) + b"\n" for entry in entries)
        return
    shown = deque(entries, maxlen=_ROWS)
    Console().print(_table(shown, f"{', '.join(names)} · last of", len(entries)))


def _queues(names: list[str], topics: Topics, cluster: Cluster) -> dict[str, int]:
    wanted = {topics.queue(Unit.parse(name)): name for name in names}
    for topic, name in wanted.items():
        if topic not in cluster.partitions:
            known = sum(found.startswith(topics.queues_prefix) for found in cluster.partitions)
            raise SettingsError(
                "queue",
                f"{name} has no queue at {cluster.brokers} (there is no topic {topic})",
                mend=f"check the code and --namespace: {topics.ns} has {known} queues there",
            )
    return {topic: cluster.partitions[topic] for topic in wanted}


def _entries(tail: Tail, count: int | None, seconds: float | None) -> Iterator[list[Message]]:
    """Batches as they come (an empty one now and then), until ``count`` or the time is up."""
    deadline = None if seconds is None else time.monotonic() + seconds
    left = count
    while left is None or left > 0:
        wait = _WAIT_SECONDS
        if deadline is not None:
            wait = min(wait, deadline - time.monotonic())
            if wait <= 0:
                return
        batch = tail.take(wait)[:left]
        if left is not None:
            left -= len(batch)
        yield batch


def _pipe(batches: Iterator[list[Message]]) -> None:
    out = sys.stdout.buffer
    for batch in batches:
        for message in batch:
            out.write((message.value() or b"null") + b"\n")
        if batch:
            out.flush()


def _show(batches: Iterator[list[Message]], *, title: str) -> None:
    rows: deque[dict[str, Any]] = deque(maxlen=_ROWS)
    seen = 0
    console = Console()
    with Live(_table(rows, title, seen), console=console, refresh_per_second=5) as live:
        for batch in batches:
            for message in batch:
                body = message.value()
                if body is not None:
                    rows.append(orjson.loads(body))
                    seen += 1
            live.update(_table(rows, title, seen))


def _table(rows: deque[dict[str, Any]], title: str, seen: int) -> Table:
    table = Table(title=f"{title} · entries: {seen:,}", expand=True)
    for column in ("occurred", "priority", "category", "unit", "place", "reason", "incident"):
        table.add_column(column, ratio=4 if column == "reason" else None, overflow="fold")
    for row in rows:
        place = row.get("place") or {}
        table.add_row(
            str(row.get("occurred_at", ""))[11:19],
            str(row.get("priority", "")),
            str(row.get("category_name") or row.get("category", "")),
            str(row.get("unit", "")) + ("" if row.get("role") == "owner" else " (抄送)"),
            str(place.get("grid") or place.get("street") or place.get("district") or ""),
            str(row.get("reason", "")),
            str(row.get("incident_id", "")),
            style=_STYLES.get(str(row.get("priority")), ""),
        )
    return table
