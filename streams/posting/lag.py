"""How far consumer groups are behind, seen from outside: what a feeder paces itself by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from messages.errors import BrokerError
from messages.topics import LANES
from sinks import offsets
from streams.cluster.brokers import client
from streams.settings import Settings

_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Lag:
    """``behind``: records written and not committed. ``lost``: records dropped before they were.

    ``lost`` can only grow on the embedded broker, or where a topic's retention overtook a group.
    """

    behind: int
    lost: int


def worker_groups(settings: Settings, partitions: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The groups of a namespace's workers that events go through, and what each reads, for
    :class:`GroupLag`.

    ``partitions``: topic → partitions of the cluster; a topic that is not there is left out.
    """
    topics = settings.topics
    reads = {f"{settings.group}.{lane}": topics.lane(lane) for lane in LANES}
    reads[settings.desk_group] = topics.desk
    return {
        group: {topic: partitions[topic]} for group, topic in reads.items() if topic in partitions
    }


def every_group(settings: Settings, partitions: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Those of :func:`worker_groups`, and the groups that read verdicts and units' actions."""
    topics, ours = settings.topics, re.compile(settings.topics.actions_pattern)
    found = worker_groups(settings, partitions)
    verdicts = topics.lane("verdicts")
    if verdicts in partitions:
        found[f"{settings.group}.verdicts"] = {verdicts: partitions[verdicts]}
    actions = {topic: count for topic, count in partitions.items() if ours.fullmatch(topic)}
    if actions:
        found[f"{settings.group}.actions"] = actions
    return found


class GroupLag:
    """The lag of whole groups, without joining them. Not thread-safe.

    ``groups``: consumer group → the topics it reads, each with its number of partitions.
    """

    def __init__(self, brokers: str, groups: Mapping[str, Mapping[str, int]]) -> None:
        self._admin = AdminClient(client(brokers))
        self._places = {group: offsets.partitions(topics) for group, topics in groups.items()}
        # A consumer that never subscribes is no member: it only asks what its group committed. One
        # of committed records would not be told before a dead worker's transaction has ended.
        self._groups = {
            group: Consumer(
                client(
                    brokers,
                    group_id=group,
                    enable_auto_commit=False,
                    isolation_level="read_uncommitted",
                )
            )
            for group in groups
        }

    def read(self) -> Lag:
        """The lag now, all groups together. Raises :class:`BrokerError` ``broker.offsets``."""
        found = self.each().values()
        return Lag(sum(one.behind for one in found), sum(one.lost for one in found))

    def each(self) -> dict[str, Lag]:
        """The same of each group."""
        # Commits first: read the other way round, a commit in between would hide records.
        committed = {group: self._committed(group) for group in self._groups}
        everywhere = {at for places in self._places.values() for at in places}
        ends = offsets.ends(self._admin, everywhere)
        starts = offsets.starts(self._admin, everywhere)
        found = {}
        for group, places in self._places.items():
            behind = lost = 0
            for at in places:
                # Without a commit the group has everything before it, from the first record on.
                position = committed[group].get(at, 0)
                behind += max(0, ends[at] - max(position, starts[at]))
                lost += max(0, starts[at] - position)
            found[group] = Lag(behind, lost)
        return found

    def close(self) -> None:
        for consumer in self._groups.values():
            consumer.close()

    def __enter__(self) -> GroupLag:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _committed(self, group: str) -> dict[offsets.At, int]:
        asked = [TopicPartition(topic, number) for topic, number in self._places[group]]
        try:
            found = self._groups[group].committed(asked, timeout=_SECONDS)
        except KafkaException as error:
            raise BrokerError(
                "offsets", f"asking what {group} committed: {error.args[0].str()}"
            ) from None
        return {(at.topic, at.partition): at.offset for at in found if at.offset >= 0}
