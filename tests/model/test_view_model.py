"""The model of the view answers as the real script does, and holds what the real server holds."""

from __future__ import annotations

import pytest
import redis
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from incidents.redis_state import APPLY, ShardKeys, apply_arguments
from incidents.state import Version, Write
from model.rules import Rules
from model.view import EMPTY, View
from streams.embedded.redis_server import EmbeddedRedis

KEYS = ShardKeys("model", 0)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    server = EmbeddedRedis.start(log=tmp_path_factory.mktemp("redis") / "redis.log")
    yield redis.Redis.from_url(server.url)
    server.stop()


WRITES = st.lists(
    st.builds(
        Write,
        st.sampled_from(["case", "timer"]),
        st.sampled_from(["a", "b:1", "案"]),
        st.none() | st.binary(min_size=1, max_size=3),
        st.none() | st.integers(0, 9).map(float),
    ),
    max_size=4,
)
APPLIED = st.tuples(st.integers(-1, 2), st.integers(0, 2), WRITES)
"""How far off the base is, how far from it the version, and what is written."""
STEPS = st.lists(
    APPLIED | st.sampled_from(["empty", "loading", "snapshot", "roll back"]), max_size=14
)


def take_for_loading(view, client):
    """As a loader does that then dies."""
    assert view.begin(view.shown, "x", wipe=False)
    client.hset(KEYS.ver, "number", view.shown.number)


def dumped(client):
    return {key: client.dump(key) for key in client.scan_iter("*")}


def restored(client, snapshot):
    client.flushdb()
    for key, value in snapshot.items():
        client.restore(key, 0, value)


def held(client):
    """What the server holds, in the model's words."""
    due = {member.decode(): at for member, at in client.zrange(KEYS.due, 0, -1, withscores=True)}
    prefix = KEYS.record("", "").removesuffix(":")
    records = {}
    for found in client.scan_iter(f"{KEYS.tag}:s:*"):
        name = found.decode().removeprefix(prefix)
        kind, _, key = name.partition(":")
        records[kind, key] = Write(kind, key, client.get(found), due.pop(name, None))
    assert due == {}, "a due time without a record"
    number, body = client.hmget(KEYS.ver, "number", "body")
    cursor = int(client.get(KEYS.cursor) or 0)
    return (
        (number or b"0").decode(),
        Version.from_json(body) if body else Version(),
        cursor,
        records,
    )


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None
)
@given(steps=STEPS)
def test_the_model_of_the_view_answers_and_holds_what_the_real_server_does(client, steps):
    client.flushdb()
    script, view = client.register_script(APPLY), View(Rules())
    snapshot, shown, last = {}, EMPTY, 0
    for step in steps:
        if step == "empty":
            client.flushdb()
            view.become(EMPTY)
        elif step == "loading":
            take_for_loading(view, client)
        elif step == "snapshot":
            snapshot, shown = dumped(client), view.shown
        elif step == "roll back":
            restored(client, snapshot)
            view.become(shown)
        else:
            base, version = last + step[0], Version(number=last + step[0] + step[1], cursor=last)
            names, arguments = apply_arguments(KEYS, base, version, step[2])
            answer = script(keys=names, args=arguments).decode()
            event(answer.partition(" ")[0])
            assert view.apply(base, version, step[2], version.cursor) == answer
            last = version.number if answer == "OK" else last
        assert held(client) == view.shown
