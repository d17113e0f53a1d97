"""What units find on their queues about a case, and what an action came to, as bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from incidents.acting.outcome import Role
from incidents.case import Case
from messages.cloudevents import rfc3339_text
from messages.decision import origin_text
from messages.model import SCHEMA_VERSION, Body


def entries(
    case: Case,
    told: Mapping[str, Role],
    change: str,
    reason: str,
    *,
    name: str,
    limits: Mapping[str, float],
    event: Body | None = None,
    entry: str | None = None,
    by: str | None = None,
) -> Iterator[Body]:
    """The :class:`messages.incident.QueueEntry` of each unit in ``told``.

    ``name``: of the category. ``limits``: epoch seconds, of ``accept`` and ``dispose``. ``event``:
    that the change is about. ``entry``: the end of its id, where that is not the case's ``seq``.
    """
    body: Body = {
        "schema_version": SCHEMA_VERSION,
        "entry_id": f"{case.incident_id}:{entry or case.seq}",
        "incident_id": case.incident_id,
        "seq": case.seq,
        "unit": case.unit,
        "role": "owner",
        "change": change,
        "status": case.status,
        "category": case.category,
        "category_name": name,
        "priority": case.priority,
        "place": case.place,
        "reason": reason,
    }
    if event is not None:
        body["text"] = event.get("text", "")
        body["address"] = event.get("address")
        body["media"] = event.get("media", ())
        body["event_id"] = event["event_id"]
        body["occurred_at"] = event["occurred_at"]
    body["opened_at"] = case.opened_at
    for clock, at in limits.items():
        body[f"{clock}_by"] = rfc3339_text(at)
    if case.stage:
        body["stage"] = case.stage
    if by:
        body["by"] = by
    for unit, role in told.items():
        yield {**body, "unit": unit, "role": role}


def outcome(body: Body, code: str, text: str, seq: int | None, decided_at: str) -> Body:
    """The :class:`messages.action_outcome.ActionOutcome` of an action as it lay on the desk.
    ``seq``: of the case after it; None: it was refused."""
    action = body["action"]
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "action",
        "action_id": action["action_id"],
        "incident_id": action["incident_id"],
        "action": action["action"],
        "unit": body["unit"],
        "actor": action["actor"],
        "origin": body["origin"],
        "outcome": "refused" if seq is None else "applied",
        "code": f"action.{code}",
        "text": text,
        "reason_code": action.get("reason_code"),
        "seq": seq,
        "received_at": body["received_at"],
        "decided_at": decided_at,
        "pack": body["pack"],
    }


def refusal(body: Body, code: str, text: str, status: str | None, at: str) -> Body:
    """The :class:`messages.incident.Refusal` for the queue of whoever posted an action."""
    action = body["action"]
    return {
        "schema_version": SCHEMA_VERSION,
        "refusal_id": origin_text(body["origin"]),
        "unit": body["unit"],
        "incident_id": action["incident_id"],
        "action_id": action["action_id"],
        "action": action["action"],
        "code": f"action.{code}",
        "reason": text,
        "status": status,
        "refused_at": at,
    }
