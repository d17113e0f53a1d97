"""What stage A writes of an event that does not go on to the desk: put aside, thrown out, dead."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from messages import cloudevents
from messages.errors import EventError
from messages.model import SCHEMA_VERSION, Body
from messages.verdict import Verdict
from rules.masking import mask
from rules.screen import Finding, Screened
from streams.city import City
from streams.ground.located import Located
from streams.wire.records import Records

KEPT_BODY_BYTES: Final = 1024 * 1024
KEPT_KEY_BYTES: Final = 1024


def put_aside(
    records: Records,
    row: int,
    event: Any,
    lane: str,
    located: Located,
    category: str | None,
    screen: Screened,
    city: City,
) -> tuple[Body, Body]:
    """The :class:`messages.letters.Quarantined`, whole, and the decision that put it there.
    ``screen`` has a finding."""
    assert screen.finding is not None
    received_at = datetime.fromtimestamp(records.received_at[row], UTC)
    found = (*screen.marks, screen.finding)
    common: Body = {
        "schema_version": SCHEMA_VERSION,
        "origin": origin(records, row),
        "received_at": received_at,
        "place": located.place,
        "category": category,
        "reasons": [located.reason, *(screen_reason(finding) for finding in found)],
        "pack": city.version,
    }
    decision = {
        **common,
        "event_id": event.event_id,
        "kind": event.kind,
        "source": event.source,
        "outcome": "quarantined",
        "occurred_at": event.occurred_at,
        "decided_at": received_at,
        "second_place": located.second,
        "boundaries": located.boundaries,
    }
    return {**common, "event": orjson.loads(event.to_json()), "lane": lane}, decision


def discarded(records: Records, row: int, verdict: Verdict, city: City) -> Body:
    """The decision on a verdict that throws out what lies in quarantine."""
    received_at = datetime.fromtimestamp(records.received_at[row], UTC)
    text = f"discarded by {verdict.author}: {mask(verdict.reason)}"
    return {
        "schema_version": SCHEMA_VERSION,
        "event_id": verdict.event_id,
        "kind": "report" if verdict.event is None else verdict.event.kind,
        "source": "quarantine" if verdict.event is None else verdict.event.source,
        "origin": origin(records, row),
        "outcome": "discarded",
        "occurred_at": verdict.decided_at,
        "received_at": received_at,
        "decided_at": received_at,
        "released_from": verdict.of.model_dump(),
        "reasons": [{"step": "screen", "code": "discarded", "text": text}],
        "pack": city.version,
        "boundaries": city.boundaries,
    }


def dead(records: Records, row: int, error: Exception, city: City) -> Body:
    """The :class:`messages.letters.DeadLetter` of a record; of an error that is none of an event's,
    with the code ``event.undecided``."""
    if not isinstance(error, EventError):
        error = EventError("undecided", f"{type(error).__name__}: {error}")
    body, key = records.values[row] or b"", records.keys[row]
    return {
        "schema_version": SCHEMA_VERSION,
        "origin": origin(records, row),
        "received_at": datetime.fromtimestamp(records.received_at[row], UTC),
        "code": error.code,
        "message": error.message,
        "field": error.field,
        **original(body),
        "key": base64.b64encode(key[:KEPT_KEY_BYTES]).decode() if key else None,
        "headers": cloudevents.read(records.headers[row]),
        "pack": city.version,
    }


def original(body: bytes) -> Body:
    """The body as a dead letter keeps it: whole up to 1 MiB, else its beginning and its hash.

    A compressed record may unpack to anything, and a dead letter must never be too large to write.
    """
    kept: Body = {"body": base64.b64encode(body[:KEPT_BODY_BYTES]).decode(), "length": len(body)}
    if len(body) > KEPT_BODY_BYTES:
        kept["sha256"] = hashlib.sha256(body).hexdigest()
    return kept


def origin(records: Records, row: int) -> Body:
    """Where the record stood."""
    return {
        "topic": records.topic,
        "partition": records.partitions[row],
        "offset": records.offsets[row],
    }


def screen_reason(finding: Finding) -> Body:
    """A finding as a ``Reason`` body."""
    return {"step": "screen", "code": finding.code, "text": finding.text}
