"""Stage B: whose an event is, by the shard's one owner, with memory. It is pure: state comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from incidents.state import Overlay, State, Version, Write
from messages.model import SCHEMA_VERSION, Body
from streams.city import City
from streams.understand import original

EXPIRED_PER_RECORD = 4
"""Old records removed per event judged: windows empty faster than they fill, without a burst."""


@dataclass(frozen=True, slots=True)
class DeskBatch:
    """Understood events of one shard, in offset order, as decoded from the desk topic.

    ``offsets`` are the desk's. ``end`` is the desk offset after the last record read, which is
    past the last of ``offsets`` where transaction markers stand.
    """

    city: City
    shard: int
    bodies: Sequence[Body]
    offsets: Sequence[int]
    end: int


@dataclass(slots=True)
class Decisions:
    """What one unit of work says and changes. Bodies obey the models named.

    ``decisions``: Decision. ``entries``: QueueEntry, its ``unit`` names the queue. ``incidents``:
    Incident. ``quarantined``, ``dead``: Quarantined, DeadLetter. ``writes`` take the state from
    ``base`` to ``version``.
    """

    base: int
    version: Version
    decisions: list[Body] = field(default_factory=list)
    entries: list[Body] = field(default_factory=list)
    incidents: list[Body] = field(default_factory=list)
    quarantined: list[Body] = field(default_factory=list)
    dead: list[Body] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)


def judge(state: State, understood: DeskBatch, now: float) -> Decisions:
    """Decide every event of the batch, in order, against the shard's state.

    ``now``: the shard's clock before the batch, epoch seconds; each event moves it on to its
    ``received_at`` and never back. Records before the state's cursor were decided by an earlier
    unit of work and are passed over. The state itself is not changed: apply ``writes``.
    """
    before = state.version
    unit = _Unit(state, understood.city, understood.shard, max(now, before.now), before.opened)
    for body, offset in zip(understood.bodies, understood.offsets, strict=True):
        if offset < before.cursor:
            continue
        try:
            unit.judge_one(body)
        except Exception as error:  # a poison event must not take its shard with it
            unit.bury(body, offset, error)
    unit.expire(len(understood.bodies) * EXPIRED_PER_RECORD)
    result = unit.result
    result.base = before.number
    result.writes = unit.overlay.writes
    result.version = replace(
        before,
        number=before.number + 1,
        cursor=max(before.cursor, understood.end),
        now=unit.now,
        opened=unit.opened,
        routed=before.routed + unit.routed,
        quarantined=before.quarantined + len(result.quarantined),
        dead=before.dead + len(result.dead),
    )
    return result


class _Unit:
    """One unit of work in the making."""

    def __init__(self, state: State, city: City, shard: int, now: float, opened: int) -> None:
        self.city = city
        self.shard = shard
        self.state = state
        self.overlay = Overlay(state)
        self.opened = opened
        self.routed = 0
        self.now = now
        self._set_clock(now)
        self.result = Decisions(base=0, version=state.version)

    def _set_clock(self, now: float) -> None:
        self.now = now
        self.stamp = _rfc3339(now)

    def judge_one(self, body: Body) -> None:
        received = datetime.fromisoformat(body["received_at"]).timestamp()
        if received > self.now:
            self._set_clock(received)
        event = body["event"]
        first = self.overlay.get("seen", _seen_key(event))
        seen = orjson.loads(first) if first is not None else None
        if seen is not None and seen["due"] > self.now:
            # The very same record again, because stage A repeated its unit after a crash: it has
            # its outcome already. Another record with the id of an old event is a repeat.
            if seen["origin"] != _where(body):
                self._repeat(body, seen["incident"])
            return
        self._open(body)

    def _open(self, body: Body) -> None:
        city, event = self.city, body["event"]
        consulted = body["consulted"]
        routed = city.route(body)
        number = self.opened + 1
        incident_id = f"{self.shard:03d}-{self.stamp[2:10].replace('-', '')}-{number:07d}"
        incident: Body = {
            "schema_version": SCHEMA_VERSION,
            "incident_id": incident_id,
            "seq": 1,
            "status": "dispatched",
            "opened_at": self.stamp,
            "changed_at": self.stamp,
            "category": body["category"],
            "priority": body["priority"],
            "place": body["place"],
            "unit": routed.unit,
            "copies": routed.copies,
            "events": (event["event_id"],),
            "pack": body["pack"],
        }
        reasons = [*body["reasons"], city.route_reason(routed)]
        consulted["repeat_of"] = None
        decision = self._decision(body, "routed", reasons)
        decision["route"] = routed.route
        decision["runner_up"] = routed.runner_up
        decision["tried"] = routed.tried
        decision["unit"] = routed.unit
        decision["copies"] = routed.copies
        decision["incident_id"] = incident_id
        entries = self._entries(body, incident, reasons)
        # Nothing above changed anything: an event that fails is buried alone.
        self.opened = number
        self.routed += 1
        self.overlay.put("incident", incident_id, orjson.dumps(incident))
        self._remember(body, incident_id)
        self.result.decisions.append(decision)
        self.result.incidents.append(incident)
        self.result.entries += entries

    def _entries(self, body: Body, incident: Body, reasons: list[Body]) -> list[Body]:
        event = body["event"]
        entry: Body = {
            "schema_version": SCHEMA_VERSION,
            "entry_id": f"{incident['incident_id']}:{incident['seq']}",
            "incident_id": incident["incident_id"],
            "seq": incident["seq"],
            "unit": incident["unit"],
            "role": "owner",
            "status": incident["status"],
            "category": incident["category"],
            "category_name": self.city.category_names.get(incident["category"], ""),
            "priority": incident["priority"],
            "place": incident["place"],
            "reason": "; ".join([reason["text"] for reason in reasons]),
            "text": event.get("text", ""),
            "address": event.get("address"),
            "media": event.get("media", ()),
            "event_id": event["event_id"],
            "occurred_at": event["occurred_at"],
            "opened_at": incident["opened_at"],
        }
        copies = ({**entry, "unit": unit, "role": "copy"} for unit in incident["copies"])
        return [entry, *copies]

    def _repeat(self, body: Body, incident_id: str) -> None:
        window_h = self.city.repeat_window_s / 3600
        text = f"event id seen within {window_h:g} h; it opened incident {incident_id}"
        reasons = [*body["reasons"], {"step": "screen", "code": "repeat", "text": text}]
        body["consulted"]["repeat_of"] = incident_id
        self.result.decisions.append(self._decision(body, "quarantined", reasons))
        self.result.quarantined.append(
            {
                "schema_version": SCHEMA_VERSION,
                "event": body["event"],
                "origin": body["origin"],
                "received_at": body["received_at"],
                "place": body["place"],
                "category": body["category"],
                "reasons": reasons,
                "pack": body["pack"],
            }
        )

    def _decision(self, body: Body, outcome: str, reasons: list[Body]) -> Body:
        event = body["event"]
        return {
            "schema_version": SCHEMA_VERSION,
            "event_id": event["event_id"],
            "kind": body["kind"],
            "source": event["source"],
            "origin": body["origin"],
            "outcome": outcome,
            "occurred_at": event["occurred_at"],
            "received_at": body["received_at"],
            "decided_at": self.stamp,
            "place": body["place"],
            "second_place": body.get("second_place"),
            "category": body["category"],
            "priority": body["priority"],
            "contributions": body["contributions"],
            "reasons": reasons,
            "consulted": body["consulted"],
            "pack": body["pack"],
            "boundaries": body["boundaries"],
        }

    def _remember(self, body: Body, incident_id: str) -> None:
        due = self.now + self.city.repeat_window_s
        seen = {"v": 1, "incident": incident_id, "origin": _where(body), "due": due}
        self.overlay.put("seen", _seen_key(body["event"]), orjson.dumps(seen), due)

    def expire(self, limit: int) -> None:
        """Forget what has left its window, at most ``limit`` records of it."""
        for kind, key in self.state.due(self.now, limit):
            if kind == "seen" and not self.overlay.changed(kind, key):
                self.overlay.remove(kind, key)

    def bury(self, body: Any, offset: int, error: Exception) -> None:
        """A record that cannot be judged becomes a dead letter, whole."""
        origin = body.get("origin") if isinstance(body, dict) else None
        if not isinstance(origin, dict):
            origin = {"topic": "desk", "partition": self.shard, "offset": offset}
        self.result.dead.append(
            {
                "schema_version": SCHEMA_VERSION,
                "origin": origin,
                "received_at": self.stamp,
                "code": "event.undecided",
                "message": f"{type(error).__name__}: {error}",
                "field": "",
                **original(body if isinstance(body, bytes) else orjson.dumps(body)),
                "headers": {},
                "pack": self.city.version,
            }
        )


def _seen_key(event: Body) -> str:
    # An id is unique per producer, not among producers.
    # A source holds no space.
    return f"{event['source']} {event['event_id']}"


def _where(body: Body) -> str:
    origin = body["origin"]
    return f"{origin['topic']}/{origin['partition']}/{origin['offset']}"


def _rfc3339(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat().replace("+00:00", "Z")
