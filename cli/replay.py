"""``wangge replay``: a recording again, its times moved to now, into a namespace."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cli import feeding
from cli.options import Brokers
from cli.summary import Summary
from messages.errors import BrokerError, SettingsError
from messages.topics import LANES, Lane
from streams.cluster.brokers import Cluster, reach
from streams.cluster.tail import Tail, in_order_of_arrival
from streams.posting import feed
from streams.posting.feed import Fed, Refused
from streams.posting.replay import paced, parse_speed, schedule
from streams.settings import Settings

_LIVE: Final = "wangge"


def replay(
    file: Annotated[
        Path | None, typer.Argument(help="NDJSON of bodies, or the inputs.ndjson of a run.")
    ] = None,
    from_topic: Annotated[
        str | None, typer.Option(help="Instead of FILE: an input lane, such as wangge.in.reports.")
    ] = None,
    speed: Annotated[str, typer.Option(help="10x, 0.5x, or max: without any gap.")] = "1x",
    into: Annotated[
        str | None, typer.Option("--into", help="Namespace to post into, such as drill.storm-1.")
    ] = None,
    shift: Annotated[
        Literal["now", "none"],
        typer.Option(help="now: the first event happens now; none: times stay as they are."),
    ] = "now",
    lane: Annotated[str | None, typer.Option(help="All events to this lane.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many events.")] = 1_000_000,
    brokers: Brokers = None,
    outstanding: Annotated[
        int, typer.Option(min=1, help="On a practice ground: at most so many unread records.")
    ] = feeding.OUTSTANDING,
    yes_live: Annotated[
        bool, typer.Option("--yes-live", help="Replay into the live namespace, wangge.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Post a recording again, in its order, gaps divided by the speed, until its end.

    Exit code 1 when a line was refused, the broker did not take a record, or --limit cut it short.
    """
    rate = parse_speed(speed)
    settings = Settings.read(brokers=brokers, namespace=into or _LIVE)
    if settings.namespace == _LIVE and not yes_live:
        raise SettingsError(
            "live",
            "a replay into the namespace wangge reaches live queues",
            mend="name another one with --into, or say --yes-live",
        )
    if (file is None) == (from_topic is None):
        raise SettingsError("replay", "one of FILE and --from-topic is needed", mend="name one")
    chosen = feeding.parse_lane(lane)
    if file is not None:
        feeding.require_file(file)
    cluster = reach(settings.brokers)
    feeding.require_lanes(cluster, settings.topics)
    summary = Summary()
    with feeding.Bar() as bar:
        events = (
            _from_file(file, chosen, summary)
            if file is not None
            else _from_topic(from_topic or "", cluster, chosen, limit, summary)
        )
        dues = schedule(
            islice(events, limit),
            settings.topics,
            start=datetime.now(UTC),
            speed=rate,
            shift=shift == "now",
        )
        outputs = (
            (due.output for due in dues)
            if math.isinf(rate)
            else paced(dues, clock=time.monotonic, sleep=time.sleep)
        )
        feeding.deliver(outputs, settings, cluster, summary, bar.advance, outstanding=outstanding)
        summary.cut_short = next(iter(events), None) is not None and not summary.interrupted
    summary.finish(as_json=json)


def _from_file(file: Path, lane: Lane | None, summary: Summary) -> Iterator[Fed]:
    opened = nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    with opened as lines:
        yield from _kept(feed.read(lines, lane), summary)


def _from_topic(
    topic: str, cluster: Cluster, lane: Lane | None, limit: int, summary: Summary
) -> Iterator[Fed]:
    if topic not in cluster.partitions:
        raise BrokerError("no_topic", f"there is no topic {topic}", mend="check the name")
    of_topic = next((one for one in LANES if topic.endswith(f".in.{one}")), None)
    if of_topic is None:
        raise SettingsError(
            "from_topic",
            f"{topic} is not an input lane",
            mend="name one such as wangge.in.reports",
        )
    with Tail(cluster.brokers, {topic: cluster.partitions[topic]}, from_start=True) as tail:
        # One more than the limit, so that it is seen when there was more.
        history = in_order_of_arrival(islice(tail.history(), limit + 1))
    lines = (message.value() or b"null" for message in history)
    yield from _kept(feed.read(lines, lane or of_topic), summary)


def _kept(found: Iterable[Fed | Refused], summary: Summary) -> Iterator[Fed]:
    for one in found:
        if isinstance(one, Refused):
            summary.refuse(one)
        else:
            yield one
