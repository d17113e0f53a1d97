"""Which topic each body goes to, under which key and with which CloudEvents attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from messages import cloudevents
from messages.model import Body
from messages.topics import Topics
from sinks.output import Output


@dataclass(frozen=True, slots=True)
class Encoder:
    """Bodies of one namespace as records. ``ce_id`` is a function of what the record says, so a
    consumer can drop a repeat: the origin for a decision, ``<incident>:<seq>`` for an entry."""

    topics: Topics

    @property
    def _source(self) -> bytes:
        return f"/wangge/{self.topics.ns}".encode()

    def desk(self, bodies: Iterable[Body], time: bytes) -> list[Output]:
        """Understood events, each to its shard's partition."""
        topic, common = self.topics.desk, self._common("understood", time)
        dumps = orjson.dumps
        return [
            Output(
                topic,
                b"%d" % body["shard"],
                dumps(body, option=orjson.OPT_UTC_Z),
                [*common, ("ce_id", _origin(body["origin"]))],
                body["shard"],
            )
            for body in bodies
        ]

    def decisions(self, bodies: Iterable[Body], time: bytes) -> list[Output]:
        return self._by_origin(self.topics.decisions, "decision", bodies, time)

    def quarantined(self, bodies: Iterable[Body], time: bytes) -> list[Output]:
        return self._by_origin(self.topics.quarantine, "quarantined", bodies, time)

    def dead(self, bodies: Iterable[Body], time: bytes) -> list[Output]:
        return self._by_origin(self.topics.dead, "dead-letter", bodies, time)

    def entries(self, bodies: Iterable[Body], time: bytes) -> list[Output]:
        """Queue entries, each to its unit's queue, keyed by incident."""
        common = self._common("queue-entry", time)
        prefix, dumps = self.topics.queues_prefix, orjson.dumps
        return [
            Output(
                prefix + body["unit"].replace(":", "."),
                body["incident_id"].encode(),
                dumps(body),
                [*common, ("ce_id", body["entry_id"].encode())],
            )
            for body in bodies
        ]

    def incidents(self, bodies: Iterable[Body], time: bytes) -> list[Output]:
        topic, common = self.topics.incidents, self._common("incident", time)
        return [
            Output(
                topic,
                body["incident_id"].encode(),
                orjson.dumps(body),
                [*common, ("ce_id", b"%s:%d" % (body["incident_id"].encode(), body["seq"]))],
            )
            for body in bodies
        ]

    def ledger(self, body: Body, time: bytes) -> Output:
        """One ledger entry, keyed by its input partition."""
        key = f"{body['topic']}/{body['partition']}"
        ce_id = f"{key}/{body['start']}-{body['end']}".encode()
        headers = [*self._common("ledger-entry", time), ("ce_id", ce_id)]
        value = orjson.dumps(body, option=orjson.OPT_UTC_Z)
        return Output(self.topics.ledger, key.encode(), value, headers)

    def _by_origin(
        self, topic: str, noun: str, bodies: Iterable[Body], time: bytes
    ) -> list[Output]:
        common = self._common(noun, time)
        outputs = []
        for body in bodies:
            origin = _origin(body["origin"])
            value = orjson.dumps(body, option=orjson.OPT_UTC_Z)
            outputs.append(Output(topic, origin, value, [*common, ("ce_id", origin)]))
        return outputs

    def _common(self, noun: str, time: bytes) -> cloudevents.Headers:
        return [
            cloudevents.SPEC_VERSION,
            cloudevents.CONTENT_TYPE,
            ("ce_type", f"wangge.{noun}.v1".encode()),
            ("ce_source", self._source),
            ("ce_time", time),
        ]


def _origin(origin: Body) -> bytes:
    return f"{origin['topic']}/{origin['partition']}/{origin['offset']}".encode()
