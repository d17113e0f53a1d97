"""Which topic each body goes to, under which key and with which CloudEvents attributes.

Everything here is a generator: a record is written out when the producer takes it, and its memory
is the next one's. A list of one unit's records would hold some 60 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from messages import cloudevents
from messages.decision import origin_text
from messages.model import SCHEMA_VERSION, Body
from messages.topics import Topics
from sinks.output import Output


@dataclass(frozen=True, slots=True)
class Encoder:
    """Bodies of one namespace as records. ``ce_id`` is a function of what the record says, so a
    consumer can drop a repeat: the origin for a decision, ``<incident>:<seq>`` for an entry."""

    topics: Topics

    def desk(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """Understood events, each to its shard's partition."""
        topic, common = self.topics.desk, self._common("understood", time)
        for body in bodies:
            shard = body["shard"]
            value = orjson.dumps(body, option=orjson.OPT_UTC_Z)
            headers = [*common, ("ce_id", _origin(body["origin"]))]
            yield Output(topic, b"%d" % shard, value, headers, shard)

    def decisions(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """What was decided on each event, keyed by its origin."""
        return self._by_origin(self.topics.decisions, "decision", bodies, time)

    def quarantined(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """What was screened out, keyed by its origin."""
        return self._by_origin(self.topics.quarantine, "quarantined", bodies, time)

    def dead(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """What could not be decoded or decided, keyed by its origin."""
        return self._by_origin(self.topics.dead, "dead-letter", bodies, time)

    def entries(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """Queue entries, each to its unit's queue, keyed by incident."""
        prefix, common = self.topics.queues_prefix, self._common("queue-entry", time)
        for body in bodies:
            headers = [*common, ("ce_id", body["entry_id"].encode())]
            topic = prefix + body["unit"].replace(":", ".")
            yield Output(topic, body["incident_id"].encode(), orjson.dumps(body), headers)

    def actions(self, bodies: Sequence[Body], time: bytes) -> Iterator[Output]:
        """What became of units' actions on cases and warnings, among the decisions, keyed by their
        origin."""
        for kind, noun in (("action", "action-outcome"), ("warning", "warning-outcome")):
            of_kind = (body for body in bodies if body["kind"] == kind)
            yield from self._by_origin(self.topics.decisions, noun, of_kind, time)

    def refusals(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """Actions that were refused, each to the queue of whoever posted it, keyed by incident or
        alert."""
        prefix = self.topics.queues_prefix
        for body in bodies:
            noun, key = "refusal", body.get("incident_id")
            if key is None:
                noun, key = "warning-refusal", body["alert_id"]
            headers = [*self._common(noun, time), ("ce_id", body["refusal_id"].encode())]
            topic = prefix + body["unit"].replace(":", ".")
            yield Output(topic, key.encode(), orjson.dumps(body), headers)

    def warnings(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """CAP alerts, keyed by the areas that they warn."""
        topic, common = self.topics.warnings, self._common("alert", time)
        for body in bodies:
            key = ",".join(area["unit"] for area in body["areas"]).encode()
            headers = [*common, ("ce_id", body["alert_id"].encode())]
            yield Output(topic, key, orjson.dumps(body), headers)

    def warning_notices(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """What is told of warnings, keyed by grid, or by the units that are told."""
        topic, common = self.topics.notices, self._common("warning-notice", time)
        for body in bodies:
            key = body.get("grid") or ",".join(body["area"])
            done = ":confirmed" if body["status"] == "confirmed" else ""
            headers = [*common, ("ce_id", f"{body['notice_id']}{done}".encode())]
            yield Output(topic, key.encode(), orjson.dumps(body), headers)

    def incidents(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """The public state of each incident, keyed by it."""
        topic, common = self.topics.incidents, self._common("incident", time)
        for body in bodies:
            key = body["incident_id"].encode()
            headers = [*common, ("ce_id", b"%s:%d" % (key, body["seq"]))]
            yield Output(topic, key, orjson.dumps(body), headers)

    def ledger(self, bodies: Iterable[Body], time: bytes) -> Iterator[Output]:
        """Ledger entries, each keyed by its input partition."""
        topic, common = self.topics.ledger, self._common("ledger-entry", time)
        for body in bodies:
            key = f"{body['topic']}/{body['partition']}"
            headers = [*common, ("ce_id", f"{key}/{body['start']}-{body['end']}".encode())]
            yield Output(topic, key.encode(), orjson.dumps(body, option=orjson.OPT_UTC_Z), headers)

    def hot(self, devices: Mapping[str, bool], shard: int) -> Iterator[Output]:
        """Which sensors, as ``<source> <device> <sensor>``, are hot from now on, and which no more:
        entries of the control topic. ``shard``: whose desk says so, and has what the device says.
        Without attributes: they say what is, not what happened."""
        topic = self.topics.control
        for device, is_hot in devices.items():
            body = {
                "schema_version": SCHEMA_VERSION,
                "kind": "hot",
                "device": device,
                "shard": shard,
            }
            yield Output(topic, f"hot/{device}".encode(), orjson.dumps(body) if is_hot else None)

    def _by_origin(
        self, topic: str, noun: str, bodies: Iterable[Body], time: bytes
    ) -> Iterator[Output]:
        common = self._common(noun, time)
        for body in bodies:
            origin = _origin(body["origin"])
            value = orjson.dumps(body, option=orjson.OPT_UTC_Z)
            yield Output(topic, origin, value, [*common, ("ce_id", origin)])

    def _common(self, noun: str, time: bytes) -> cloudevents.Headers:
        return [
            cloudevents.SPEC_VERSION,
            cloudevents.CONTENT_TYPE,
            ("ce_type", f"wangge.{noun}.v1".encode()),
            ("ce_source", f"/wangge/{self.topics.ns}".encode()),
            ("ce_time", time),
        ]


def _origin(origin: Body) -> bytes:
    return origin_text(origin).encode()
