"""The events of a golden test, as their producers would post them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from messages.topics import Lane
from packs.golden import GoldenTest, Sent
from streams.checking.golden.spots import Spots
from streams.city import City

_AGO: Final = timedelta(minutes=1)
"""How long before its arrival an event occurred."""


class Posted(NamedTuple):
    """One event: on which lane, its body, and when it arrives (epoch seconds)."""

    lane: Lane
    body: bytes
    received_at: float


def posted(number: int, test: GoldenTest, city: City, spots: Spots) -> list[Posted]:
    """The events of a test, by time; the last is the one that it is about. ``number``: of the test,
    for ids that no other has."""
    arrives = datetime.strptime(test.at, "%Y-%m-%d %H:%M").replace(
        tzinfo=ZoneInfo(city.pack.city.time_zone)
    )
    where = _where(test, spots)
    events = list(_sent(test, arrives))
    return [
        _posted(f"golden-{number}-{i}", f"golden-{number}", sent, at, where, city)
        for i, (at, sent) in enumerate(sorted(events, key=lambda event: event[0]))
    ]


def _sent(test: GoldenTest, arrives: datetime) -> Iterator[tuple[datetime, Sent]]:
    for earlier in test.before:
        yield arrives - timedelta(minutes=earlier.minutes), earlier
    for i in range(test.reports - 1, 0, -1):
        # Many mouths: with one reporter's name they would be one reporter's flood.
        yield arrives - timedelta(minutes=i), test.model_copy(update={"reporter": None})
    yield arrives, test


def _where(test: GoldenTest, spots: Spots) -> dict[str, Any]:
    if test.position is not None:
        return {"position": test.position.model_dump()}
    if test.address is not None:
        return {"address": test.address}
    if test.near is not None:
        spot = spots.near(test.near, test.street, test.district)
    elif test.street is not None:
        spot = spots.inside("street", test.street)
    elif test.district is not None:
        spot = spots.inside("district", test.district)
    else:
        return {}
    assert spot is not None, "checked before it is played"
    return {"position": {"lon": spot.lon, "lat": spot.lat, "datum": "wgs84"}}


def _posted(
    event_id: str, device: str, sent: Sent, at: datetime, where: dict[str, Any], city: City
) -> Posted:
    lane = city.pack.sources[sent.source].lane
    body = {
        "schema_version": 1,
        "event_id": event_id,
        "source": sent.source,
        "occurred_at": (at - _AGO).astimezone(UTC).isoformat(),
        **where,
        "text": sent.text,
        "category_hint": sent.hint,
        "reporter_ref": sent.reporter,
        "device_id": sent.device or (device if sent.sensor is not None else None),
        "sensor": sent.sensor,
        "state": sent.state,
        "value": sent.value,
        "unit": sent.unit,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return Posted(lane, orjson.dumps(given), at.timestamp())
