"""Bodies that stage B writes of an event: a decision, a letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from incidents.case import Case
from messages.model import SCHEMA_VERSION, Body
from rules.route import Routed
from streams.letters import original


def decision(body: Body, outcome: str, reasons: Sequence[Body], decided_at: str) -> Body:
    """The :class:`messages.decision.Decision` on an understood event."""
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
        "decided_at": decided_at,
        "place": body["place"],
        "second_place": body.get("second_place"),
        "category": body["category"],
        "priority": body["priority"],
        "score": body["score"],
        "contributions": body["contributions"],
        "modes": body.get("modes", ()),
        "released_from": body.get("released_from"),
        "reasons": reasons,
        "consulted": body["consulted"],
        "pack": body["pack"],
        "boundaries": body["boundaries"],
    }


def routed(body: Body, route: Routed, case: Case, reasons: Sequence[Body], at: str) -> Body:
    """The decision on an event that opens a case: whose it is, and what was tried on the way."""
    found = decision(body, "routed", reasons, at)
    found["route"] = route.route
    found["runner_up"] = route.runner_up
    found["tried"] = route.tried
    found["unit"] = route.unit
    found["copies"] = route.copies
    found["escalation"] = case.escalation
    found["incident_id"] = case.incident_id
    return found


def texts(reasons: Sequence[Body]) -> str:
    """The reasons as one sentence for a person."""
    return "; ".join([reason["text"] for reason in reasons])


def quarantined(body: Body, reasons: Sequence[Body]) -> Body:
    """The :class:`messages.letters.Quarantined` of an event that the desk puts aside."""
    return {
        "schema_version": SCHEMA_VERSION,
        "event": body["event"],
        "lane": body["consulted"].get("lane"),
        "origin": body["origin"],
        "received_at": body["received_at"],
        "place": body["place"],
        "category": body["category"],
        "reasons": reasons,
        "pack": body["pack"],
    }


def dead(body: Any, shard: int, offset: int, error: Exception, at: str, pack: str) -> Body:
    """The :class:`messages.letters.DeadLetter` of a record that cannot be judged, whole."""
    origin = body.get("origin") if isinstance(body, dict) else None
    if not isinstance(origin, dict):
        origin = {"topic": "desk", "partition": shard, "offset": offset}
    return {
        "schema_version": SCHEMA_VERSION,
        "origin": origin,
        "received_at": at,
        "code": "event.undecided",
        "message": f"{type(error).__name__}: {error}",
        "field": "",
        **original(body if isinstance(body, bytes) else orjson.dumps(body)),
        "headers": {},
        "pack": pack,
    }
