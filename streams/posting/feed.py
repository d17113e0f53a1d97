"""Lines of a file as records on the input lanes: what ``post``, ``replay`` and a feeder share.

A line is a body of the contract, or ``{"lane": "urgent", "event": {…}}``, which is how a run folder
keeps its inputs. A line that the engine would refuse is refused here, by the same function and with
the same codes, so that a producer hears of it at once and with the line's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from messages import cloudevents
from messages.errors import EventError
from messages.event import Event
from messages.model import Body
from messages.topics import LANES, Lane, Topics
from sinks.output import Output
from streams.understanding.decode import decode

LANE_OF_KIND: Final[dict[str, Lane]] = {
    "report": "reports",
    "alarm": "alarms",
    "reading": "readings",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A line (from 1) that was not posted, with the stable code and the reason."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Fed:
    """A checked event, from line ``line``, on its way to ``lane``."""

    line: int
    lane: Lane
    body: Body
    event: Event


def read(lines: Iterable[bytes], lane: Lane | None = None) -> Iterator[Fed | Refused]:
    """Each line that is not blank, checked. ``lane`` overrides what the line and its kind say."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read_one(number, line, lane)


def check(number: int, body: Body, lane: Lane | None = None) -> Fed | Refused:
    """A body that is a dict already, held against the contract as line ``number``."""
    return _checked(number, body, lane)


def record(topics: Topics, lane: Lane, body: Body) -> Output:
    """A checked body as a record: keyed by its device, else by its event id."""
    return Output(
        topics.lane(lane),
        str(body.get("device_id") or body["event_id"]).encode(),
        orjson.dumps(body),
        cloudevents.headers(
            body["event_id"],
            f"wangge.{body.get('kind', 'report')}.v1",
            body["source"],
            str(body["occurred_at"]).encode(),
        ),
    )


def raw_record(topics: Topics, lane: Lane, line: bytes, ce_id: str, now: float) -> Output:
    """Bytes as they are, unchecked: for trying what becomes of them. ``now``: epoch seconds."""
    headers = cloudevents.headers(ce_id, "wangge.raw.v1", "post", cloudevents.rfc3339(now))
    return Output(topics.lane(lane), b"", line, headers)


def _read_one(number: int, line: bytes, lane: Lane | None) -> Fed | Refused:
    try:
        body = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _not_json(number, line, lane, error)
    if not isinstance(body, dict):
        return Refused(number, "event.wrong_type", "not a JSON object")
    if "base64" in body and "lane" in body:
        message = "kept as base64 because it was not JSON when it was posted"
        return Refused(number, "event.undecodable", message)
    if "event" in body and "lane" in body:
        said, event = body["lane"], body["event"]
        if said not in LANES or not isinstance(event, dict):
            return Refused(number, "event.wrong_type", f"no lane and event, but {said!r:.40}")
        return _checked(number, event, lane or cast(Lane, said))
    return _checked(number, body, lane)


def _not_json(number: int, line: bytes, lane: Lane | None, error: ValueError) -> Refused:
    # The engine's own parser may read on to a NaN, and names that.
    try:
        decode(lane or "reports", line)
    except EventError as refused:
        return Refused(number, refused.code, refused.message)
    return Refused(number, "event.undecodable", f"not JSON: {error}")


def _checked(number: int, body: dict[str, Any], lane: Lane | None) -> Fed | Refused:
    if lane is None:
        kind = body.get("kind", "report")
        lane = LANE_OF_KIND.get(kind) if isinstance(kind, str) else None
        if lane is None:
            return Refused(
                number, "event.wrong_type", f"kind: not report, alarm or reading: {kind!r:.40}"
            )
    try:
        event = decode(lane, orjson.dumps(body))
    except EventError as error:
        return Refused(number, error.code, error.message)
    except TypeError as error:
        return Refused(number, "event.undecodable", str(error))
    return Fed(number, lane, body, event)
