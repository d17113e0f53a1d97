"""Who takes part, by the name on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.geo.cities import City
from benchmarks.geo.contenders import (
    geopandas_way,
    memory_limit,
    postgis,
    rtree_ways,
    strtree_ways,
    tile38,
    wangge,
)
from benchmarks.geo.contenders.contender import AbsentError, Contender
from benchmarks.geo.points import Points
from geo.index import GridIndex

PEERS: dict[str, Any] = {
    "rtree": rtree_ways,
    "strtree": strtree_ways,
    "geopandas": geopandas_way,
    "postgis": postgis,
    "tile38": tile38,
    "take": memory_limit,
}


@contextmanager
def taking_part(
    city: City, index: GridIndex, points: Points, peers: Sequence[str]
) -> Iterator[tuple[list[Contender], list[str]]]:
    """Ours first and then the peers, ready to answer; and why others are absent.

    What they started ends with the context.
    """
    with ExitStack() as stack:
        present = stack.enter_context(wangge.contenders(index))
        absent = []
        for peer in peers:
            try:
                present += stack.enter_context(PEERS[peer].contenders(city, points))
            except AbsentError as why:
                absent.append(str(why))
        yield present, absent
