"""The recorder: every body of every output topic ends as one line of the right file."""

import time

import orjson
import pytest

from messages.errors import RunError
from messages.unit import Unit
from sinks.output import Output
from sinks.recorder import Recorder
from sinks.run_folder import RunFolder
from streams.cluster.brokers import client, reach
from streams.posting.lag import GroupLag
from streams.posting.poster import Poster

pytestmark = pytest.mark.broker


def outputs_of(topics, brokers):
    found = reach(brokers).partitions
    wanted = (topics.decisions, topics.incidents, topics.quarantine, topics.dead, topics.ledger)
    return {
        name: count
        for name, count in found.items()
        if name in wanted or name.startswith(topics.queues_prefix)
    }


def wait(recorder, seconds=20):
    deadline = time.monotonic() + seconds
    while recorder.lag() and time.monotonic() < deadline:
        recorder.check()
        time.sleep(0.01)
    assert recorder.lag() == 0


def bodies(topic, count):
    return [Output(topic, b"%d" % n, orjson.dumps({"event_id": str(n)})) for n in range(count)]


def test_bodies_land_in_their_files_and_are_counted(stack, topics, tmp_path):
    street = Unit("street", "320106001")
    folder = RunFolder.create(tmp_path)
    outputs = outputs_of(topics, stack.brokers)
    with Recorder(client(stack.brokers), topics, outputs, folder) as recorder:
        with Poster(stack.brokers, idempotent=False) as poster:
            poster.post(bodies(topics.decisions, 500) + bodies(topics.queue(street), 7))
        wait(recorder)
    ids = {body["event_id"] for body in folder.bodies(folder.stream("decisions"))}
    assert ids == {str(n) for n in range(500)}
    assert len(list(folder.bodies(folder.queue(street)))) == 7
    assert recorder.counts == {topics.decisions: 500, topics.queue(street): 7}
    assert list(folder.queues()) == [street]


def test_what_is_recorded_is_committed_so_that_a_feeder_can_pace_by_it(stack, topics, tmp_path):
    outputs = outputs_of(topics, stack.brokers)
    folder = RunFolder.create(tmp_path)
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(bodies(topics.decisions, 300))
    recorder = Recorder(client(stack.brokers), topics, outputs, folder)
    with GroupLag(stack.brokers, {recorder.group: outputs}) as lag:
        assert lag.read().behind == 300
        with recorder:
            wait(recorder)
        assert lag.read().behind == 0


def test_a_recorder_that_starts_now_leaves_out_what_was_before(stack, topics, tmp_path):
    outputs = outputs_of(topics, stack.brokers)
    folder = RunFolder.create(tmp_path)
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(bodies(topics.dead, 5))
    with Recorder(client(stack.brokers), topics, outputs, folder, from_start=False) as recorder:
        with Poster(stack.brokers, idempotent=False) as poster:
            poster.post(bodies(topics.dead, 2))
        wait(recorder)
    assert recorder.counts == {topics.dead: 2}


def test_a_tombstone_is_read_and_not_written(stack, topics, tmp_path):
    outputs = outputs_of(topics, stack.brokers)
    folder = RunFolder.create(tmp_path)
    with Recorder(client(stack.brokers), topics, outputs, folder) as recorder:
        with Poster(stack.brokers, idempotent=False) as poster:
            poster.post([Output(topics.incidents, b"i", None)])
        wait(recorder)
    assert recorder.counts == {}
    assert not folder.stream("incidents").exists()


def test_a_body_that_is_not_compact_is_still_one_line(stack, topics, tmp_path):
    outputs = outputs_of(topics, stack.brokers)
    folder = RunFolder.create(tmp_path)
    with Recorder(client(stack.brokers), topics, outputs, folder) as recorder:
        with Poster(stack.brokers, idempotent=False) as poster:
            poster.post([Output(topics.dead, b"", b'{\n "a": 1\n}')])
        wait(recorder)
    assert list(folder.bodies(folder.stream("dead"))) == [{"a": 1}]


def test_a_recording_that_cannot_be_written_is_an_error_and_not_silence(stack, topics, tmp_path):
    outputs = outputs_of(topics, stack.brokers)
    folder = RunFolder.create(tmp_path)
    folder.stream("dead").mkdir()  # a file cannot be opened there
    with Recorder(client(stack.brokers), topics, outputs, folder) as recorder:
        with Poster(stack.brokers, idempotent=False) as poster:
            poster.post(bodies(topics.dead, 1))
        deadline = time.monotonic() + 10
        with pytest.raises(RunError, match=r"run\.recording"):
            while time.monotonic() < deadline:
                recorder.check()
                time.sleep(0.01)


def test_records_that_were_dropped_before_they_were_recorded_are_an_error(stack, topics, tmp_path):
    outputs = outputs_of(topics, stack.brokers)
    folder = RunFolder.create(tmp_path)
    recorder = Recorder(client(stack.brokers), topics, outputs, folder)
    with Poster(stack.brokers, idempotent=False) as poster:
        heavy = [Output(topics.ledger, b"", b"%07d" % n * 20_000) for n in range(60)]
        poster.post(heavy)  # 8 MB into 5 MiB, before the recorder reads
    with recorder:
        deadline = time.monotonic() + 10
        with pytest.raises(RunError, match=r"run\.recording"):
            while time.monotonic() < deadline:
                recorder.check()
                time.sleep(0.01)
