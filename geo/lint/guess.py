"""Which CRS a file without one is in: the one that lays it upon the layers that are placed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely

from geo.layer import Geometries
from geo.metres import metres_per_degree

_MOST_OFF: Final = 0.25
"""Of the other layers' diagonal: a layer may cover a part of them only."""
_ALIKE_M: Final = 5.0
"""CRS that differ by less (the realisations of one datum) count as the same answer."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Guess:
    """``off_m``: how far the corners of the layer lie from those of the others, on average.
    ``alike``: other CRS that fit as well."""

    crs: str
    name: str
    off_m: float
    transformer: Any
    alike: tuple[str, ...] = ()

    def degrees(self, geometries: Geometries) -> Geometries:
        """Polygons in the guessed CRS, in WGS-84 degrees."""
        return shapely.transform(geometries, self.transformer.transform, interleaved=False)  # type: ignore[no-any-return]


def guess_crs(geometries: Geometries, home: Box) -> Guess | None:
    """The projected CRS of the EPSG register in which polygons lie on ``home`` (west, south, east,
    north). Of those that do so equally well one of CGCS2000, the national system, goes first, then
    the lowest number. None when no CRS does."""
    import pyproj
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_crs_info
    from pyproj.enums import PJType

    area = AreaOfInterest(*home)
    known = query_crs_info("EPSG", [PJType.PROJECTED_CRS], area_of_interest=area, contains=True)
    corners = np.array(shapely.total_bounds(geometries)).reshape(2, 2)
    found: list[Guess] = []
    for info in sorted(known, key=lambda one: int(one.code)):
        crs = f"EPSG:{info.code}"
        try:
            transformer = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
            lon, lat = transformer.transform(corners[:, 0], corners[:, 1])
        except pyproj.exceptions.ProjError:
            continue
        off = _off_m(lon, lat, home)
        if off is not None:
            found.append(Guess(crs, info.name, off, transformer))
    if not found:
        return None
    best = min(guess.off_m for guess in found)
    first, *others = sorted(
        (guess for guess in found if guess.off_m <= best + _ALIKE_M),
        key=lambda guess: not guess.name.startswith("CGCS2000"),
    )
    return replace(first, alike=tuple(guess.crs for guess in others))


def _off_m(lon: Any, lat: Any, home: Box) -> float | None:
    """Metres between the corners of two boxes; None when that is too far to be the same city."""
    west, south, east, north = home
    if not np.isfinite([*lon, *lat]).all():
        return None
    x_scale, y_scale = metres_per_degree((south + north) / 2)
    off = np.hypot((lon - [west, east]) * x_scale, (lat - [south, north]) * y_scale)
    diagonal = np.hypot((east - west) * x_scale, (north - south) * y_scale)
    mean = float(off.mean())
    return mean if mean <= _MOST_OFF * diagonal else None
