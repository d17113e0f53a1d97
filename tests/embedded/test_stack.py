"""The embedded stack, as its users meet it: real processes, real sockets."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import redis
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from messages.errors import BrokerError
from sinks import offsets
from streams.cluster.brokers import client, reach
from streams.embedded.redis_server import EmbeddedRedis
from streams.embedded.stack import EmbeddedStack

pytestmark = pytest.mark.broker
ROOT = Path(__file__).parents[2]
PARENT = """
import sys, time
from streams.embedded.stack import EmbeddedStack
stack = EmbeddedStack.start({"t": 1})
print(*stack.pids, flush=True)
time.sleep(60)
"""


def running(pid: int) -> bool:
    """A zombie that nobody has buried yet does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(pids: list[int], seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


@pytest.fixture
def killed(tmp_path):
    """Environment of a parent to be killed: it cannot clean up, so it works in our folder."""
    return {**os.environ, "TMPDIR": str(tmp_path)}


def start_parent(env: dict[str, str]) -> tuple[subprocess.Popen[str], list[int]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env
    )
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(running(pid) for pid in pids)
    return parent, pids


def test_both_servers_die_with_a_parent_that_is_killed(killed):
    parent, pids = start_parent(killed)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until_gone(pids, 10) == []


def test_both_servers_die_although_a_forked_sibling_holds_their_pipes(killed):
    # A fork without exec keeps the parent's end of the pipes open: end of file never comes.
    script = PARENT.replace("print(", "import os\nif os.fork() == 0: time.sleep(60)\nprint(", 1)
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=killed,
        start_new_session=True,
    )
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    try:
        parent.kill()
        parent.wait()
        assert wait_until_gone(pids, 10) == []
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.stdout.close()


def test_the_servers_outlive_the_thread_that_started_them():
    stacks: list[EmbeddedStack] = []
    thread = threading.Thread(target=lambda: stacks.append(EmbeddedStack.start({"t": 1})))
    thread.start()
    thread.join()
    with stacks[0] as stack:
        # PR_SET_PDEATHSIG bound to that thread would have struck by now.
        assert wait_until_gone(list(stack.pids), 0.5) == list(stack.pids)
        stack.check()
        assert redis.Redis.from_url(stack.redis_url).ping()


def test_nothing_is_left_when_the_stack_is_stopped():
    with EmbeddedStack.start({"t": 1}) as stack:
        pids, folder = list(stack.pids), stack.folder
    assert wait_until_gone(pids, 5) == []
    assert not folder.exists()


def test_the_stack_is_up_within_three_seconds():
    began = time.monotonic()
    with EmbeddedStack.start({f"t{n}": 1 for n in range(250)}):
        assert time.monotonic() - began < 3


def test_topics_have_the_partitions_that_were_asked_for(stack):
    stack.create_topics({"lane": 4, "desk": 12})
    found = reach(stack.brokers).partitions
    assert (found["lane"], found["desk"]) == (4, 12)


def test_a_topic_is_made_only_once(stack):
    stack.create_topics({"once": 2})
    with pytest.raises(BrokerError, match=r"broker\.embedded_topic"):
        stack.create_topics({"once": 3})
    assert reach(stack.brokers).partitions["once"] == 2


def test_a_record_comes_back_with_its_headers(stack):
    stack.create_topics({"echo": 1})
    producer = Producer(client(stack.brokers))
    headers = [("ce_id", b"1"), ("ce_type", "随手拍".encode())]
    producer.produce("echo", "积水".encode(), key=b"k", headers=headers)
    assert producer.flush(5) == 0
    consumer = Consumer(client(stack.brokers, group_id="g", enable_auto_commit=False))
    consumer.assign([TopicPartition("echo", 0, 0)])
    message = consumer.poll(10)
    assert message is not None
    consumer.close()
    assert (message.key(), message.value().decode()) == (b"k", "积水")
    assert message.headers() == headers


def test_the_broker_is_known_as_a_practice_ground(stack):
    assert reach(stack.brokers).practice_ground


def test_the_oldest_records_are_dropped_beyond_five_mebibytes(stack):
    # The reason why a feeder must pace itself; should librdkafka change it, we want to know.
    stack.create_topics({"full": 1})
    producer = Producer(client(stack.brokers))
    for _ in range(70):
        producer.produce("full", os.urandom(100_000), partition=0)
    producer.flush(10)
    at = ("full", 0)
    admin = AdminClient(client(stack.brokers))
    first, end = offsets.starts(admin, [at])[at], offsets.ends(admin, [at])[at]
    assert end == 70
    assert 70 - 54 <= first < 70


def test_a_topic_that_was_not_made_springs_up_with_four_partitions(stack):
    producer = Producer(client(stack.brokers))
    producer.produce("unplanned", b"x")
    producer.flush(5)
    assert reach(stack.brokers).partitions["unplanned"] == 4


def test_two_stacks_stand_side_by_side(stack):
    with EmbeddedStack.start({"t": 1}) as other:
        assert other.brokers != stack.brokers
        redis.Redis.from_url(other.redis_url).set("k", "other")
        assert redis.Redis.from_url(stack.redis_url).get("k") is None


def test_redis_comes_from_the_wheel_where_none_is_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    server = EmbeddedRedis.start(log=tmp_path / "redis.log")
    try:
        assert "valkey_version" in redis.Redis.from_url(server.url).info("server")
    finally:
        server.stop()


def test_a_server_that_died_is_noticed():
    with EmbeddedStack.start({"t": 1}) as stack:
        os.kill(stack.pids[1], signal.SIGKILL)
        deadline = time.monotonic() + 5
        with pytest.raises(BrokerError, match=r"Redis has ended.*broker\.embedded"):
            while time.monotonic() < deadline:
                stack.check()
                time.sleep(0.02)


def test_nothing_of_the_servers_reaches_the_terminal():
    script = PARENT.replace("time.sleep(60)", "stack.stop()")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=30, check=True
    )
    assert done.stderr == b""


def test_an_absent_broker_is_reported_within_ten_seconds():
    began = time.monotonic()
    with pytest.raises(BrokerError, match=r"broker\.unreachable"):
        reach("127.0.0.1:1", within=1.0)
    assert time.monotonic() - began < 3
