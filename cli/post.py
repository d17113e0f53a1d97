"""``wangge post``: events from a file onto the input lanes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from cli import feeding
from cli.options import Brokers, Namespace
from cli.summary import Summary
from messages.errors import SettingsError
from messages.topics import Lane, Topics
from sinks.output import Output
from streams.cluster.brokers import reach
from streams.posting import feed
from streams.posting.csv_feed import read_csv, source_of
from streams.posting.feed import Fed, Refused
from streams.settings import Settings


def post(
    file: Annotated[Path, typer.Argument(help="NDJSON or CSV; - is standard input (NDJSON).")],
    brokers: Brokers = None,
    namespace: Namespace = None,
    lane: Annotated[
        str | None, typer.Option(help="alarms, urgent, reports or readings; else by each kind.")
    ] = None,
    pack: Annotated[
        Path | None, typer.Option(envvar="WANGGE_PACK", help="City pack, for a CSV file.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The pack's sources/NAME.yaml that maps the CSV's columns.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Post each line as it is, unchecked; needs --lane.")
    ] = False,
    outstanding: Annotated[
        int, typer.Option(min=1, help="On a practice ground: at most so many unread records.")
    ] = feeding.OUTSTANDING,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Post the events of FILE. Lines that the engine would refuse are reported and not posted.

    Exit code 1 when a line was refused or the broker did not take a record.
    """
    settings = Settings.read(brokers=brokers, namespace=namespace)
    chosen = feeding.parse_lane(lane)
    if raw and chosen is None:
        raise SettingsError("lane", "--raw does not know the lane", mend="add --lane reports")
    feeding.require_file(file)
    is_csv = source is not None or file.suffix.lower() == ".csv"
    mapping = source_of(pack, source) if is_csv else None
    cluster = reach(settings.brokers)
    topics = settings.topics
    feeding.require_lanes(cluster, topics)
    summary = Summary()
    stdin = str(file) == "-"
    size = None if stdin else file.stat().st_size
    opened = nullcontext(sys.stdin.buffer) if stdin else file.open("rb")
    with opened as stream, feeding.Bar(size) as bar:
        lines = bar.lines(stream)
        if mapping is not None:
            outputs = _records(read_csv(lines, mapping, chosen), topics, summary)
        elif raw and chosen is not None:
            outputs = _raw(lines, topics, chosen, file.name)
        else:
            outputs = _records(feed.read(lines, chosen), topics, summary)
        feeding.deliver(outputs, settings, cluster, summary, bar.advance, outstanding=outstanding)
    summary.finish(as_json=json)


def _records(found: Iterable[Fed | Refused], topics: Topics, summary: Summary) -> Iterator[Output]:
    for one in found:
        if isinstance(one, Refused):
            summary.refuse(one)
        else:
            yield feed.record(topics, one.lane, one.body)


def _raw(lines: Iterable[bytes], topics: Topics, lane: Lane, name: str) -> Iterator[Output]:
    for number, line in enumerate(lines, 1):
        body = line.rstrip(b"\r\n")
        yield feed.raw_record(topics, lane, body, f"{name}:{number}", time.time())
