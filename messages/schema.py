"""JSON Schema of everything that travels, for producers, consoles and editors."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from messages.action import Action
from messages.action_outcome import ActionOutcome
from messages.decision import Decision, Understood
from messages.event import Alarm, Reading, Report
from messages.incident import Incident, QueueEntry, Refusal
from messages.ledger import LedgerEntry
from messages.letters import DeadLetter, Quarantined
from messages.notice import Notice
from messages.order import Order
from messages.place import Place
from messages.verdict import Verdict
from messages.warning import Alert
from messages.warning_action import WarningAction, WarningOutcome, WarningRefusal
from messages.warning_notice import WarningNotice

CONTRACT: dict[str, Any] = {
    "report": Report,
    "alarm": Alarm,
    "reading": Reading,
    "action": Action,
    "warning-action": WarningAction,
    "order": Order,
    "verdict": Verdict,
    "place": Place,
    "understood": Understood,
    "decision": Decision,
    "incident": Incident,
    "queue-entry": QueueEntry,
    "refusal": Refusal,
    "action-outcome": ActionOutcome,
    "quarantined": Quarantined,
    "dead-letter": DeadLetter,
    "ledger-entry": LedgerEntry,
    "notice": Notice,
    "alert": Alert,
    "warning-outcome": WarningOutcome,
    "warning-refusal": WarningRefusal,
    "warning-notice": WarningNotice,
}


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one body, by its name in :data:`CONTRACT`."""
    posted = {"report", "alarm", "reading", "action", "warning-action", "order", "verdict"}
    mode = "validation" if name in posted else "serialization"
    schema = TypeAdapter(CONTRACT[name]).json_schema(mode=mode)  # type: ignore[arg-type]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
