"""A rebuild of the Redis view is taken step by step, and never over another's or a newer view."""

from __future__ import annotations

import asyncio

import pytest
import redis

from incidents.redis_state import RedisState, ShardKeys
from incidents.state import MemoryState, Version, Write
from streams import view as view_module
from streams.embedded.redis_server import EmbeddedRedis
from streams.view import RedisView

KEYS = ShardKeys("view", 0)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = EmbeddedRedis.start(log=tmp_path_factory.mktemp("redis") / "redis.log")
    yield found
    found.stop()


@pytest.fixture
def client(server):
    found = redis.Redis.from_url(server.url)
    found.flushdb()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(view_module, "CHUNK", 2)


def owned(number, names="abcdef"):
    state = MemoryState()
    writes = [Write("incident", name, str(number).encode(), 5.0) for name in names]
    state.apply(0, Version(number=number, cursor=number), writes)
    return state


class Interrupted(RedisView):
    """Something happens in Redis before the ``nth`` command that is sent from now on."""

    def interrupt(self, nth, happens):
        send, sent = self._client.execute_command, 0
        new_pipeline = self._client.pipeline

        def count():
            nonlocal sent
            sent += 1
            if sent == nth:
                happens()

        async def execute(*arguments, **options):
            count()
            return await send(*arguments, **options)

        def pipeline(*arguments, **options):
            pipe = new_pipeline(*arguments, **options)
            execute_pipe = pipe.execute

            async def execute():
                count()
                return await execute_pipe()

            pipe.execute = execute
            return pipe

        self._client.execute_command, self._client.pipeline = execute, pipeline
        return lambda: sent


def with_view(server, work):
    """What ``work`` comes to with a view of its own, closed after."""

    async def run():
        shown = Interrupted(server.url, "view", lambda: 0.0)
        try:
            return await work(shown)
        finally:
            await shown.close()

    return asyncio.run(run())


def whole(client, state):
    """The view is at the state's version and holds just its records and timers."""
    found = {k.decode(): client.get(k) for k in client.scan_iter(f"{KEYS.tag}:s:*")}
    records = {KEYS.record(w.kind, w.key): w.value for w in state.records()}
    timers = RedisState(client, "view", 0).timers(9.0, 99)
    return (
        client.hget(KEYS.ver, "number") == str(state.version.number).encode()
        and client.get(KEYS.cursor) == str(state.version.cursor).encode()
        and found == records
        and timers == state.timers(9.0, 99)
    )


def commands(server, client, state):
    """How many commands one rebuild takes."""

    async def count(shown):
        sent = shown.interrupt(0, lambda: None)
        await shown.catch_up(0, state)
        return sent()

    total = with_view(server, count)
    client.flushdb()
    return total


def test_a_rebuild_takes_away_what_is_not_the_owners(server, client):
    RedisState(client, "view", 0).apply(0, Version(number=1), [Write("incident", "old", b"1", 1.0)])
    state = owned(2)
    with_view(server, lambda shown: shown.catch_up(0, state))
    assert whole(client, state)


def test_a_time_without_a_record_does_not_outlive_a_rebuild(server, client):
    client.zadd(KEYS.timers, {"orphan": 1.0})
    client.zadd(KEYS.due, {"seen:orphan": 1.0})
    state = owned(2)
    with_view(server, lambda shown: shown.catch_up(0, state))
    assert whole(client, state)
    assert client.zcard(KEYS.due) == 0


def test_a_redis_emptied_on_the_way_is_never_left_with_half_a_view_under_a_version(server, client):
    state = owned(2)
    for nth in range(1, commands(server, client, state) + 1):

        async def emptied(shown, nth=nth):
            shown.interrupt(nth, client.flushdb)
            await shown.catch_up(0, state)
            number = client.hget(KEYS.ver, "number") or b"0"
            assert not number.isdigit() or number == b"0" or whole(client, state), nth
            await shown.catch_up(0, state)
            assert whole(client, state), nth
            assert shown.behind == frozenset()

        client.flushdb()
        with_view(server, emptied)


def test_a_late_chunk_of_a_superseded_worker_is_refused(server, client):
    old, new = owned(2), owned(3, "abc")
    for nth in range(2, commands(server, client, old) + 1):

        async def overtaken(shown, nth=nth):
            def rebuilt_by_the_new_owner():
                mine = RedisState(client, "view", 0)
                client.flushdb()
                mine.apply(0, new.version, list(new.records()))

            shown.interrupt(nth, rebuilt_by_the_new_owner)
            await shown.catch_up(0, old)
            return shown.behind

        client.flushdb()
        assert with_view(server, overtaken) == {0}
        assert whole(client, new), nth


def test_a_worker_killed_at_any_command_leaves_no_version_without_its_timers(server, client):
    state, first = owned(2), owned(1)

    class KilledError(BaseException):
        pass

    def killed():
        raise KilledError

    for nth in range(1, commands(server, client, state) + 1):

        async def die(shown, nth=nth):
            shown.interrupt(nth, killed)
            with pytest.raises(KilledError):
                await shown.rebuild(0, state)

        client.flushdb()
        RedisState(client, "view", 0).apply(0, first.version, list(first.records()))
        with_view(server, die)
        loading = client.hget(KEYS.ver, "number").startswith(b"loading:")
        assert loading or whole(client, first), nth


def test_a_view_that_is_ahead_of_a_late_owner_is_left_alone(server, client):
    late, new = owned(2), owned(5, "xyz")
    RedisState(client, "view", 0).apply(0, new.version, list(new.records()))

    async def applied(shown):
        await shown.applied(0, 1, late.version, list(late.records()), late)
        return shown.behind

    assert with_view(server, applied) == {0}
    assert whole(client, new)


def test_a_server_that_has_forgotten_its_scripts_is_told_them_again(server, client):
    state = owned(2)

    async def forgotten(shown):
        shown.interrupt(4, client.script_flush)
        await shown.catch_up(0, state)

    with_view(server, forgotten)
    assert whole(client, state)


def test_a_view_that_missed_a_unit_is_caught_up_without_a_further_event(server, client):
    state = owned(2)

    async def missed(shown):
        await shown.catch_up(0, state)
        state.apply(2, Version(number=3, cursor=3), [Write("incident", "g", b"3", 5.0)])
        shown._behind.add(0)
        await shown.catch_up(0, state)

    with_view(server, missed)
    assert whole(client, state)
