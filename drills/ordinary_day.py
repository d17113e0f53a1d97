"""An ordinary day's events for a city, made up from a seed: what the practice feed posts.

The phrases come from the pack (``drills/ordinary_day.yaml``); places are points inside its cells,
written in the datum of the source that reports them. A report may come from any of them, a device
stands where it stands, today and tomorrow. A few events are bad on purpose, at rates that
``docs`` of cities report: no position, a default point, a repeat, a body that cannot be decoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Annotated, Literal, NamedTuple
from zlib import crc32

import numpy as np
import orjson
import shapely
from pydantic import Field

from geo.boundaries import BoundaryLayer
from geo.datum import from_wgs84
from messages.model import Body
from messages.place import Datum
from messages.topics import Lane
from packs.document import read
from packs.model import PackModel
from packs.pack import Pack
from packs.yaml_file import parse

Fault = Literal["repeat", "no_position", "default_point", "undecodable", "wrong_type"]
FAULT_SHARES: Sequence[tuple[Fault, float]] = (
    ("repeat", 0.02),
    ("no_position", 0.02),
    ("default_point", 0.005),
    ("undecodable", 0.003),
    ("wrong_type", 0.002),
)


class Phrase(PackModel):
    """What citizens write of one thing, and how often it comes up (relative weight)."""

    texts: Annotated[tuple[str, ...], Field(min_length=1)]
    weight: Annotated[float, Field(gt=0)] = 1.0


class Sensor(PackModel):
    """A kind of device: its alarm text, its unit and the range it measures in."""

    sensor: str
    unit: str
    normal: tuple[float, float]
    text: str = ""


class Feed(PackModel):
    """One producer and its share of the day's events."""

    source: str
    lane: Lane
    share: Annotated[float, Field(gt=0, le=1)]


class OrdinaryDay(PackModel):
    """``drills/ordinary_day.yaml`` of a pack."""

    feeds: Annotated[tuple[Feed, ...], Field(min_length=1)]
    phrases: tuple[Phrase, ...]
    urgent: tuple[Phrase, ...]
    sensors: tuple[Sensor, ...]
    addresses: tuple[str, ...] = ()
    """What a ticket without a position says instead, some of it not enough to tell one place."""

    @classmethod
    def of(cls, pack: Pack) -> OrdinaryDay:
        """The pack's own. Raises ``PackError`` with file and line."""
        return parse(read(pack.folder / "drills" / "ordinary_day.yaml"), cls)


class Posted(NamedTuple):
    """One record to post: ``event_id`` is what only the feeder knows of a body that is bad."""

    lane: Lane
    event_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where events fall: a point in each cell, in WGS-84 degrees, and how often it is drawn."""

    lon: np.ndarray
    lat: np.ndarray
    shares: np.ndarray

    def row_of(self, device: str) -> int:
        """The cell that a device is mounted in: any, and always the same."""
        return crc32(device.encode()) % len(self.lon)


def events(
    day: OrdinaryDay, pack: Pack, cells: BoundaryLayer, *, count: int, seed: int, start: datetime
) -> Iterator[Posted]:
    """``count`` records in posting order; the same for the same arguments.

    ``cells``: the finest layer. ``start``: aware time of the first event, each next one a few
    milliseconds later. Ids are ``<seed>-<number>``, unique but for repeats, which carry the body
    of an earlier event again.
    """
    random, spot = Random(seed), _spot(cells, seed)
    rows = np.random.default_rng(seed).choice(len(spot.lon), size=count, p=spot.shares)
    feeds = random.choices(day.feeds, [feed.share for feed in day.feeds], k=count)
    registered = pack.assets.rows if pack.assets else {}
    recent: list[Posted] = []
    for number, (row, feed) in enumerate(zip(rows.tolist(), feeds, strict=True)):
        fault = _fault(random)
        if fault == "repeat" and recent:
            yield random.choice(recent)
            continue
        event_id = f"{seed}-{number:07d}"
        happened = (
            start + timedelta(milliseconds=5 * number) - timedelta(seconds=random.randint(20, 900))
        )
        body = _body(day, feed, random, event_id, happened)
        datum = pack.sources[feed.source].datum
        if fault == "no_position":
            _without_position(day, feed, random, body)
        elif (device := body.get("device_id")) not in registered:
            row = row if device is None else spot.row_of(device)
            body["position"] = _position(fault, spot, row, datum, random)
        posted = Posted(feed.lane, event_id, _spoilt(fault, body))
        if fault is None and feed.lane != "readings":
            recent.append(posted)
            del recent[:-500]
        yield posted


def _spot(cells: BoundaryLayer, seed: int) -> _Spot:
    points = shapely.point_on_surface(cells.geometries)
    # Some cells report more than others: threefold differences are ordinary, a few are far busier.
    weights = np.random.default_rng(seed).lognormal(sigma=0.8, size=len(points))
    return _Spot(shapely.get_x(points), shapely.get_y(points), weights / weights.sum())


def _fault(random: Random) -> Fault | None:
    draw = random.random()
    for fault, share in FAULT_SHARES:
        if draw < share:
            return fault
        draw -= share
    return None


def _body(day: OrdinaryDay, feed: Feed, random: Random, event_id: str, at: datetime) -> Body:
    body: Body = {
        "schema_version": 1,
        "event_id": event_id,
        "source": feed.source,
        "occurred_at": at.astimezone(UTC).isoformat(),
    }
    if feed.lane in ("reports", "urgent"):
        phrases = day.urgent if feed.lane == "urgent" else day.phrases
        phrase = random.choices(phrases, [p.weight for p in phrases])[0]
        body |= {"kind": "report", "text": random.choice(phrase.texts)}
        body["reporter_ref"] = f"r-{random.randrange(50_000):05d}"
        return body
    sensor = random.choice(day.sensors)
    low, high = sensor.normal
    body |= {"device_id": f"{sensor.sensor}-{random.randrange(2_000):04d}", "sensor": sensor.sensor}
    body["unit"] = sensor.unit
    if feed.lane == "alarms":
        state = random.choices(
            ("alarm", "pre_alarm", "fault", "offline", "cleared"), (50, 15, 15, 10, 10)
        )[0]
        return body | {"kind": "alarm", "state": state, "value": high * 1.5, "text": sensor.text}
    return body | {"kind": "reading", "value": round(random.uniform(low, high), 3)}


def _without_position(day: OrdinaryDay, feed: Feed, random: Random, body: Body) -> None:
    """Most tickets then have an address; devices have nothing."""
    if day.addresses and feed.lane in ("reports", "urgent") and random.random() < 0.75:
        body["address"] = random.choice(day.addresses)


def _position(fault: Fault | None, spot: _Spot, row: int, datum: Datum, random: Random) -> Body:
    if fault == "default_point":
        return {"lon": 0.0, "lat": 0.0, "datum": datum}
    lon, lat = from_wgs84(spot.lon[row : row + 1], spot.lat[row : row + 1], datum)
    return {
        "lon": round(float(lon[0]), 7),
        "lat": round(float(lat[0]), 7),
        "datum": datum,
        "accuracy_m": float(random.choice((5, 10, 20, 50))),
    }


def _spoilt(fault: Fault | None, body: Body) -> bytes:
    if fault == "undecodable":
        return orjson.dumps(body)[:-9]
    if fault == "wrong_type":
        body["occurred_at"] = "yesterday"
    return orjson.dumps(body)
