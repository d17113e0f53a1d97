"""`wangge state verify`: the view in Redis is what the state topic says, or it is a finding."""

from __future__ import annotations

import json

import pytest
import redis
from typer.testing import CliRunner

from cli.main import app
from incidents.redis_state import RedisState, ShardKeys
from incidents.state import Version, Write
from messages.errors import BrokerError, StateError
from streams.embedded.redis_server import free_port
from streams.posting.poster import Poster
from streams.restore import state_outputs

pytestmark = pytest.mark.broker
WRITES = [
    Write("incident", "i", b'{"due":9.0}', 9.0),
    Write("seen", "s", b'{"due":5.0}', 5.0),
    Write("memory", "m", b"{}"),
]


@pytest.fixture
def client(stack):
    found = redis.Redis.from_url(stack.redis_url)
    found.flushdb()
    yield found
    found.close()


@pytest.fixture
def keys(stack, topics, client):
    """A shard that stands at the same version in Kafka and in Redis."""
    version = Version(number=1, cursor=7, opened=1).signed("me")
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(list(state_outputs(topics.state, 0, version, WRITES, "me")))
    RedisState(client, topics.ns, 0).apply(0, version, WRITES)
    return ShardKeys(topics.ns, 0)


@pytest.fixture
def verify(stack, topics):
    def verify(*arguments, url=stack.redis_url, ns=topics.ns):
        options = ["--brokers", stack.brokers, "--namespace", ns, "--redis", url]
        return CliRunner().invoke(app, ["state", "verify", *options, *arguments])

    return verify


def differences(result):
    return [line for row in result.stdout.splitlines() for line in json.loads(row)["differences"]]


def test_a_view_that_is_what_kafka_says_is_no_finding(keys, verify):
    result = verify("--json")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["shard"], row["version"], row["records"]) for row in rows] == [
        (0, 1, 3),
        (1, 0, 0),
    ]
    assert differences(result) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda c, k: c.delete(k.record("memory", "m")), "missing in Redis"),
        (lambda c, k: c.set(k.record("memory", "m"), b"{ }"), "another value in Redis"),
        (lambda c, k: c.set(k.record("memory", "n"), b"{}"), "in Redis alone"),
        (lambda c, k: c.zrem(k.timers, "i"), ":timers i: None in Redis, 9.0 in Kafka"),
        (lambda c, k: c.zadd(k.due, {"seen:s": 6.0}), ":due seen:s: 6.0 in Redis, 5.0 in Kafka"),
        (lambda c, k: c.zadd(k.due, {"seen:t": 6.0}), ":due seen:t: 6.0 in Redis, None in Kafka"),
        (lambda c, k: c.set(k.cursor, 8), "cursor: 8 in Redis, 7 in Kafka"),
        (lambda c, k: c.hset(k.ver, "number", "2"), "version: 2 in Redis, 1 in Kafka"),
        (lambda c, k: c.hset(k.ver, "body", b'{"number":1}'), "version 1: its body differs"),
    ],
    ids=[
        *("no-record", "another-record", "one-too-many", "no-timer", "another-time"),
        *("a-time-too-many", "cursor", "version", "version-body"),
    ],
)
def test_whatever_differs_is_told_and_a_finding(keys, client, verify, spoil, told):
    spoil(client, keys)
    result = verify("--json")
    assert result.exit_code == 1
    (line,) = differences(result)
    assert told in line


def test_a_person_is_told_the_shard_and_what_differs(keys, client, verify):
    client.flushdb()
    result = verify()
    assert result.exit_code == 1
    assert "shard 0: version: none in Redis, 1 in Kafka" in result.output


def test_a_redis_that_is_not_there_is_an_error(keys, verify):
    error = verify(url=f"redis://127.0.0.1:{free_port()}/0").exception
    assert isinstance(error, StateError)
    assert error.code == "state.redis"


def test_a_namespace_that_is_not_there_is_an_error(verify):
    assert isinstance(verify(ns="nobody").exception, BrokerError)
