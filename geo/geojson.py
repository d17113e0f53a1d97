"""A GeoJSON feature collection as plain columns. Nothing is converted or mended here.

Format: RFC 7946, and of the older GeoJSON 2008 its ``crs`` member, which files still carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.layer import Geometries
from messages.errors import BoundaryError


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Columns of one collection. ``crs``: what the file itself declares, or None."""

    crs: str | None
    properties: tuple[dict[str, Any], ...]
    geometries: Geometries

    def texts(self, name: str) -> list[str]:
        """One property of every feature as text; numbers as their digits, absent as "".

        Raises ``property_unknown`` when no feature has it.
        """
        if not any(name in p for p in self.properties):
            known = sorted({key for p in self.properties[:100] for key in p})
            raise BoundaryError(
                "property_unknown",
                f"no feature has a property {name!r}",
                mend=f"name one of {', '.join(known) or 'none: the features have no properties'}",
            )
        return [property_text(p.get(name)) for p in self.properties]


def read_features(obj: object) -> Features:
    """The features of a decoded GeoJSON object, 2-D, in the file's own coordinates.

    Raises :class:`BoundaryError` ``not_geojson``, ``geometry_missing``, ``geometry_type``,
    ``geometry_broken`` or ``coordinates_not_finite``.
    """
    features = list_features(obj)
    properties = []
    geometries = np.empty(len(features), dtype=object)
    for row, (found, geometry) in enumerate(_parts(features)):
        properties.append(found)
        geometries[row] = geometry
    return Features(declared_crs(obj), tuple(properties), geometries)


def list_features(obj: object) -> list[Any]:
    """The features of a decoded collection, unchecked. Raises ``not_geojson`` without any."""
    if not isinstance(obj, dict) or obj.get("type") != "FeatureCollection":
        kind = obj.get("type") if isinstance(obj, dict) else type(obj).__name__
        raise _not_geojson(f"a {kind}, not a FeatureCollection")
    features = obj.get("features")
    if not isinstance(features, list) or not features:
        raise _not_geojson("it has no features")
    return features


def _parts(features: list[Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    for row, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise _not_geojson(f"feature {row} is not a Feature")
        properties = feature.get("properties")
        if not isinstance(properties, dict | None):
            raise _not_geojson(f"the properties of feature {row} are not an object")
        yield properties or {}, read_geometry(feature.get("geometry"), row)


def read_geometry(found: Any, row: int) -> Any:
    """The polygon or multipolygon in one feature's decoded geometry, 2-D.

    ``row`` (from 1) is for the error. Raises as :func:`read_features` does.
    """
    if not isinstance(found, dict) or not found.get("coordinates"):
        if isinstance(found, dict) and found.get("type") == "GeometryCollection":
            raise _wrong_type("GeometryCollection", row)
        raise BoundaryError(
            "geometry_missing",
            f"feature {row} has no geometry",
            mend="give it a polygon, or take it out",
        )
    coordinates = found["coordinates"]
    try:
        match found.get("type"):
            case "Polygon":
                return _polygon(coordinates)
            case "MultiPolygon":
                return shapely.MultiPolygon([_polygon(part) for part in coordinates])
    except _NotFiniteError:
        raise BoundaryError(
            "coordinates_not_finite",
            f"feature {row} has a coordinate that is not a number",
            mend="export the file again",
        ) from None
    except (ValueError, TypeError, IndexError, shapely.GEOSException) as error:
        raise BoundaryError(
            "geometry_broken",
            f"feature {row}: {str(error).splitlines()[0] if str(error) else 'not a polygon'}",
            mend="export the file again; a ring is a list of four or more [lon, lat]",
        ) from None
    raise _wrong_type(found.get("type"), row)


class _NotFiniteError(Exception):
    """A coordinate is NaN or infinite."""


def _polygon(rings: Any) -> shapely.Polygon:
    shell, *holes = [_ring(ring) for ring in rings]
    return shapely.Polygon(shell, holes)


def _ring(ring: Any) -> Any:
    points = np.asarray(ring)
    # Checked here, because NumPy would read the text "118" as a number.
    if points.ndim != 2 or points.shape[1] < 2 or points.dtype.kind not in "iuf":
        raise ValueError("a ring is not a list of [lon, lat]")
    if not np.isfinite(points).all():
        raise _NotFiniteError
    return points[:, :2].astype(np.float64)


def declared_crs(obj: object) -> str | None:
    """What a decoded collection's ``crs`` member names, or None."""
    crs = obj.get("crs") if isinstance(obj, dict) else None
    if not isinstance(crs, dict):
        return None
    properties = crs.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) and name else None


def property_text(value: Any) -> str:
    """A property as text; numbers as their digits, "" for what is neither."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # some exporters write whole numbers as 12.0
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    return ""


def _not_geojson(what: str) -> BoundaryError:
    return BoundaryError(
        "not_geojson", what, mend="give a GeoJSON FeatureCollection of polygons (RFC 7946)"
    )


def _wrong_type(kind: object, row: int) -> BoundaryError:
    return BoundaryError(
        "geometry_type",
        f"feature {row} is a {kind}, not a polygon",
        mend="give polygons and multipolygons only",
    )
