"""A city of two districts and four streets of two grids each, in files that a test may change."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import shapely

from cli.new_pack import write_pack
from geo.layer import BoundaryLayer

LON, LAT, STEP = 118.70, 32.00, 0.01
"""South-west corner, and a grid's width: 944 m; it is twice as high."""


def at(x, y=0.5):
    """Degrees of a point x grids east of the city's west end, y of its height from the south."""
    return {"lon": LON + x * STEP, "lat": LAT + y * 2 * STEP, "datum": "wgs84"}


def box(west, east, south=0.0, north=1.0):
    return shapely.box(
        LON + west * STEP, LAT + south * 2 * STEP, LON + east * STEP, LAT + north * 2 * STEP
    )


def layer(level, shapes, names, parents, system="management"):
    geometries = np.array(list(shapes.values()), dtype=object)
    return BoundaryLayer(level, tuple(shapes), tuple(names), tuple(parents), geometries, system)


def layers(middle=4.0):
    """Districts D1 (东湖区) and D2 (西山区) meet at ``middle``, where grids G4 and G5 do, too."""
    edges = [0, 1, 2, 3, middle, 5, 6, 7, 8]
    grids = {f"G{i + 1}": box(a, b) for i, (a, b) in enumerate(pairwise(edges))}
    streets = {f"S{i + 1}": box(edges[2 * i], edges[2 * i + 2]) for i in range(4)}
    return (
        layer(
            "district",
            {"D1": box(0, middle), "D2": box(middle, 8)},
            ("东湖区", "西山区"),
            (None, None),
        ),
        layer(
            "street",
            streets,
            ("柳岸街道", "石桥街道", "松坡街道", "竹林街道"),
            ("D1", "D1", "D2", "D2"),
        ),
        layer("grid", grids, grids, [f"S{i // 2 + 1}" for i in range(8)]),
    )


def write_city(folder, middle=4.0):
    """Write the pack of such a city; the folder."""
    write_pack(folder, layers(middle), name="town", time_zone="Asia/Shanghai")
    return folder


def edit(file, old, new):
    """Replace a piece of a file that must be there."""
    text = file.read_text("utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), "utf-8")


def write_features(file, shapes):
    """A GeoJSON file of named shapes, with the properties code, name and parent."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": code, "parent": parent},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, (shape, parent) in shapes.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
