"""The demo city's desk on a real broker and Redis, for tests: a worker, what is posted to it, and
what it has said and kept."""

from __future__ import annotations

from contextlib import contextmanager

import orjson
from confluent_kafka.admin import AdminClient
from waiting import until

from messages.action_outcome import ActionOutcome
from messages.cloudevents import rfc3339_text
from messages.unit import Unit
from sinks import offsets
from sinks.output import Output
from streams.cluster.brokers import client
from streams.cluster.topic_reader import read_all
from streams.embedded.worker_process import WorkerProcess
from streams.posting.poster import Poster
from streams.restore import restore
from streams.wire import config

GULOU = {"lon": 118.77, "lat": 32.06, "datum": "wgs84"}
PEDLARS = "流动摊贩占道"
"""An everyday matter, which the street owns."""
TRAPPED = "电梯困人 有人被困"
"""A life: its policy has its first step five minutes after the case was opened."""
STRANGER = "street:320102002"
"""A street of another district than all these cases."""
DAY_S = 86_400.0


@contextmanager
def working(settings, log):
    """A worker that reads, until the end of the block."""
    worker = WorkerProcess(settings, log)
    try:
        worker.wait_ready(60.0)
        yield worker
    finally:
        worker.terminate()


def post(settings, *outputs):
    with Poster(settings.brokers, idempotent=False) as poster:
        poster.post(outputs)


def report(event_id, text, position, at):
    return {
        "schema_version": 1,
        "event_id": event_id,
        "source": "suishoupai",
        "occurred_at": rfc3339_text(at),
        "position": position,
        "text": text,
    }


def action(action_id, incident_id, kind, at, **fields):
    return {
        "schema_version": 1,
        "action_id": action_id,
        "incident_id": incident_id,
        "action": kind,
        "actor": "officer-1",
        "occurred_at": rfc3339_text(at),
        **fields,
    }


def bodies(settings, topic, kind=None):
    """What lies on a topic now; with ``kind`` of those bodies that have such an id or kind."""
    found = list(read_all(settings.brokers, topic))
    return [one for one in found if kind is None or kind in one or one.get("kind") == kind]


def length(settings, topic, partitions=1):
    """How many records a topic has had: quick, to catch a worker in the middle of its work."""
    admin = AdminClient(client(settings.brokers))
    return sum(offsets.ends(admin, offsets.partitions({topic: partitions})).values())


def kept(settings, shard):
    """The desk's truth of a shard."""
    conf = config.consumer(settings, "test.reader", "test")
    return restore(conf, settings.topics.state, shard)


def act(settings, unit, body):
    """Post what a unit does to a case; its outcome, when all that comes of it is there: the state
    is written last."""
    shard, topics = int(body["incident_id"][:3]), settings.topics
    before = bodies(settings, topics.decisions, "action")

    def judged():
        version = kept(settings, shard).version
        return version.applied + version.refused

    topic = topics.actions(Unit.parse(unit))
    post(settings, Output(topic, body["incident_id"].encode(), orjson.dumps(body)))
    until(lambda: judged() == len(before) + 1)
    after = bodies(settings, topics.decisions, "action")
    (outcome,) = (one for one in after if one not in before)
    return ActionOutcome.model_validate_json(orjson.dumps(outcome))


def queue(settings, unit, kind):
    """The entries (``entry_id``) or refusals (``refusal_id``) on a unit's queue."""
    return bodies(settings, settings.topics.queue(Unit.parse(unit)), kind)


def latest(settings, incident_id):
    found = bodies(settings, settings.topics.incidents)
    return [one for one in found if one["incident_id"] == incident_id][-1]
