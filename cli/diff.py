"""``wangge diff``: which events another pack would send elsewhere, and why."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from cli import feeding
from cli.city_option import cache_folder
from cli.options import Brokers
from messages.errors import BrokerError, SettingsError
from messages.event import Event
from messages.model import Body
from messages.topics import LANES, Lane
from streams.checking.moves import COMPARED, Arrived, Change, changes
from streams.checking.why import why
from streams.city import City
from streams.cluster.brokers import reach
from streams.cluster.tail import Tail, in_order_of_arrival
from streams.posting import feed
from streams.posting.feed import Fed, Refused
from streams.settings import Settings

_SHOWN: Final = 50


def diff(
    pack_a: Annotated[Path, typer.Argument(help="City pack folder, as it is.")],
    pack_b: Annotated[Path, typer.Argument(help="City pack folder, as it would be.")],
    on: Annotated[
        Path | None,
        typer.Option(help="Events: NDJSON of bodies, or the inputs.ndjson of a run; - is stdin."),
    ] = None,
    from_topic: Annotated[
        str | None, typer.Option(help="Instead of --on: an input lane, such as wangge.in.reports.")
    ] = None,
    lane: Annotated[str | None, typer.Option(help="All events on this lane.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many events.")] = 1_000_000,
    brokers: Brokers = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Decide every event under both packs, and list those on which they disagree.

    An event arrives when the topic says so; in a file, when it was submitted, or else occurred.
    Exit code 0: both packs decide alike; 1: they do not, or a line was refused.
    """
    if (on is None) == (from_topic is None):
        raise SettingsError("diff", "one of --on and --from-topic is needed", mend="name one")
    chosen = feeding.parse_lane(lane)
    if on is not None:
        feeding.require_file(on)
    before, after = (City.load(folder, cache_folder()) for folder in (pack_a, pack_b))
    refused: list[Refused] = []
    events = (
        _of_file(on, chosen, refused)
        if on is not None
        else _of_topic(from_topic or "", chosen, limit, brokers, refused)
    )
    arrived = sorted(islice(events, limit), key=lambda event: event.received_at)
    found = [change for change in changes(before, after, arrived) if change is not None]
    if json:
        body = _as_body(found, len(arrived), refused, before, after)
        sys.stdout.write(orjson.dumps(body).decode() + "\n")
    else:
        _print(found, len(arrived), refused, before, after)
    raise typer.Exit(1 if found or refused else 0)


def _of_file(file: Path, lane: Lane | None, refused: list[Refused]) -> Iterator[Arrived]:
    opened = nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    with opened as lines:
        for fed in _kept(feed.read(lines, lane), refused):
            yield _arrived(fed, (fed.event.submitted_at or fed.event.occurred_at).timestamp())


def _of_topic(
    topic: str, lane: Lane | None, limit: int, brokers: str | None, refused: list[Refused]
) -> Iterator[Arrived]:
    of_topic = next((one for one in LANES if topic.endswith(f".in.{one}")), None)
    if of_topic is None:
        raise SettingsError(
            "from_topic",
            f"{topic} is not an input lane",
            mend="name one such as wangge.in.reports",
        )
    cluster = reach(Settings.read(brokers=brokers).brokers)
    if topic not in cluster.partitions:
        raise BrokerError("no_topic", f"there is no topic {topic}", mend="check the name")
    with Tail(cluster.brokers, {topic: cluster.partitions[topic]}, from_start=True) as tail:
        history = in_order_of_arrival(islice(tail.history(), limit))
    for number, message in enumerate(history, 1):
        line = message.value() or b"null"
        for fed in _kept(feed.read([line], lane or of_topic), refused, number):
            yield _arrived(fed, message.timestamp()[1] / 1000)


def _arrived(fed: Fed, received_at: float) -> Arrived:
    event: Event = fed.event
    return Arrived(event.event_id, fed.lane, orjson.dumps(fed.body), received_at)


def _kept(
    found: Iterable[Fed | Refused], refused: list[Refused], number: int | None = None
) -> Iterator[Fed]:
    for one in found:
        if isinstance(one, Refused):
            refused.append(one if number is None else Refused(number, one.code, one.message))
        else:
            yield one


def _print(
    found: list[Change], count: int, refused: list[Refused], before: City, after: City
) -> None:
    for one in refused[:_SHOWN]:
        typer.echo(f"line {one.line}: {one.message} [{one.code}]", err=True)
    for change in found[:_SHOWN]:
        typer.echo(f"{change.event_id}: {_queue(change.before)} → {_queue(change.after)}")
        for line in why(change, before, after):
            typer.echo(f"  {line}")
    if len(found) > _SHOWN:
        typer.echo(f"… and {len(found) - _SHOWN:,} more; --json lists them all")
    flows = Counter((_flow(c.before), _flow(c.after)) for c in found if c.moves)
    for (old, new), number in flows.most_common(_SHOWN):
        typer.echo(f"{number:>9,}  {old} → {new}")
    totals = _totals(found)
    parts = [f"{totals[name]:,} {label}" for name, label in _LABELS.items() if totals[name]]
    moved = sum(change.moves for change in found)
    typer.echo(
        f"{_counted(count, 'event')}: {moved:,} move to another queue; {len(found):,} change"
        + (f" ({', '.join(parts)})" if parts else "")
        + (f"; {_counted(len(refused), 'line')} refused" if refused else "")
    )


_LABELS: Final = {
    "outcome": "in outcome",
    "unit": "in owner",
    "category": "in category",
    "priority": "in priority",
    "copies": "in copies",
    "escalation": "in escalation",
}


def _as_body(
    found: list[Change], count: int, refused: list[Refused], before: City, after: City
) -> Body:
    return {
        "before": before.version,
        "after": after.version,
        "events": count,
        "moves": sum(change.moves for change in found),
        "changed": len(found),
        "totals": _totals(found),
        "refused": [{"line": r.line, "code": r.code, "message": r.message} for r in refused],
        "changes": [
            {
                "event_id": change.event_id,
                "what": change.what,
                "before": _side(change.before),
                "after": _side(change.after),
                "why": why(change, before, after),
            }
            for change in found
        ],
    }


def _side(outcome: Body) -> dict[str, Any]:
    return {name: outcome[name] for name in (*COMPARED, "route") if outcome.get(name) is not None}


def _totals(found: list[Change]) -> dict[str, int]:
    counts = Counter(name for change in found for name in change.what)
    return {name: counts[name] for name in COMPARED}


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _flow(outcome: Body) -> str:
    """The queue, streets and districts without their codes: there may be hundreds."""
    queue = _queue(outcome)
    kind = queue.partition(":")[0]
    return f"a {kind}" if kind in ("street", "district") else queue


def _queue(outcome: Body) -> str:
    return str(outcome.get("unit") or outcome["outcome"])
