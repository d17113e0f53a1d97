"""Stage A: what an event is and where, without memory. Any worker may do it; it is pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from messages import cloudevents
from messages.errors import EventError
from messages.event import Event, Reading
from messages.model import SCHEMA_VERSION, Body
from messages.topics import Lane
from rules.classify import Classified
from rules.screen import Finding
from streams.city import City
from streams.decode import decode
from streams.ground.located import Located
from streams.places import locate
from streams.wire.records import Records

KEPT_BODY_BYTES: Final = 1024 * 1024
KEPT_KEY_BYTES: Final = 1024


@dataclass(slots=True)
class Understood:
    """What became of one batch. Every record read is in exactly one of the first four lists.

    ``desk``: bodies of :class:`messages.decision.Understood`, to be judged. ``quarantined``,
    ``dead``: bodies of :mod:`messages.letters`. ``ignored``: (row in the batch, reading).
    ``decisions``: bodies of :class:`messages.decision.Decision` for what was quarantined here.
    """

    desk: list[Body] = field(default_factory=list)
    quarantined: list[Body] = field(default_factory=list)
    dead: list[Body] = field(default_factory=list)
    ignored: list[tuple[int, Reading]] = field(default_factory=list)
    decisions: list[Body] = field(default_factory=list)


def understand(lane: Lane, records: Records, city: City) -> Understood:
    """Decode, locate, screen, classify and assess one batch of a lane.

    Pure: the arrival times are in ``records``. An event on which anything raises becomes a dead
    letter with code ``event.undecided``; the others go on.
    """
    result = Understood()
    rows: list[int] = []
    events: list[Event] = []
    for row, body in enumerate(records.values):
        try:
            events.append(decode(lane, body))
            rows.append(row)
        except EventError as error:
            result.dead.append(_dead(records, row, error, city))
    received = [records.received_at[row] for row in rows]
    for row, event, located in zip(rows, events, _places(events, city, received), strict=True):
        try:
            if isinstance(located, Exception):
                raise located
            _understand_one(lane, records, row, event, located, city, result)
        except Exception as error:  # a poison event must not take its batch with it
            poison = EventError("undecided", f"{type(error).__name__}: {error}")
            result.dead.append(_dead(records, row, poison, city))
    return result


def _places(
    events: Sequence[Event], city: City, received: Sequence[float]
) -> Sequence[Located | Exception]:
    """As :func:`locate`; an event on which that raises has the error, and takes no other along."""
    try:
        return locate(events, city, received)
    except Exception as error:
        if len(events) == 1:
            return [error]
    one_by_one = zip(events, received, strict=True)
    return [_places([event], city, [moment])[0] for event, moment in one_by_one]


def _understand_one(
    lane: Lane,
    records: Records,
    row: int,
    event: Any,
    located: Located,
    city: City,
    result: Understood,
) -> None:
    classified = city.classify(event)
    finding = city.misread(event)
    if finding is None and classified is not None:
        finding = city.screened(event, records.received_at[row], classified.life_safety)
    if finding is not None:
        put_aside, decision = _put_aside(records, row, event, located, classified, finding, city)
        result.quarantined.append(put_aside)
        result.decisions.append(decision)
        return
    if classified is None:
        result.ignored.append((row, event))
        return
    assessed = city.assess(event, lane, classified.category)
    result.desk.append(
        {
            "schema_version": SCHEMA_VERSION,
            # Written anew from what was checked. The bytes as they came may hold what only pydantic
            # lets pass, such as a NaN under a key that stands there twice.
            "event": orjson.Fragment(event.to_json()),
            "kind": event.kind,
            "origin": _origin(records, row),
            "received_at": datetime.fromtimestamp(records.received_at[row], UTC),
            "shard": located.shard,
            "place": located.place,
            "second_place": located.second,
            "category": classified.category,
            "priority": assessed.priority,
            "contributions": assessed.contributions,
            "reasons": (located.reason, classified.reason, assessed.reason),
            "consulted": {
                "lane": lane,
                "source": event.source,
                "life_safety": classified.life_safety,
                **classified.consulted,
            },
            "pack": city.version,
            "boundaries": located.boundaries,
        }
    )


def original(body: bytes) -> Body:
    """The body as a dead letter keeps it: whole up to 1 MiB, else its beginning and its hash.

    A compressed record may unpack to anything, and a dead letter must never be too large to write.
    """
    kept: Body = {"body": base64.b64encode(body[:KEPT_BODY_BYTES]).decode(), "length": len(body)}
    if len(body) > KEPT_BODY_BYTES:
        kept["sha256"] = hashlib.sha256(body).hexdigest()
    return kept


def _origin(records: Records, row: int) -> Body:
    return {
        "topic": records.topic,
        "partition": records.partitions[row],
        "offset": records.offsets[row],
    }


def _put_aside(
    records: Records,
    row: int,
    event: Any,
    located: Located,
    classified: Classified | None,
    finding: Finding,
    city: City,
) -> tuple[Body, Body]:
    """The quarantined event, whole, and the decision that put it there."""
    received_at = datetime.fromtimestamp(records.received_at[row], UTC)
    screened = {"step": "screen", "code": finding.code, "text": finding.text}
    common: Body = {
        "schema_version": SCHEMA_VERSION,
        "origin": _origin(records, row),
        "received_at": received_at,
        "place": located.place,
        "category": classified.category if classified is not None else None,
        "reasons": [located.reason, screened],
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
    return {**common, "event": orjson.loads(event.to_json())}, decision


def _dead(records: Records, row: int, error: EventError, city: City) -> Body:
    body, key = records.values[row] or b"", records.keys[row]
    return {
        "schema_version": SCHEMA_VERSION,
        "origin": _origin(records, row),
        "received_at": datetime.fromtimestamp(records.received_at[row], UTC),
        "code": error.code,
        "message": error.message,
        "field": error.field,
        **original(body),
        "key": base64.b64encode(key[:KEPT_KEY_BYTES]).decode() if key else None,
        "headers": cloudevents.read(records.headers[row]),
        "pack": city.version,
    }
