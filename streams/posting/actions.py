"""A unit's action on a case or a warning, posted from outside, and what a worker answers."""

from __future__ import annotations

import time
from functools import partial
from typing import NamedTuple

import orjson
from confluent_kafka import Message

from messages import cloudevents
from messages.action import Action
from messages.errors import BrokerError
from messages.topics import Topics
from messages.unit import Unit
from messages.warning_action import WarningAction
from sinks.output import Output
from streams.cluster.brokers import Cluster
from streams.posting.answered import Place, answered


class ActionAnswer(NamedTuple):
    """``code``: ``action.applied``, or that of the refusal; of a record that nobody could read, its
    dead letter's. ``became``: the alert that a signature or cancellation has made."""

    applied: bool
    code: str
    text: str
    became: str | None = None


def post_action(
    action: Action | WarningAction, unit: Unit, cluster: Cluster, topics: Topics, *, within: float
) -> ActionAnswer | None:
    """Post what a unit does, on the topic that is its identity; None when no worker has answered
    ``within`` seconds. It stays posted.

    Raises :class:`BrokerError` ``broker.no_topic`` for a unit that has no topic, or
    ``broker.delivery``.
    """
    topic = topics.actions(unit)
    if topic not in cluster.partitions:
        raise BrokerError(
            "no_topic",
            f"there is no topic {topic}: {unit} is no unit of the city",
            mend="check --unit and --namespace",
        )
    about = action.alert_id if isinstance(action, WarningAction) else action.incident_id
    now = cloudevents.rfc3339(time.time())
    head = cloudevents.headers(action.action_id, "wangge.action.v1", f"/wangge/{unit}", now)
    output = Output(topic, about.encode(), action.to_json(), head)
    decided = (topics.decisions, topics.dead)
    if all(one in cluster.partitions for one in decided):
        return answered(output, cluster, decided, _answer, within=within)
    # Who may see a unit's own queue only (docs/access.md) hears there what has come of it.
    heard = partial(_heard, about, unit)
    return answered(output, cluster, (topics.queue(unit),), heard, within=within)


def _heard(about: str, unit: Unit, message: Message, where: Place) -> ActionAnswer | None:
    body = orjson.loads(message.value() or b"{}")
    if body.get("refusal_id") == "/".join(map(str, where)):
        return ActionAnswer(False, body["code"], body["reason"])
    if body.get("incident_id") == about and body.get("by") == str(unit):
        return ActionAnswer(True, "action.applied", f"{body['change']}: {body['reason']}")
    return None


def _answer(message: Message, where: Place) -> ActionAnswer | None:
    body = orjson.loads(message.value() or b"{}")
    origin = body.get("origin", {})
    if (origin.get("topic"), origin.get("partition"), origin.get("offset")) != where:
        return None
    if "outcome" not in body:
        return ActionAnswer(False, body["code"], body["message"])
    applied = body["outcome"] == "applied"
    return ActionAnswer(applied, body["code"], body["text"], body.get("became"))
