"""A heartbeat through the whole path: an event for each shard that nobody has to do anything about.

It is the end of an alarm that never was, of a device that is only a name: read on the lane of
alarms, located, classified, judged by the owner of its shard, and *ignored*, on the record. No
queue, no case and no figure knows of it, and the ledger counts it like any other event.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias

import orjson
import shapely

from geo.boundaries import BoundaryLayer
from messages import cloudevents
from messages.errors import BrokerError
from messages.model import Body
from messages.topics import Topics
from sinks.output import Output
from streams.city import City
from streams.cluster.brokers import Cluster
from streams.cluster.tail import Tail
from streams.control.in_force import InForce
from streams.pipeline import one_batch, understand
from streams.posting.answered import partitions_of
from streams.posting.poster import Poster

SOURCE: Final = "heartbeat"
_TRIED: Final = 500
_WAIT_SECONDS: Final = 0.2


At: TypeAlias = tuple[float, float] | None
"""WGS-84 longitude and latitude, degrees; None: nowhere, for which some shard answers too."""


class Pulse(NamedTuple):
    """``took``: seconds until the last shard has answered; ``silent``: shards that have not."""

    took: float
    silent: tuple[int, ...]


def places(city: City, cells: BoundaryLayer, now: float) -> dict[int, At]:
    """For each shard that may be given an event, where one for it is.

    ``cells``: the finest layer. ``now``: epoch s. Found out by the function that will decide.
    """
    points = shapely.get_coordinates(shapely.point_on_surface(cells.geometries)).tolist()
    found: dict[int, At] = {}
    force, step = InForce.of(city), max(1, len(points) // _TRIED)
    for first in range(step):
        some: list[At] = [None, *map(tuple, points[first::step])]
        events = (_event(f"{n}", SOURCE, at, now) for n, at in enumerate(some))
        wire = [orjson.dumps(event) for event in events]
        for body in understand("alarms", one_batch("x.in.alarms", wire, now), force).desk:
            found.setdefault(body["shard"], some[body["origin"]["offset"]])
        if len(found) == city.shards:
            break
    return found


def beat(where: Mapping[int, At], cluster: Cluster, topics: Topics, *, within: float) -> Pulse:
    """Post one event for each shard, and hear what became of it among the decisions, at most
    ``within`` seconds.

    ``where``: as :func:`places` tells. Raises :class:`BrokerError` ``broker.no_topic``,
    ``broker.delivery`` or ``broker.reading``.
    """
    began, stamp = time.monotonic(), secrets.token_hex(6)
    waiting = {f"heartbeat-{stamp}-{shard}": shard for shard in where}
    lane, now = topics.lane("alarms"), time.time()
    partitions_of(cluster, lane)
    decisions = {topics.decisions: partitions_of(cluster, topics.decisions)}
    with Tail(cluster.brokers, decisions, from_start=False) as tail:
        _post(
            [_output(lane, name, waiting[name], where[waiting[name]], now) for name in waiting],
            cluster,
        )
        while waiting and time.monotonic() - began < within:
            for message in tail.take(_WAIT_SECONDS):
                body = orjson.loads(message.value() or b"{}")
                if body.get("source") == SOURCE:
                    waiting.pop(body["event_id"], None)
    return Pulse(time.monotonic() - began, tuple(sorted(waiting.values())))


def _post(outputs: list[Output], cluster: Cluster) -> None:
    with Poster(cluster.brokers, idempotent=not cluster.practice_ground) as poster:
        poster.post(outputs)
        posted = poster.flush()
    if not posted.complete:
        raise BrokerError("delivery", f"it was not posted: {posted.failures[0]}")


def _output(lane: str, name: str, shard: int, at: At, now: float) -> Output:
    device = f"{SOURCE}-{shard}"
    head = cloudevents.headers(
        name, "wangge.alarm.v1", f"/wangge/{SOURCE}", cloudevents.rfc3339(now)
    )
    return Output(lane, device.encode(), orjson.dumps(_event(name, device, at, now)), head)


def _event(name: str, device: str, at: At, now: float) -> Body:
    body: Body = {
        "schema_version": 1,
        "kind": "alarm",
        "event_id": name,
        "source": SOURCE,
        "occurred_at": datetime.fromtimestamp(now, UTC).isoformat(),
        "device_id": device,
        "sensor": SOURCE,
        "state": "cleared",
    }
    if at is not None:
        body["position"] = {"lon": at[0], "lat": at[1], "datum": "wgs84"}
    return body
