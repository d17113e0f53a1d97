"""Tile38: a geofencing server that speaks Redis' protocol, asked with pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import redis
import shapely

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import AbsentError, Contender, PairsContender, Rows
from benchmarks.geo.contenders.tile38_server import tile38
from benchmarks.geo.points import Points

_MOST_POLYGONS = 200_000
_LOAD = 2_000  # commands a pipeline
_ASK = 5_000


@contextmanager
def contenders(city: City, points: Points) -> Iterator[list[Contender]]:
    """One way over one server of our own, which is stopped at the end."""
    if len(city) > _MOST_POLYGONS:
        raise AbsentError(f"Tile38 is left out above {_MOST_POLYGONS:,} polygons, for time")
    with ExitStack() as stack:
        try:
            socket = stack.enter_context(tile38())
            # It knows neither the newer protocol nor a client's introduction.
            client = redis.Redis(unix_socket_path=str(socket), protocol=2, driver_info=None)
            _load(client, city)
        except (OSError, redis.RedisError) as error:
            raise AbsentError(f"Tile38 does not answer: {error}") from error
        yield [_Pipelined(client)]


def _load(client: redis.Redis, city: City) -> None:
    shapes = shapely.to_geojson(city.polygons)
    for first in range(0, len(shapes), _LOAD):
        pipeline = client.pipeline(transaction=False)
        for row, shape in enumerate(shapes[first : first + _LOAD], first):
            pipeline.execute_command("SET", "cells", row, "OBJECT", shape)
        pipeline.execute()


class _Pipelined(PairsContender):
    name = "Tile38: INTERSECTS, pipelined"

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def pairs(self, lon: Any, lat: Any) -> tuple[Rows, Rows]:
        asked = list(zip(lat.tolist(), lon.tolist(), strict=True))
        replies: list[Any] = []
        for first in range(0, len(asked), _ASK):
            pipeline = self._client.pipeline(transaction=False)
            for y, x in asked[first : first + _ASK]:
                pipeline.execute_command("INTERSECTS", "cells", "IDS", "POINT", y, x)
            replies += pipeline.execute()
        # A reply is where to go on, and the ids.
        pairs = [(point, int(row)) for point, (_, rows) in enumerate(replies) for row in rows]
        found = np.array(pairs, np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]
