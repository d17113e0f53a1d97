"""From a GeoJSON object to a boundary layer in WGS-84, with what had to be mended on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geo.datum import to_wgs84
from geo.finding import Finding
from geo.geojson import Features, read_features
from geo.layer import LEVELS, BoundaryLayer, Geometries, GridSystem, Level
from messages.errors import BoundaryError
from messages.place import Datum

__all__ = ["LEVELS", "BoundaryLayer", "Level", "parse_layer"]


def parse_layer(
    obj: object,
    *,
    level: Level,
    code: str,
    name: str | None = None,
    parent: str | None = None,
    crs: str | None = None,
    datum: Datum = "wgs84",
    system: GridSystem = "management",
) -> tuple[BoundaryLayer, tuple[Finding, ...]]:
    """The layer in a decoded GeoJSON object, and the rings that were invalid and have been mended.

    ``code``, ``name`` and ``parent`` name properties; without ``name`` a territory is named by its
    code. ``crs`` (``EPSG:2249``, or anything pyproj knows) wins over what the object declares;
    without either, coordinates must look like degrees. ``datum`` is that of the degrees which the
    CRS leads to. Raises :class:`BoundaryError`: those of :func:`read_features`, of
    :class:`BoundaryLayer`, and ``crs_undeclared``, ``crs_unknown``, ``crs_wrong``,
    ``property_unknown``, ``geometry_broken``.
    """
    features = read_features(obj)
    codes = tuple(features.texts(code))
    names = tuple(features.texts(name)) if name else codes
    parents = tuple(p or None for p in features.texts(parent)) if parent else (None,) * len(codes)
    geometries = _in_degrees(features, level, crs)
    if datum not in ("wgs84", "cgcs2000"):
        geometries = shapely.transform(
            geometries, lambda x, y: to_wgs84(x, y, datum), interleaved=False
        )
    geometries, findings = _valid(geometries, level, codes)
    named = tuple(n or c for n, c in zip(names, codes, strict=True))
    return BoundaryLayer(level, codes, named, parents, geometries, system), findings


def _in_degrees(features: Features, level: Level, crs: str | None) -> Geometries:
    declared = crs or features.crs
    if declared is None:
        if not look_like_degrees(features.geometries):
            raise BoundaryError(
                "crs_undeclared",
                f"the {level} file's coordinates are not degrees, and it declares no CRS",
                mend=f"declare it, such as --crs {level}=EPSG:2249, or `crs:` in city.yaml",
            )
        return features.geometries
    import pyproj  # 0.15 s and 10 MB that most workers never need: only for a declared CRS

    try:
        system = pyproj.CRS.from_user_input(declared)
        transformer = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError:
        raise BoundaryError(
            "crs_unknown",
            f"{declared!r} is not a CRS",
            mend="write it as EPSG and a number, such as EPSG:2249",
        ) from None
    degrees = shapely.transform(features.geometries, transformer.transform, interleaved=False)
    if not fits(degrees, system.area_of_use):
        raise BoundaryError(
            "crs_wrong",
            f"the {level} file's coordinates do not lie where {declared} is used",
            mend=f"declare the right one with --crs {level}=EPSG:number, or `crs:` in city.yaml",
        )
    return degrees  # type: ignore[no-any-return]


def fits(degrees: Geometries, area: Any) -> bool:
    """Whether polygons lie on the globe, their middle where the CRS is meant for, give or take 1°.

    PROJ computes without complaint far outside; where it cannot, it answers with infinity.
    """
    if not np.isfinite(shapely.get_coordinates(degrees)).all() or not look_like_degrees(degrees):
        return False
    if area is None or area.west > area.east:  # unknown, or across the 180th meridian
        return True
    west, south, east, north = shapely.total_bounds(degrees)
    lon, lat = (west + east) / 2, (south + north) / 2
    return bool(area.west - 1 <= lon <= area.east + 1 and area.south - 1 <= lat <= area.north + 1)


def look_like_degrees(geometries: Geometries) -> bool:
    """Whether every coordinate could be a longitude and a latitude."""
    west, south, east, north = shapely.total_bounds(geometries)
    return bool(west >= -180 and east <= 180 and south >= -90 and north <= 90)


def _valid(
    geometries: Geometries, level: Level, codes: tuple[str, ...]
) -> tuple[Geometries, tuple[Finding, ...]]:
    broken = np.flatnonzero(~shapely.is_valid(geometries))
    findings = []
    geometries = geometries.copy()
    for row in broken:
        why = shapely.is_valid_reason(geometries[row])
        # "structure" keeps what the rings enclose; collapsed parts become nothing, not lines.
        mended = shapely.make_valid(geometries[row], method="structure", keep_collapsed=False)
        if mended.is_empty or mended.geom_type not in ("Polygon", "MultiPolygon"):
            raise BoundaryError(
                "geometry_broken",
                f"{level} {codes[row]} encloses no area ({why})",
                mend="export the file again, or take the feature out",
            )
        geometries[row] = mended
        findings.append(Finding("ring_mended", level, codes[row], f"invalid ring mended: {why}"))
    return geometries, tuple(findings)
