"""Which topics a namespace has, with how many partitions and which settings. No I/O.

Applying a plan to a broker is in ``streams/cluster/topic_setup.py``. The settings are Kafka's topic
configs: https://kafka.apache.org/documentation/#topicconfigs
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from messages.model import MAX_BODY_BYTES
from messages.topics import Topics
from messages.unit import CITY, Unit

_DAY_MS: Final = 24 * 3600 * 1000
_WIDE: Final = str(4 * MAX_BODY_BYTES)
"""An oversized body must still arrive, to become a dead letter and not a producer's puzzle."""
_WIDEST: Final = str(2 * 4 * MAX_BODY_BYTES)
"""A dead letter carries the original in base64, a third longer, with its circumstances."""

# Arrival is what the broker saw: no producer can set received_at.
_INPUT: Final = {
    "cleanup.policy": "delete",
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": _WIDE,
}
# delete.retention.ms is how long a tombstone stays: a cursor older than that loads everything.
_COMPACTED: Final = {
    "cleanup.policy": "compact",
    "delete.retention.ms": str(7 * _DAY_MS),
    "max.message.bytes": _WIDE,
}


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """One topic as it should be. ``config`` holds what must differ from the broker's default."""

    name: str
    partitions: int
    config: Mapping[str, str]

    def written_twice(self) -> TopicPlan:
        """The same, where a record is taken only once two copies have it."""
        return replace(self, config={**self.config, "min.insync.replicas": "2"})


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


class _City(Protocol):
    @property
    def departments(self) -> Sequence[_Coded]: ...
    @property
    def linkage(self) -> Sequence[str]: ...


class _Pack(Protocol):
    @property
    def city(self) -> _City: ...


class _Layer(Protocol):
    @property
    def level(self) -> str: ...
    @property
    def codes(self) -> Sequence[str]: ...


def units_of(pack: _Pack, layers: Collection[_Layer]) -> list[Unit]:
    """Everybody who owns a queue: the city, each district and street, departments, linkage."""
    units = [CITY]
    for level in ("district", "street"):
        # Boundary sets of several times have most of their units in common.
        codes = dict.fromkeys(
            str(code) for layer in layers if layer.level == level for code in layer.codes
        )
        units += [Unit(level, code) for code in codes]
    units += [Unit("dept", department.code) for department in pack.city.departments]
    units += [Unit("linkage", service) for service in pack.city.linkage]
    return units


def topic_plan(
    topics: Topics, *, shards: int, units: Sequence[Unit], input_partitions: int = 4
) -> tuple[TopicPlan, ...]:
    """Every topic of a namespace, in the order of the flow.

    One partition a shard for what the desk reads and keeps, and for decisions, whose bodies are the
    longest: the embedded broker keeps only 5 MiB a partition. One topic of one partition a unit,
    because Kafka's ACLs work on topics and an incident's entries must keep their order.
    """

    def plan(name: str, partitions: int, config: Mapping[str, str], **more: str) -> TopicPlan:
        return TopicPlan(name, partitions, {**config, **_dotted(more)})

    return (
        *(plan(lane, input_partitions, _INPUT, retention_ms=_days(7)) for lane in topics.inputs),
        plan(topics.orders, 1, _INPUT, retention_ms=_days(90)),
        *(plan(topics.actions(unit), 1, _INPUT, retention_ms=_days(7)) for unit in units),
        plan(topics.desk, shards, _kept(7)),
        plan(topics.state, shards, _COMPACTED),
        plan(topics.control, 1, _COMPACTED),
        plan(topics.ledger, 1, _kept(90)),
        plan(topics.incidents, shards, _COMPACTED),
        plan(topics.decisions, shards, _kept(30)),
        plan(topics.quarantine, input_partitions, _kept(7)),
        plan(topics.dead, input_partitions, _kept(7), max_message_bytes=_WIDEST),
        plan(topics.warnings, 1, _kept(90)),
        plan(topics.notices, 1, _kept(30)),
        *(plan(topics.queue(unit), 1, _kept(30)) for unit in units),
    )


def partitions_of(plan: Iterable[TopicPlan]) -> dict[str, int]:
    """Name → partitions, as the embedded stack wants it."""
    return {topic.name: topic.partitions for topic in plan}


def _kept(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": _days(days), "max.message.bytes": _WIDE}


def _days(days: int) -> str:
    return str(days * _DAY_MS)


def _dotted(settings: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "."): value for name, value in settings.items()}
