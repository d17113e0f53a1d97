"""A shard's state, read back from the compacted state topic by its new owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from incidents.state import MemoryState, Version, Write
from messages.errors import StateError
from sinks.output import Output

VERSION_KEY = b"@ver"
UNIT_HEADER = "unit"
SILENT_POLLS = 20
CHUNK = 10_000


def state_outputs(
    topic: str, shard: int, version: Version, writes: Iterable[Write], owner: str
) -> Iterator[Output]:
    """A unit's writes as records of the state topic; ``@ver`` is the last of them.

    All carry the unit's tag, its owner and number: a unit that was cut off before its ``@ver`` must
    not be taken for part of the next one, which another owner writes under the same number.
    """
    tag = [(UNIT_HEADER, f"{owner}:{version.number}".encode())]
    for kind, key, value, _ in writes:
        yield Output(topic, f"{kind}:{key}".encode(), value, tag, shard)
    yield Output(topic, VERSION_KEY, version.to_json(), tag, shard)


def restore(conf: dict[str, Any], topic: str, shard: int) -> MemoryState:
    """The state of ``shard`` as of the last ``@ver`` of its partition, read committed.

    Only whole units are taken, in ascending number: not records of one that was cut off, nor what
    an owner wrote that was late, behind its successor.

    Raises :class:`StateError` ``state.unreadable`` when the broker stops answering on the way.
    """
    consumer = Consumer(
        {**conf, "group.id": f"{conf['group.id']}.restore", "isolation.level": "read_committed"}
    )
    try:
        return _read(consumer, topic, shard)
    finally:
        consumer.close()


def _read(consumer: Consumer, topic: str, shard: int) -> MemoryState:
    partition = TopicPartition(topic, shard, OFFSET_BEGINNING)
    low, high = consumer.get_watermark_offsets(partition, timeout=10)
    version = Version()
    state = MemoryState()
    if high > low:
        consumer.assign([partition])
        units: dict[bytes, list[Write]] = {}
        for key, value, tag in _until(consumer, high):
            if key != VERSION_KEY:
                units.setdefault(tag, []).append(_write(key, value))
                continue
            found = Version.from_json(value or b"")
            if found.number > version.number:
                version = found
                state.restore(units.get(tag, ()))
            units.clear()
    state.arrive(version)
    return state


def _until(consumer: Consumer, end: int) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    silent = 0
    while True:
        messages = consumer.consume(CHUNK, 0.5)
        silent = 0 if messages else silent + 1
        if silent > SILENT_POLLS:
            raise StateError("unreadable", "the state topic stopped answering while it was read")
        for message in messages:
            if message.error() is None:
                yield message.key() or b"", message.value(), _tag(message)
        positions = consumer.position(consumer.assignment())
        if positions and positions[0].offset >= end:
            return


def _tag(message: Message) -> bytes:
    value = dict(message.headers() or ()).get(UNIT_HEADER)
    return value if isinstance(value, bytes) else b""


def _write(key: bytes, value: bytes | None) -> Write:
    kind, _, name = key.decode().partition(":")
    due = orjson.loads(value).get("due") if value else None
    return Write(kind, name, value, due)
