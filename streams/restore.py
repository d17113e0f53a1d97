"""A shard's state, read back from the compacted state topic by its new owner."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from incidents.state import MemoryState, Version, Write
from messages.errors import StateError
from sinks.output import Output
from streams.cluster.tail import UNSTABLE_SECONDS

VERSION_KEY = b"@ver"
UNIT_HEADER = "unit"
CHUNK = 10_000
POLL_SECONDS = 0.05
"""A poll that does not fill its chunk takes all of it, and a shard's last one never fills it: a
worker that takes a dozen shards over waits for as many, and what has fallen due with it."""


def state_outputs(
    topic: str, shard: int, version: Version, writes: Iterable[Write], owner: str
) -> Iterator[Output]:
    """A unit's writes as records of the state topic; ``@ver`` is the last of them.

    All carry the unit's tag, its owner and number: a unit that was cut off before its ``@ver`` must
    not be taken for part of the next one, which another owner writes under the same number.
    ``version``: as its owner has signed it.
    """
    tag = [(UNIT_HEADER, f"{owner}:{version.number}".encode())]
    for kind, key, value, _ in writes:
        yield Output(topic, f"{kind}:{key}".encode(), value, tag, shard)
    yield Output(topic, VERSION_KEY, version.to_json(), tag, shard)


def restore(conf: dict[str, Any], topic: str, shard: int) -> MemoryState:
    """The state of ``shard`` as of the latest ``@ver`` of its partition, read committed.

    Only records of whole units are taken, also of those whose own ``@ver`` compaction has removed:
    none of a unit that was cut off, nor what an owner wrote that was late, behind its successor.
    While a transaction is open, committed ones behind it cannot be read yet: this waits until it
    has ended, for as long as the broker may take to end what a dead worker has left open.

    Raises :class:`StateError` ``state.unreadable`` when the broker stops answering on the way.
    """
    conf = {**conf, "group.id": f"{conf['group.id']}.restore", "enable.partition.eof": True}
    first, end = _span(conf, topic, shard)
    if end <= first:
        return MemoryState()
    consumer = Consumer({**conf, "isolation.level": "read_committed"})
    try:
        # Who leads the partition is asked for now: left to itself it is after half a second.
        consumer.list_topics(topic, timeout=10)
        consumer.assign([TopicPartition(topic, shard, OFFSET_BEGINNING)])
        return put_together(_until(consumer, end))
    finally:
        consumer.close()


def refuse_ahead(shard: int, version: Version, end: int) -> None:
    """Raise :class:`StateError` ``state.ahead`` where the state has come further than its desk
    ends: whatever is put there next would be taken for decided. ``end``: of the desk's partition.
    """
    if version.cursor > end:
        raise StateError(
            "ahead",
            f"shard {shard}: its state has decided the desk up to {version.cursor:,}, "
            f"which ends at {end:,}",
            mend="bring desk and state back from one moment: a mirror numbers its records anew",
        )


def put_together(records: Iterable[tuple[bytes, bytes | None, bytes]]) -> MemoryState:
    """The state that records of a state partition come to: key, value and the unit's tag, in the
    order of the log."""
    version = Version()
    kept: list[tuple[str, int, Write]] = []
    for key, value, tag in records:
        owner, _, number = tag.decode().rpartition(":")
        if key != VERSION_KEY:
            kept.append((owner, int(number or 0), _write(key, value)))
            continue
        found = Version.from_json(value or b"")
        if found.number > version.number:
            version = found
    state = MemoryState()
    state.restore(write for owner, number, write in kept if version.wrote(owner, number))
    state.arrive(version)
    return state


def _span(conf: dict[str, Any], topic: str, shard: int) -> tuple[int, int]:
    """Where the partition begins and ends, open transactions included: a reader of committed
    records is told of an end that lies before the first of them."""
    asking = Consumer({**conf, "isolation.level": "read_uncommitted"})
    try:
        return asking.get_watermark_offsets(TopicPartition(topic, shard), timeout=10)
    finally:
        asking.close()


def _until(consumer: Consumer, end: int) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    """Every record up to ``end``. What stands last may be a marker, which is no record: the
    partition's end tells that it has been passed, and comes again with each further one."""
    reached, heard = 0, time.monotonic()
    while reached < end:
        messages = consumer.consume(CHUNK, POLL_SECONDS)
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > UNSTABLE_SECONDS:
            raise StateError("unreadable", "the state topic stopped answering while it was read")
        for message in messages:
            error = message.error()
            if error is None:
                yield message.key() or b"", message.value(), _tag(message)
                reached = (message.offset() or 0) + 1
            elif error.code() == KafkaError._PARTITION_EOF:
                reached = message.offset() or 0


def _tag(message: Message) -> bytes:
    value = dict(message.headers() or ()).get(UNIT_HEADER)
    return value if isinstance(value, bytes) else b""


def _write(key: bytes, value: bytes | None) -> Write:
    kind, _, name = key.decode().partition(":")
    due = orjson.loads(value).get("due") if value else None
    return Write(kind, name, value, due)
