"""Keeps the Redis view of this worker's shards behind Kafka's truth, without ever holding it up."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import redis.asyncio as redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from incidents.redis_state import APPLY, LOAD, ShardKeys, apply_arguments, load_arguments
from incidents.state import MemoryState, Version, Write

log = structlog.get_logger(__name__)
CHUNK = 2000
BACK_OFF_SECONDS = (1.0, 2.0, 4.0, 8.0)


class RedisView:
    """The view of one worker's shards. Redis down or stale is repaired here, never upstream.

    ``clock``: seconds, for back-offs: one that nobody can set back. ``security``: what the client
    is given besides the address.
    """

    def __init__(
        self,
        url: str,
        ns: str,
        clock: Callable[[], float] = time.monotonic,
        security: Mapping[str, Any] | None = None,
    ) -> None:
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=2.0,  # so long the desk may have to wait for one that does not answer
            socket_connect_timeout=2.0,
            retry=Retry(NoBackoff(), 0),
            **(security or {}),
        )
        self._ns = ns
        self._clock = clock
        self._script = self._client.register_script(APPLY)
        self._load = self._client.register_script(LOAD)
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
        """Write the shard's keys anew, step by step; the version comes last.

        Each step is taken only where the one before it is what the view stands at. Else it was
        emptied on the way, or another worker has it: the rebuild stops, and the shard stays among
        those :attr:`behind`, as it does where the view is ahead of ``state``, which is then late.
        """
        self._behind.add(shard)
        keys = ShardKeys(self._ns, shard)
        number: Any = await self._client.hget(keys.ver, "number")
        found = (number or b"0").decode()
        version = state.version
        if found.isdigit() and int(found) > version.number:
            log.warning("view.ahead", shard=shard, view=found, version=version.number)
            return
        records = list(state.records())  # as of that version: the owner judges on meanwhile
        loader, step = uuid.uuid4(), 0
        if not await self._step(keys, found, f"loading:{loader}:0", ()):
            return
        prefix = keys.record("", "").removesuffix(":")
        stale = [key.decode() async for key in self._client.scan_iter(f"{keys.tag}:s:*", CHUNK)]
        removed = (Write(*_kind_and_key(name.removeprefix(prefix)), None) for name in stale)
        for chunk in chain(_chunks(removed), _chunks(records)):
            at, following = f"loading:{loader}:{step}", f"loading:{loader}:{step + 1}"
            if not await self._step(keys, at, following, chunk):
                return
            step += 1
        names, arguments = apply_arguments(keys, f"loading:{loader}:{step}", version, ())
        answer = await self._script(keys=names, args=arguments)
        if answer.startswith(b"STALE"):
            _lost(shard, answer)
            return
        self._behind.discard(shard)
        self._shown[shard] = version.number
        log.info("view.rebuilt", shard=shard, version=version.number, records=len(records))

    async def _step(
        self, keys: ShardKeys, at: str, following: str, writes: Sequence[Write]
    ) -> bool:
        names, arguments = load_arguments(keys, at, following, writes)
        answer = await self._load(keys=names, args=arguments)
        if answer.startswith(b"LOST"):
            _lost(keys.shard, answer)
            return False
        return True

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
                if shard in self._behind or (found or b"0") != str(expected).encode():
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


def _kind_and_key(name: str) -> tuple[str, str]:
    kind, _, key = name.partition(":")
    return kind, key


def _lost(shard: int, answer: bytes) -> None:
    log.warning("view.lost", shard=shard, answer=answer.decode())


def _chunks(writes: Iterable[Write]) -> Iterator[list[Write]]:
    iterator = iter(writes)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
