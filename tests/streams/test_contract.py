"""Every body that leaves the pipeline obeys its model: the one thing that keeps dicts honest."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import UTC, datetime

import jsonschema
import orjson
import pytest

from drills.ordinary_day import OrdinaryDay, events
from messages.decision import Decision
from messages.decision import Understood as UnderstoodModel
from messages.incident import Incident, QueueEntry
from messages.ledger import LedgerEntry
from messages.letters import DeadLetter, Quarantined
from messages.schema import CONTRACT, json_schema
from messages.topics import LANES, Topics
from sinks.encode import Encoder
from streams.control.in_force import InForce
from streams.desk.work import desk_outputs
from streams.lane import lane_outputs
from streams.ledger import balance
from streams.pipeline import decide, one_batch

TOPICS = Topics()
MODELS = {
    TOPICS.desk: UnderstoodModel,
    TOPICS.decisions: Decision,
    TOPICS.incidents: Incident,
    TOPICS.quarantine: Quarantined,
    TOPICS.dead: DeadLetter,
    TOPICS.ledger: LedgerEntry,
    "queue": QueueEntry,
}


@pytest.fixture(scope="module")
def written(nanjing, cells):
    """All records that an ordinary day's 1,500 events make, by topic."""
    day = OrdinaryDay.of(nanjing.pack)
    made = events(day, nanjing.pack, cells, count=1500, seed=5, start=datetime.now(UTC))
    by_lane = defaultdict(list)
    for event in made:
        by_lane[event.lane].append(event.body)
    encoder, now, states = Encoder(TOPICS), time.time(), {}
    by_topic = defaultdict(list)
    for lane, bodies in by_lane.items():
        records = one_batch(TOPICS.lane(lane), bodies, now)
        decided = decide(lane, records, InForce.of(nanjing), states, 0.0)
        ledger = balance(records, decided.understood, {}, now)
        outputs = [*lane_outputs(encoder, decided.understood, ledger, now)]
        for shard, unit in decided.units.items():
            outputs += desk_outputs(encoder, shard, unit)
        for output in outputs:
            queue = output.topic.startswith(TOPICS.queues_prefix)
            by_topic["queue" if queue else output.topic].append(output)
    return by_topic


@pytest.mark.parametrize("topic", MODELS)
def test_every_record_of_a_topic_obeys_its_model(written, topic):
    assert written[topic]
    for output in written[topic]:
        MODELS[topic].from_json(output.value)


def test_every_published_record_carries_cloudevents_headers(written):
    for topic in MODELS:
        for output in written[topic]:
            names = {name for name, _ in output.headers}
            assert {"ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time"} <= names


def test_no_two_records_of_a_queue_share_an_id(written):
    seen = [(o.topic, dict(o.headers)["ce_id"]) for o in written["queue"]]
    assert len(seen) == len(set(seen))


def test_the_ledger_covers_every_record_that_was_read(written):
    read = sum(e["end"] - e["start"] for e in map(_body, written[TOPICS.ledger]))
    assert read == 1500


@pytest.mark.parametrize("name", CONTRACT)
def test_the_exported_schema_is_valid_json_schema(name):
    jsonschema.Draft202012Validator.check_schema(json_schema(name))


def test_the_exported_schema_agrees_with_the_model_about_real_records(written):
    for name, topic in (("decision", TOPICS.decisions), ("queue-entry", "queue")):
        validator = jsonschema.Draft202012Validator(json_schema(name))
        for output in written[topic][:200]:
            validator.validate(_body(output))


def test_all_lanes_are_covered_by_the_ordinary_day(nanjing):
    assert {feed.lane for feed in OrdinaryDay.of(nanjing.pack).feeds} == set(LANES)


def _body(output):
    return orjson.loads(output.value)
