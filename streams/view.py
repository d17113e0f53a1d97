"""Keeps the Redis view of this worker's shards behind Kafka's truth, without ever holding it up."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import redis.asyncio as redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from incidents.redis_state import APPLY, ShardKeys, apply_arguments
from incidents.state import MemoryState, Version, Write

log = structlog.get_logger(__name__)
T = TypeVar("T")
CHUNK = 2000
BACK_OFF_SECONDS = (1.0, 2.0, 4.0, 8.0)


class RedisView:
    """The view of one worker's shards. Redis down or stale is repaired here, never upstream."""

    def __init__(self, url: str, ns: str, clock: Callable[[], float]) -> None:
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=5.0,
            socket_connect_timeout=2.0,
            retry=Retry(NoBackoff(), 0),
        )
        self._ns = ns
        self._clock = clock
        self._script = self._client.register_script(APPLY)
        self._behind: set[int] = set()
        self._shown: dict[int, int] = {}
        self._failures = 0
        self._retry_at = 0.0
        self._turn = asyncio.Lock()

    @property
    def behind(self) -> frozenset[int]:
        """Shards whose view has missed a unit and waits to be rebuilt."""
        return frozenset(self._behind)

    async def applied(
        self, shard: int, base: int, version: Version, writes: Sequence[Write], state: MemoryState
    ) -> None:
        """Show one committed unit; a view that cannot follow is rebuilt from the owner's state."""
        async with self._turn:
            await self._show(shard, base, version, writes, state)

    async def _show(
        self, shard: int, base: int, version: Version, writes: Sequence[Write], state: MemoryState
    ) -> None:
        if self._clock() < self._retry_at:
            self._behind.add(shard)
            return
        try:
            if shard in self._behind:
                await self.rebuild(shard, state)
            else:
                names, arguments = apply_arguments(
                    ShardKeys(self._ns, shard), base, version, writes
                )
                answer = await self._script(keys=names, args=arguments)
                if answer.startswith(b"STALE"):
                    log.warning("view.stale", shard=shard, answer=answer.decode(), base=base)
                    await self.rebuild(shard, state)
                else:
                    self._shown[shard] = version.number
            self._failures = 0
        except (TimeoutError, RedisError, OSError) as error:
            self._fell_behind(shard, error)

    def _fell_behind(self, shard: int, error: Exception) -> None:
        self._behind.add(shard)
        wait = BACK_OFF_SECONDS[min(self._failures, len(BACK_OFF_SECONDS) - 1)]
        self._failures += 1
        self._retry_at = self._clock() + wait
        log.warning("view.unreachable", shard=shard, error=str(error), retry_in_s=wait)

    async def rebuild(self, shard: int, state: MemoryState) -> None:
        """Wipe the shard's keys and write them anew under ``loading``; the version comes last."""
        keys, version = ShardKeys(self._ns, shard), state.version
        records = list(state.records())  # as of that version: the owner judges on meanwhile
        await self._client.delete(keys.cursor, keys.due, keys.timers)
        await self._client.hset(keys.ver, mapping={"number": f"loading:{uuid.uuid4()}"})
        stale = [key async for key in self._client.scan_iter(f"{keys.tag}:s:*", CHUNK)]
        for chunk in _chunks(stale, CHUNK):
            await self._client.unlink(*chunk)
        for chunk in _chunks(records, CHUNK):
            pipe = self._client.pipeline(transaction=False)
            pipe.mset({keys.record(w.kind, w.key): w.value or b"" for w in chunk})
            for name, due in _due(keys, chunk).items():
                pipe.zadd(name, due)
            await pipe.execute()
        pipe = self._client.pipeline(transaction=True)
        pipe.set(keys.cursor, version.cursor)
        pipe.hset(keys.ver, mapping={"number": version.number, "body": version.to_json()})
        await pipe.execute()
        self._behind.discard(shard)
        self._shown[shard] = version.number
        log.info("view.rebuilt", shard=shard, version=version.number, records=len(records))

    async def catch_up(self, shard: int, state: MemoryState) -> None:
        """Rebuild the shard's view unless it stands where the owner does.

        On taking a shard over, and now and then after: a Redis that was emptied or rolled back is
        found out without waiting for an event.
        """
        async with self._turn:
            if self._clock() < self._retry_at:
                return
            try:
                found = await self._client.hget(ShardKeys(self._ns, shard).ver, "number")
                # What was shown last, not what is judged: a unit may be on its way here.
                expected = self._shown.get(shard, state.version.number)
                if (found or b"0") != str(expected).encode():
                    await self.rebuild(shard, state)
                self._failures = 0
            except (TimeoutError, RedisError, OSError) as error:
                self._fell_behind(shard, error)

    def forget(self, shard: int) -> None:
        """The shard is another worker's now."""
        self._behind.discard(shard)
        self._shown.pop(shard, None)

    async def close(self) -> None:
        await self._client.aclose()


def _due(keys: ShardKeys, writes: Iterable[Write]) -> dict[str, dict[str, float]]:
    """Members of the sorted sets, by the set's key."""
    found: dict[str, dict[str, float]] = {}
    for write in writes:
        if write.due is not None:
            name, member = keys.timed(write.kind, write.key)
            found.setdefault(name, {})[member] = write.due
    return found


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
