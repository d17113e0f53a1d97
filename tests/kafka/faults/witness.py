"""Reads everything that the product says, committed, from outside it: what became of each record.

It shares nothing with the product but the form of the bodies: its own consumer, its own counts.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition
from feeder import Given, Place

from messages.topics import Topics


@dataclass(slots=True)
class Reckoning:
    """``lost``: ids that the broker has taken and that have no outcome. ``duplicated``: records
    said twice, outcomes and queue entries alike. ``contradicted``: ids with two different outcomes,
    or with another event's. ``out_of_order``: entries behind a later one of their incident in a
    queue. ``recovery_s``: the longest time from a fault's end to the last outcome of what was
    posted before."""

    events: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: int = 0
    contradicted: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    recovery_s: float = 0.0


class Witness:
    """``partitions``: of each topic of the namespace."""

    def __init__(self, brokers: str, topics: Topics, partitions: Mapping[str, int]) -> None:
        self._topics = topics
        self.outcomes: dict[Place, list[tuple[str, str | None]]] = defaultdict(list)
        self.first_said: dict[Place, float] = {}
        self.said: Counter[tuple[str, str]] = Counter()
        self._last: dict[tuple[str, str], int] = {}
        self.out_of_order: list[str] = []
        self._stop = Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": f"{topics.ns}.witness",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "fetch.queue.backoff.ms": 5,
                "reconnect.backoff.max.ms": 1000,
            }
        )
        read = {topics.decisions, topics.dead, topics.ledger}
        self._places = [
            TopicPartition(topic, partition, OFFSET_BEGINNING)
            for topic, count in partitions.items()
            if topic in read or topic.startswith(topics.queues_prefix)
            for partition in range(count)
        ]
        self._consumer.assign(self._places)
        self._thread = Thread(target=self._run, name="witness", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        self._stop.set()
        self._thread.join(10)
        self._consumer.close()

    def knows(self, posted: Mapping[Place, Given]) -> bool:
        """Whether each of these has an outcome by now."""
        return all(place in self.first_said for place in list(posted))

    def longest_wait(self, posted: Mapping[Place, Given]) -> float:
        """Seconds from a record's acknowledgement to its outcome, the longest of all."""
        return max(self.first_said[place] - given.at for place, given in posted.items())

    def reckon(self, posted: Mapping[Place, Given], lifted: list[float]) -> Reckoning:
        """``lifted``: when each of the faults was over, monotonic s."""
        found = Reckoning(events=len(posted), out_of_order=self.out_of_order)
        for place, given in posted.items():
            outcomes = self.outcomes.get(place, [])
            if not outcomes:
                found.lost.append(given.event_id)
            if len({outcome for outcome, _ in outcomes}) > 1:
                found.contradicted.append(given.event_id)
            if any(said not in (None, given.event_id) for _, said in outcomes):
                found.contradicted.append(given.event_id)
            found.duplicated += max(0, len(outcomes) - 1)
        entries = (n for (topic, _), n in self.said.items() if topic != self._topics.ledger)
        found.duplicated += sum(n - 1 for n in entries)
        for moment in lifted:
            said = [
                self.first_said[place]
                for place, given in posted.items()
                if given.at <= moment and place in self.first_said
            ]
            found.recovery_s = max([found.recovery_s, *(one - moment for one in said)])
        return found

    # On its own thread -----------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            for message in self._consumer.consume(1000, 0.05):
                if message.error() is None:
                    self._take(message, time.monotonic())

    def _take(self, message: Message, now: float) -> None:
        topic, body = message.topic() or "", orjson.loads(message.value() or b"null")
        if topic == self._topics.decisions:
            self._ended(_place(body["origin"]), body["outcome"], body["event_id"], now)
        elif topic == self._topics.dead:
            self._ended(_place(body["origin"]), "dead", None, now)
        elif topic == self._topics.ledger:
            for first, last in body["ignored_offsets"]:
                for offset in range(first, last + 1):
                    place = (body["topic"], body["partition"], offset)
                    self._ended(place, "ignored", None, now)
        else:
            self._queued(topic, body)

    def _ended(self, place: Place, outcome: str, event_id: str | None, now: float) -> None:
        self.outcomes[place].append((outcome, event_id))
        self.first_said.setdefault(place, now)

    def _queued(self, topic: str, body: dict[str, Any]) -> None:
        if "entry_id" not in body:
            return
        self.said[topic, body["entry_id"]] += 1
        at, seq = (topic, body["incident_id"]), body["seq"]
        if seq < self._last.get(at, 0):
            self.out_of_order.append(f"{body['entry_id']} in {topic}")
        self._last[at] = seq


def _place(origin: Mapping[str, Any]) -> Place:
    return origin["topic"], origin["partition"], origin["offset"]
