"""Brings a broker's topics to a plan: makes what is missing, reports what differs, changes nothing.

Changing a live topic is an operator's decision: more partitions move keys to other shards, and a
shorter retention deletes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    NewTopic,
)

from messages.errors import BrokerError
from streams.cluster.brokers import client, reach
from streams.cluster.topology import TopicPlan

COPIES: Final = 3
_REQUEST_SECONDS: Final = 30.0
_GLANCE_SECONDS: Final = 0.05
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """A topic that exists otherwise. ``what``: ``partitions``, ``copies`` or a topic config."""

    topic: str
    what: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What was missing (now made, unless dry), what differs, and how many are as planned.

    ``copies``: how many each topic is to have, -1 as the broker has it by default; ``written``: how
    many of them must have a record before it counts, by ``min.insync.replicas``, where it is set.
    """

    missing: tuple[str, ...]
    differing: tuple[Difference, ...]
    unchanged: int
    applied: bool
    copies: int
    written: int | None


def apply(
    plan: Sequence[TopicPlan], brokers: str, *, dry_run: bool = False, replication: int = 0
) -> Diff:
    """Make the missing topics. ``replication`` 0: three copies, of which two must be written, where
    there are as many brokers; else, and by -1, as the broker has it by default.

    Raises :class:`BrokerError`: ``broker.unreachable``, ``broker.refused`` (with the broker's
    word), ``broker.practice_ground`` (the embedded broker has no admin API).
    """
    cluster = reach(brokers)
    if cluster.practice_ground:
        raise BrokerError(
            "practice_ground",
            f"{brokers} is an embedded broker, which cannot make topics for others",
            mend="point --brokers at an Apache Kafka; `wangge up` makes its own topics",
        )
    admin = AdminClient(client(brokers))
    if replication == 0 and len(admin.list_topics(timeout=_REQUEST_SECONDS).brokers) >= COPIES:
        replication = COPIES
    if replication >= COPIES:
        plan = [topic.written_twice() for topic in plan]
    missing = [topic for topic in plan if topic.name not in cluster.partitions]
    present = [topic for topic in plan if topic.name in cluster.partitions]
    differing = [*_shapes(admin, present, replication), *_configs(admin, present)]
    if not dry_run:
        for batch in _batches(missing):
            _create(admin, batch, replication)
        _await(admin, {topic.name for topic in missing})
    return Diff(
        missing=tuple(topic.name for topic in missing),
        differing=tuple(differing),
        unchanged=len(present) - len({found.topic for found in differing}),
        applied=not dry_run,
        copies=replication or -1,
        written=2 if replication >= COPIES else None,
    )


def _create(admin: AdminClient, batch: list[TopicPlan], replication: int) -> None:
    wanted = [
        NewTopic(
            topic.name,
            num_partitions=topic.partitions,
            replication_factor=replication or -1,
            config=dict(topic.config),
        )
        for topic in batch
    ]
    made = admin.create_topics(wanted, request_timeout=_REQUEST_SECONDS)
    for name, future in made.items():
        _result(future, f"to make topic {name}")


def _await(admin: AdminClient, made: set[str]) -> None:
    """Return when the broker knows what its controller has made: a moment later."""
    deadline = time.monotonic() + _REQUEST_SECONDS
    while True:
        known = admin.list_topics(timeout=_REQUEST_SECONDS).topics
        unknown = {name for name in made if name not in known or known[name].error is not None}
        if not unknown:
            return
        if time.monotonic() > deadline:
            raise BrokerError(
                "refused", f"the broker made {min(unknown)} and does not know it", mend="try again"
            )
        time.sleep(_GLANCE_SECONDS)


def _shapes(admin: AdminClient, present: Iterable[TopicPlan], copies: int) -> list[Difference]:
    """Other numbers of partitions, or of copies where they are not the broker's affair."""
    found = admin.list_topics(timeout=_REQUEST_SECONDS).topics
    shapes = []
    for topic in present:
        partitions = found[topic.name].partitions
        fewest = min((len(one.replicas) for one in partitions.values()), default=0)
        shapes.append((topic.name, "partitions", topic.partitions, len(partitions)))
        if copies > 0:
            shapes.append((topic.name, "copies", copies, fewest))
    return [
        Difference(name, what, str(wanted), str(is_so))
        for name, what, wanted, is_so in shapes
        if wanted != is_so
    ]


def _configs(admin: AdminClient, present: list[TopicPlan]) -> list[Difference]:
    differing = []
    for batch in _batches(present):
        asked = [ConfigResource(ConfigResource.Type.TOPIC, topic.name) for topic in batch]
        answers = admin.describe_configs(asked, request_timeout=_REQUEST_SECONDS)
        entries = {
            resource.name: _result(future, f"to describe topic {resource.name}")
            for resource, future in answers.items()
        }
        for topic in batch:
            for key, wanted in topic.config.items():
                found = entries[topic.name].get(key)
                value = "absent" if found is None else str(found.value)
                if value != wanted:
                    differing.append(Difference(topic.name, key, wanted, value))
    return differing


def _result(future: Future[Any], what: str) -> Any:
    try:
        return future.result(_REQUEST_SECONDS)
    except KafkaException as error:
        raise BrokerError("refused", f"the broker refused {what}: {error.args[0].str()}") from None
    except TimeoutError:
        raise BrokerError("refused", f"the broker did not answer {what}") from None


def _batches(topics: list[TopicPlan]) -> Iterable[list[TopicPlan]]:
    for start in range(0, len(topics), _BATCH):
        yield topics[start : start + _BATCH]
