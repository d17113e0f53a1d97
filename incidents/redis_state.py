"""The shared view of the shards' state in Redis: written only after Kafka has committed.

Keys of shard ``p`` share one hash tag, so that they live in one slot of a cluster and one script
may touch them: ``{ns:p}:ver``, ``{ns:p}:cursor``, ``{ns:p}:s:<kind>:<id>``, and the derived
``{ns:p}:due``, a sorted set of ``<kind>:<id>`` by the end of their windows, and ``{ns:p}:timers``,
of ``<id>`` of incidents and ``<kind>:<id>`` of others by the time of their next timer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from redis.exceptions import RedisError

from incidents.state import TIMED, WINDOWED, Timer, Version, Write
from messages.errors import StateError

# KEYS: ver, cursor, due, timers, then one a write. ARGV from ``first`` on, four a write: value (''
# removes), due ('' for none), the number of the key of the set that it is in, its member there.
_PUT = """
local function put(first)
  for i = 5, #KEYS do
    local a = first + (i - 5) * 4
    local set = KEYS[tonumber(ARGV[a + 2])]
    if ARGV[a] == '' then
      redis.call('UNLINK', KEYS[i])
      redis.call('ZREM', set, ARGV[a + 3])
    else
      redis.call('SET', KEYS[i], ARGV[a])
      if ARGV[a + 1] ~= '' then
        redis.call('ZADD', set, ARGV[a + 1], ARGV[a + 3])
      else
        redis.call('ZREM', set, ARGV[a + 3])
      end
    end
  end
end
local current = redis.call('HGET', KEYS[1], 'number') or '0'
"""

# ARGV: base, version number, version body, cursor, then the writes. The base may also be the last
# step of a rebuild: its end is a unit like any other.
APPLY = (
    _PUT
    + """
if current == ARGV[2] then return 'SAME' end
if current ~= ARGV[1] then return 'STALE ' .. current end
put(5)
redis.call('HSET', KEYS[1], 'number', ARGV[2], 'body', ARGV[3])
redis.call('SET', KEYS[2], ARGV[4])
return 'OK'
"""
)

# ARGV: the step that the view must stand at, the next one, then the writes. The first step, from
# whatever was found, also takes away what is not a record.
LOAD = (
    _PUT
    + """
if current ~= ARGV[1] then return 'LOST ' .. current end
redis.call('HSET', KEYS[1], 'number', ARGV[2])
if string.sub(ARGV[2], -2) == ':0' then
  redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4])
end
put(3)
return 'OK'
"""
)


@dataclass(frozen=True, slots=True)
class ShardKeys:
    """The Redis keys of one shard."""

    ns: str
    shard: int

    @property
    def tag(self) -> str:
        return f"{{{self.ns}:{self.shard}}}"

    @property
    def ver(self) -> str:
        return f"{self.tag}:ver"

    @property
    def cursor(self) -> str:
        return f"{self.tag}:cursor"

    @property
    def due(self) -> str:
        return f"{self.tag}:due"

    @property
    def timers(self) -> str:
        return f"{self.tag}:timers"

    def timed(self, kind: str, key: str) -> tuple[str, str]:
        """The sorted set that a record's due time stands in, and its member there."""
        return (self.timers if kind in TIMED else self.due), _member(kind, key)

    def record(self, kind: str, key: str) -> str:
        return f"{self.tag}:s:{kind}:{key}"


def apply_arguments(
    keys: ShardKeys, base: int | str, version: Version, writes: Sequence[Write]
) -> tuple[list[str], list[str | bytes]]:
    """KEYS and ARGV of the apply script for one unit of work. ``base``: the version before it, or
    the last step of the rebuild that it ends."""
    head: list[str | bytes] = [
        str(base),
        str(version.number),
        version.to_json(),
        str(version.cursor),
    ]
    return _with_writes(keys, head, writes)


def load_arguments(
    keys: ShardKeys, step: str, following: str, writes: Sequence[Write]
) -> tuple[list[str], list[str | bytes]]:
    """KEYS and ARGV of the load script: from one step of a rebuild to the following."""
    return _with_writes(keys, [step, following], writes)


def _with_writes(
    keys: ShardKeys, arguments: list[str | bytes], writes: Sequence[Write]
) -> tuple[list[str], list[str | bytes]]:
    tag = keys.tag
    names = [keys.ver, keys.cursor, keys.due, keys.timers]
    names += [f"{tag}:s:{kind}:{key}" for kind, key, _, _ in writes]
    for kind, key, value, due in writes:
        when = "" if due is None else repr(due)
        which = "4" if kind in TIMED else "3"
        arguments += (value or b"", when, which, _member(kind, key))
    return names, arguments


def _member(kind: str, key: str) -> str:
    # An incident's id has no colon; to say its kind would cost nine bytes a case.
    return key if kind == "incident" else f"{kind}:{key}"


class RedisState:
    """One shard's state, read from and written to Redis: the second implementation of the port.

    Every method raises :class:`StateError` ``state.redis`` when the server cannot be reached.
    """

    def __init__(self, client: redis.Redis, ns: str, shard: int) -> None:
        self._client = client
        self._keys = ShardKeys(ns, shard)
        self._apply = client.register_script(APPLY)

    @property
    def version(self) -> Version:
        body = self._guard(lambda: self._client.hget(self._keys.ver, "body"))
        return Version.from_json(body) if body else Version()

    def get(self, kind: str, key: str) -> bytes | None:
        value: bytes | None = self._guard(lambda: self._client.get(self._keys.record(kind, key)))
        return value

    def due(self, now: float, limit: int) -> list[tuple[str, str]]:
        members = self._guard(
            lambda: self._client.zrangebyscore(self._keys.due, "-inf", now, start=0, num=limit)
        )
        pairs = (member.decode().partition(":") for member in members)
        return [(kind, key) for kind, _, key in pairs if kind in WINDOWED]

    def timers(self, now: float, limit: int) -> list[Timer]:
        found = self._guard(
            lambda: self._client.zrangebyscore(
                self._keys.timers, "-inf", now, start=0, num=limit, withscores=True
            )
        )
        timers = ((due, *member.decode().partition(":")) for member, due in found)
        return [
            (due, first, rest) if colon else (due, "incident", first)
            for due, first, colon, rest in timers
        ]

    def apply(self, base: int, version: Version, writes: Iterable[Write]) -> None:
        names, arguments = apply_arguments(self._keys, base, version, list(writes))
        answer = self._guard(lambda: self._apply(keys=names, args=arguments))
        if answer.startswith(b"STALE"):
            at = answer.decode().removeprefix("STALE ")
            raise StateError("stale", f"the view is at version {at}, not {base}")

    def _guard(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except RedisError as error:
            raise StateError("redis", f"Redis did not answer: {error}") from error
