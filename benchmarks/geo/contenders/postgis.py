"""PostGIS: a join of points and polygons over a GiST index, prepared once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import shapely

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import AbsentError, Contender, PairsContender, Rows
from benchmarks.geo.contenders.postgres_server import postgres
from benchmarks.geo.points import Points

_MOST_POLYGONS = 200_000  # loading a million takes minutes

_SENT = """
    SELECT asked.place::int - 1, cells.row
    FROM unnest(%b::float8[], %b::float8[]) WITH ORDINALITY AS asked (lon, lat, place)
    JOIN cells ON ST_Intersects(cells.shape, ST_Point(asked.lon, asked.lat))
"""
_STORED = """
    SELECT asked.place - %b::int, cells.row
    FROM asked JOIN cells ON ST_Intersects(cells.shape, asked.point)
    WHERE asked.place >= %b::int AND asked.place < %b::int
"""


@contextmanager
def contenders(city: City, points: Points) -> Iterator[list[Contender]]:
    """Two ways over one server of our own, which is stopped at the end."""
    if len(city) > _MOST_POLYGONS:
        raise AbsentError(f"PostGIS is left out above {_MOST_POLYGONS:,} polygons, for time")
    try:
        import psycopg
    except ImportError:
        raise AbsentError("psycopg is not installed") from None
    with postgres() as (folder, user):
        where = {"host": str(folder), "dbname": "postgres", "user": user}
        with psycopg.connect(**where, autocommit=True) as connection:
            try:
                connection.execute("CREATE EXTENSION postgis")
            except psycopg.Error as error:
                raise AbsentError(
                    f"PostGIS is not installed: {error.diag.message_primary}"
                ) from None
            _load(connection, city, points)
            yield [_Sent(connection), _Stored(connection)]


def version(connection: Any) -> str:
    """Of PostGIS and of the server under it."""
    return connection.execute(
        "SELECT 'PostGIS ' || postgis_lib_version()"
        "|| ' on PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)"
    ).fetchone()[0]


def _load(connection: Any, city: City, points: Points) -> None:
    """Polygons and points into tables, indexed and counted."""
    connection.execute("CREATE UNLOGGED TABLE cells (row int, shape geometry)")
    connection.execute("CREATE UNLOGGED TABLE asked (place int PRIMARY KEY, point geometry)")
    for table, shapes in (
        ("cells", city.polygons),
        ("asked", shapely.points(points.lon, points.lat)),
    ):
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row, shape in enumerate(shapely.to_wkb(shapes, hex=True)):
                copy.write_row((row, shape))
    connection.execute("CREATE INDEX ON cells USING gist (shape)")
    connection.execute("VACUUM ANALYZE cells")
    connection.execute("VACUUM ANALYZE asked")


class _Joined(PairsContender):
    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor(binary=True)
        self.version = version(connection)

    def _pairs(self, query: str, values: tuple[Any, ...]) -> tuple[Rows, Rows]:
        found = self._cursor.execute(query, values, prepare=True).fetchall()
        pairs = np.array(found, np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


class _Sent(_Joined):
    name = "PostGIS: prepared join, points sent"

    def pairs(self, lon: Any, lat: Any) -> tuple[Rows, Rows]:
        return self._pairs(_SENT, (lon.tolist(), lat.tolist()))


class _Stored(_Joined):
    """The points lie in the server already, so that only the answers travel."""

    name = "PostGIS: prepared join, points in a table"

    def arguments(self, points: Points, size: int) -> list[tuple[Any, ...]]:
        # The points asked for are always the first ones of the table.
        return [(range(n, n + size),) for n in range(0, len(points) - size + 1, size)]

    def pairs(self, places: range) -> tuple[Rows, Rows]:
        return self._pairs(_STORED, (places.start, places.start, places.stop))
