"""What units do to cases, on a real broker: applied, refused, or a dead letter."""

from __future__ import annotations

from time import time

import orjson
import pytest
import redis
from desk_town import (
    GULOU,
    PEDLARS,
    STRANGER,
    act,
    action,
    bodies,
    kept,
    latest,
    post,
    queue,
    report,
    working,
)
from waiting import until

from incidents.case import KIND, Case
from incidents.redis_state import RedisState
from messages.incident import QueueEntry, Refusal
from messages.unit import Unit
from sinks.output import Output
from streams.ledger_proof import prove
from streams.posting.feed import LANE_OF_KIND, record

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def opened(town, tmp_path_factory):
    """A worker that has opened one case: its settings, and the case as it was then."""
    settings = town("desk.actions")
    with working(settings, tmp_path_factory.mktemp("actions") / "worker.log"):
        topics = settings.topics
        body = report("r-1", PEDLARS, GULOU, time())
        post(settings, record(topics, LANE_OF_KIND["report"], body))
        (case,) = until(lambda: bodies(settings, topics.incidents))
        yield settings, case


def test_the_street_accepts_its_case_and_nobody_else_nor_anybody_twice(opened):
    settings, case = opened
    street, incident = case["unit"], case["incident_id"]
    assert street not in ("", STRANGER)
    other = STRANGER
    (first,) = queue(settings, street, "entry_id")
    QueueEntry.model_validate_json(orjson.dumps(first))
    assert (first["incident_id"], first["change"], first["role"]) == (incident, "opened", "owner")

    # Another street's: refused on its own queue, and nothing has changed.
    foreign = act(settings, other, action("a-0", incident, "accept", time()))
    assert (foreign.outcome, foreign.code, foreign.unit) == ("refused", "action.not_yours", other)
    (letter,) = queue(settings, other, "refusal_id")
    assert Refusal.model_validate_json(orjson.dumps(letter)).action_id == "a-0"
    assert latest(settings, incident) == case
    assert queue(settings, street, None) == [first]

    # The street's own.
    done = act(settings, street, action("a-1", incident, "accept", time()))
    assert (done.outcome, done.code, done.seq) == ("applied", "action.applied", case["seq"] + 1)
    accepted = latest(settings, incident)
    assert (accepted["status"], accepted["accepted_by"]) == ("accepted", street)
    told = queue(settings, street, "entry_id")[-1]
    QueueEntry.model_validate_json(orjson.dumps(told))
    assert (told["change"], told["seq"], told["by"]) == ("accepted", accepted["seq"], street)

    # The same again, by another record.
    again = act(settings, street, action("a-1", incident, "accept", time()))
    assert (again.outcome, again.code) == ("refused", "action.repeat")
    (repeat,) = queue(settings, street, "refusal_id")
    assert repeat["code"] == "action.repeat"
    assert latest(settings, incident) == accepted

    # The desk's truth, and what Redis shows of it.
    shard = int(incident[:3])
    state = kept(settings, shard)
    assert Case.from_json(state.get(KIND, incident)).status == "accepted"
    assert (state.version.applied, state.version.refused) == (1, 2)
    view = RedisState(redis.Redis.from_url(settings.redis), settings.namespace, shard)
    until(lambda: view.version == state.version)


def test_what_is_no_action_is_a_dead_letter_and_the_ledger_balances_over_it(opened):
    settings, case = opened
    topics = settings.topics
    topic = topics.actions(Unit.parse("district:320106"))
    known = action("a-9", case["incident_id"], "accept", time())
    wrong = (b"accept", b'{"schema_version":1}', orjson.dumps(known | {"action": "forget"}))
    post(settings, *(Output(topic, b"", value) for value in wrong))
    post(settings, Output(topic, b"", orjson.dumps(known | {"incident_id": "the-one-i-mean"})))

    def proofs():
        names = (topics.ledger, topics.decisions, topics.dead)
        found = prove(*(bodies(settings, name) for name in names))
        return {proof.topic: proof for proof in found}

    def balanced():
        found = proofs()
        done = topic in found and all(proof.balances for proof in found.values())
        return found if done and found[topic].read == len(wrong) + 1 else None

    before = bodies(settings, topics.incidents)
    found = until(balanced)
    assert found[topic].outcomes == {"dead": 4}
    letters = [one for one in bodies(settings, topics.dead) if one["origin"]["topic"] == topic]
    codes = {letter["origin"]["offset"]: letter["code"] for letter in letters}
    assert sorted(codes) == [0, 1, 2, 3]
    assert codes[3] == "event.no_incident_id"
    assert bodies(settings, topics.incidents) == before
