"""Who may do what on a city's Kafka: the plan of its ACLs. No I/O.

One name for each who connects, all of them under the namespace, so that a drill's have no access to
the city's. What each may do is what its work needs, and no more; whatever is not named is denied.
Kafka's operations and what each of its requests asks for:
https://kafka.apache.org/documentation/#operations_resources_and_protocols
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from messages.topics import Lane, Topics
from messages.unit import Unit

KINDS: Final = frozenset({"worker", "source", "unit", "officers", "operators", "heartbeat"})
"""What stands behind the namespace in the name of whoever connects."""

TAIL_GROUP: Final = "wangge.tail"
"""The group of whoever reads on his own: librdkafka asks for one, and reads nothing where it may
not. Nothing is committed under it, so that it may be everybody's."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One thing that ``principal`` may do, from any host. ``prefix``: to all whose name begins so.

    To read or write includes to describe; that is Kafka's own rule.
    """

    principal: str
    operation: str
    resource: str
    name: str
    prefix: bool = False


class _Source(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def lane(self) -> Lane: ...


def access_plan(
    topics: Topics, *, units: Sequence[Unit], sources: Iterable[_Source]
) -> tuple[Grant, ...]:
    """Every grant of a namespace: the workers', each source's and unit's, the officers', the
    operators' and the heartbeat's."""
    return (
        *_worker(topics),
        *(grant for source in sources for grant in _source(topics, source)),
        *(grant for unit in units for grant in _unit(topics, unit)),
        *_officers(topics),
        *_operators(topics),
        *_heartbeat(topics),
    )


def principal(topics: Topics, who: str) -> str:
    """The name that ``who`` connects by, such as ``User:wangge.unit.street.320106003``."""
    return f"User:{topics.ns}.{who}"


def is_named(who: str, topics: Topics) -> bool:
    """Whether the principal ``who`` is one of this namespace's, whatever it is called there: the
    names of ``wangge.night`` begin as those of ``wangge`` do, and are none of them."""
    prefix = principal(topics, "")
    return who.startswith(prefix) and who.removeprefix(prefix).partition(".")[0] in KINDS


def _worker(topics: Topics) -> Iterator[Grant]:
    who, everything = principal(topics, "worker"), f"{topics.ns}."
    yield Grant(who, "READ", "TOPIC", f"{topics.ns}.in.", prefix=True)
    for topic in (topics.desk, topics.state, topics.control):
        yield Grant(who, "READ", "TOPIC", topic)
    for topic in (
        topics.desk,
        topics.state,
        topics.control,
        topics.ledger,
        topics.incidents,
        topics.decisions,
        topics.quarantine,
        topics.dead,
        topics.warnings,
        topics.notices,
    ):
        yield Grant(who, "WRITE", "TOPIC", topic)
    yield Grant(who, "WRITE", "TOPIC", topics.queues_prefix, prefix=True)
    yield Grant(who, "READ", "GROUP", everything, prefix=True)
    yield Grant(who, "WRITE", "TRANSACTIONAL_ID", f"{topics.ns}:", prefix=True)


def _source(topics: Topics, source: _Source) -> Iterator[Grant]:
    yield Grant(
        principal(topics, f"source.{source.name}"), "WRITE", "TOPIC", topics.lane(source.lane)
    )


def _unit(topics: Topics, unit: Unit) -> Iterator[Grant]:
    queue = topics.queue(unit)
    name = f"unit.{queue.removeprefix(topics.queues_prefix)}"
    who = principal(topics, name)
    yield Grant(who, "READ", "TOPIC", queue)
    yield Grant(who, "WRITE", "TOPIC", topics.actions(unit))
    for group in (f"{topics.ns}.{name}", TAIL_GROUP):
        yield Grant(who, "READ", "GROUP", group)


def _officers(topics: Topics) -> Iterator[Grant]:
    who = principal(topics, "officers")
    yield Grant(who, "READ", "TOPIC", f"{topics.ns}.", prefix=True)
    for topic in (topics.orders, topics.lane("verdicts")):
        yield Grant(who, "WRITE", "TOPIC", topic)
    for group in (f"{topics.ns}.officers", TAIL_GROUP):
        yield Grant(who, "READ", "GROUP", group)


def _operators(topics: Topics) -> Iterator[Grant]:
    who, everything = principal(topics, "operators"), f"{topics.ns}."
    for operation in ("CREATE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS"):
        yield Grant(who, operation, "TOPIC", everything, prefix=True)
    for topic in (topics.state, topics.control, topics.incidents):
        yield Grant(who, "READ", "TOPIC", topic)
    for topic in (topics.desk, topics.orders):
        yield Grant(who, "WRITE", "TOPIC", topic)
    yield Grant(who, "READ", "GROUP", TAIL_GROUP)
    for group in ("verify", "move"):  # of `wangge state verify` and `wangge shards move`
        yield Grant(who, "READ", "GROUP", f"{everything}{group}", prefix=True)
    yield Grant(who, "DESCRIBE", "GROUP", everything, prefix=True)


def _heartbeat(topics: Topics) -> Iterator[Grant]:
    who = principal(topics, "heartbeat")
    yield Grant(who, "WRITE", "TOPIC", topics.lane("alarms"))
    yield Grant(who, "READ", "TOPIC", topics.decisions)
    yield Grant(who, "READ", "GROUP", TAIL_GROUP)
