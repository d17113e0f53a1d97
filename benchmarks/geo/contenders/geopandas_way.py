"""geopandas: the spatial join that most people write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import AbsentError, Contender, PairsContender, Rows
from benchmarks.geo.points import Points


@contextmanager
def contenders(city: City, points: Points) -> Iterator[list[Contender]]:
    """One way."""
    try:
        import geopandas
    except ImportError:
        raise AbsentError("geopandas is not installed") from None
    yield [_SpatialJoin(geopandas, city)]


class _SpatialJoin(PairsContender):
    name = "geopandas.sjoin"

    def __init__(self, geopandas: Any, city: City) -> None:
        self._geopandas = geopandas
        self._cells = geopandas.GeoDataFrame(geometry=city.polygons)
        self._cells.sindex  # noqa: B018 - built here, not in the first measurement

    def pairs(self, lon: Any, lat: Any) -> tuple[Rows, Rows]:
        asked = self._geopandas.GeoDataFrame(geometry=self._geopandas.points_from_xy(lon, lat))
        joined = self._geopandas.sjoin(asked, self._cells, how="inner", predicate="intersects")
        return joined.index.to_numpy(), joined["index_right"].to_numpy()
