"""``wangge state``: whether the view that consoles read is what Kafka says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, NamedTuple

import orjson
import redis
import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from cli.options import Brokers, Namespace
from incidents.redis_state import ShardKeys
from incidents.state import MemoryState, Version
from messages.errors import BrokerError, StateError
from streams.cluster.brokers import reach
from streams.cluster.security import redis_security
from streams.restore import restore
from streams.settings import Settings
from streams.wire import config

app = typer.Typer(
    name="state", help="The desk's state, in Kafka and as Redis shows it.", no_args_is_help=True
)
_CHUNK = 1000
_SHOWN = 20


@app.callback()
def _state() -> None:
    """The desk's state, in Kafka and as Redis shows it."""


class Checked(NamedTuple):
    """One shard. ``records``: in Kafka. ``differences``: what Redis holds otherwise, by line."""

    shard: int
    version: int
    records: int
    differences: list[str]


@app.command()
def verify(
    brokers: Brokers = None,
    namespace: Namespace = None,
    redis_url: Annotated[
        str | None,
        typer.Option("--redis", envvar="WANGGE_REDIS", help="Redis, as redis://host:port/db."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a shard.")] = False,
) -> None:
    """Restore each shard from Kafka and compare it with Redis: records, times, version, cursor.

    While events are judged the view lags by one unit of work, which shows as a difference: run it
    again, or at rest. Exit code 1 when a shard differs.
    """
    settings = Settings.read(brokers=brokers, namespace=namespace, redis=redis_url)
    topic = settings.topics.state
    shards = reach(settings.brokers).partitions.get(topic)
    if shards is None:
        raise BrokerError("no_topic", f"there is no topic {topic}", mend="check --namespace")
    conf = config.consumer(settings, f"{settings.namespace}.verify", "verify")
    checked: list[Checked] = []
    try:
        security = redis_security().options(settings.redis)
        with redis.Redis.from_url(settings.redis, socket_timeout=5.0, **security) as client:
            for shard in range(shards):
                truth = restore(conf, topic, shard)
                found = list(differences(client, ShardKeys(settings.namespace, shard), truth))
                checked.append(Checked(shard, truth.version.number, len(truth), found))
    except RedisError as error:
        raise StateError(
            "redis", f"Redis did not answer: {error}", mend="check --redis, and that it runs"
        ) from None
    _print(checked, as_json=json)
    if any(one.differences for one in checked):
        raise typer.Exit(1)


def differences(client: redis.Redis, keys: ShardKeys, truth: MemoryState) -> Iterator[str]:
    """What Redis holds otherwise than ``truth``: a line for each record, time, and the version."""
    version = truth.version
    # redis-py cannot know that this client answers in bytes.
    shown: list[Any] = client.hmget(keys.ver, ["number", "body"])
    number, body = shown
    if (number or b"0").decode() != str(version.number):
        yield f"version: {(number or b'none').decode()} in Redis, {version.number} in Kafka"
    elif (Version.from_json(body) if body else Version()) != version:
        yield f"version {version.number}: its body differs"
    cursor: Any = client.get(keys.cursor)
    if (cursor or b"0") != str(version.cursor).encode():
        yield f"cursor: {(cursor or b'none').decode()} in Redis, {version.cursor} in Kafka"
    times: dict[str, dict[str, float]] = {keys.due: {}, keys.timers: {}}
    values: dict[str, bytes | None] = {}
    for kind, key, value, due in truth.records():
        values[keys.record(kind, key)] = value
        if due is not None:
            name, member = keys.timed(kind, key)
            times[name][member] = due
    names = iter(values)
    while chunk := list(islice(names, _CHUNK)):
        for name, held in zip(chunk, client.mget(chunk), strict=True):
            if held is None:
                yield f"{name}: missing in Redis"
            elif held != values[name]:
                yield f"{name}: another value in Redis"
    for extra in client.scan_iter(f"{keys.tag}:s:*", _CHUNK):
        if extra.decode() not in values:
            yield f"{extra.decode()}: in Redis alone"
    for name, wanted in times.items():
        yield from _times(client, name, wanted)


def _times(client: redis.Redis, name: str, wanted: dict[str, float]) -> Iterator[str]:
    found: list[Any] = client.zrange(name, 0, -1, withscores=True)
    shown: dict[str, float] = {member.decode(): at for member, at in found}
    for member in sorted(wanted.keys() | shown.keys()):
        if wanted.get(member) != shown.get(member):
            yield f"{name} {member}: {shown.get(member)} in Redis, {wanted.get(member)} in Kafka"


def _print(checked: list[Checked], *, as_json: bool) -> None:
    if as_json:
        for one in checked:
            typer.echo(orjson.dumps(one._asdict()))
        return
    table = Table(title="State 状态", title_justify="left")
    for column in ("shard", "version", "records", "differences"):
        table.add_column(column, justify="right")
    for one in checked:
        cells: list[Any] = [one.shard, one.version, one.records, len(one.differences)]
        table.add_row(*(f"{cell:,}" for cell in cells))
    Console(highlight=False).print(table)
    for one in checked:
        for line in one.differences[:_SHOWN]:
            typer.echo(f"shard {one.shard}: {line}", err=True)
        if (more := len(one.differences) - _SHOWN) > 0:
            typer.echo(f"shard {one.shard}: and {more:,} more (all with --json)", err=True)
