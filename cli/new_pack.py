"""The files of a new city pack: its normalised boundaries and the least YAML that works."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson
import shapely

from geo.boundaries import BoundaryLayer

_MOST_SHARDS: Final = 16


def write_pack(folder: Path, layers: Sequence[BoundaryLayer], *, name: str, time_zone: str) -> None:
    """Write a pack with ``layers`` (coarse to fine, with parents, WGS-84) into an empty folder."""
    (folder / "boundaries").mkdir(parents=True)
    (folder / "sources").mkdir()
    for layer in layers:
        (folder / _file(layer)).write_bytes(geojson(layer))
    texts = {
        "city.yaml": _city(layers, name, time_zone),
        "taxonomy.yaml": _TAXONOMY,
        "screening.yaml": _SCREENING,
        "classify.yaml": _CLASSIFY,
        "routing.yaml": _routing(layers),
        "sources/reports.yaml": _SOURCE,
    }
    for file, text in texts.items():
        (folder / file).write_text(text, "utf-8")


def geojson(layer: BoundaryLayer) -> bytes:
    """The layer as RFC 7946, one feature a line: properties code, name and parent."""
    rows = zip(
        layer.codes, layer.names, layer.parents, shapely.to_geojson(layer.geometries), strict=True
    )
    lines = [
        b'{"type":"Feature","properties":%s,"geometry":%s}'
        % (orjson.dumps({"code": code, "name": name, "parent": parent}), geometry.encode())
        for code, name, parent, geometry in rows
    ]
    return b'{"type":"FeatureCollection","features":[\n' + b",\n".join(lines) + b"\n]}\n"


def code_of(name: str) -> str:
    """A city's code out of a folder's name: what may stand in a topic's name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:48] or "city"


def _file(layer: BoundaryLayer) -> str:
    return f"boundaries/{layer.level}.geojson"


def _city(layers: Sequence[BoundaryLayer], name: str, time_zone: str) -> str:
    lines = [
        "schema_version: 1",
        f"code: {_quoted(code_of(name))}",
        f"name: {_quoted(name)}",
        f"time_zone: {_quoted(time_zone)}",
        "tolerance_m: 200            # outside every polygon: the nearest within this many metres",
        "",
        "boundaries:",
        "  layers:                   # coarse to fine; the finest is the cell",
    ]
    for row, layer in enumerate(layers):
        parent = ", parent: parent" if row else ""
        lines.append(
            f"    - {{level: {layer.level}, file: {_file(layer)}, code: code, name: name{parent}}}"
        )
    return "\n".join([*lines, "", *_shards(layers)]) + "\n"


def _shards(layers: Sequence[BoundaryLayer]) -> list[str]:
    districts = layers[0].codes if layers[0].level == "district" else ()
    count = min(len(districts) + 1, _MOST_SHARDS) if districts else 1
    lines = [
        "shards:                     # which desk partition judges a district's events",
        f"  count: {count}",
        f"  unlocated: {count - 1}",
    ]
    if not districts:
        return lines
    rows = [f"    {_quoted(code)}: {i % max(count - 1, 1)}" for i, code in enumerate(districts)]
    return [*lines, "  districts:", *rows]


def _routing(layers: Sequence[BoundaryLayer]) -> str:
    levels = {layer.level for layer in layers}
    triage = "district" if "district" in levels else "city"
    own = next((level for level in ("street", "district") if level in levels), "city")
    return (
        "# Whose an event is. Depth first, first match wins; the last route takes what is left.\n"
        "schema_version: 1\n\n"
        "nodes:\n"
        f"  - {{route: triage, match: {{located: false}}, to: {triage}}}\n"
        f"  - {{route: default, to: {own}}}\n"
    )


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()  # a JSON string is a YAML string


_TAXONOMY = """\
# What an event can be. Add categories here, and the words that tell them in classify.yaml.
schema_version: 1

categories:
  - {code: "0000", name: 未分类, name_en: Unclassified, priority: P3}
"""

_SCREENING = """\
# What is put aside, with its reason, before it reaches a queue. Nothing is deleted. The filters are
# tried in this order; docs/city-pack.md has all checks there are.
schema_version: 1

filters:
  - {filter: repeat, check: repeat, window_hours: 48}
  - {filter: future, check: future, max_minutes: 10, life_safety_bypass: true}
  - filter: too_old
    check: too_old
    hours: {report: 72, alarm: 24, reading: 2}
    life_safety_bypass: true
  - filter: impossible_position
    check: impossible_position
    life_safety_bypass: true
    points:
      - {name: null island, lon: 0, lat: 0, radius_m: 1000}
  - {filter: empty, check: blank, life_safety_bypass: true}
  - {filter: bad_reading, check: sensor_quality, life_safety_bypass: true}
"""

_CLASSIFY = """\
# Words that speak for a category, each with its weight.
schema_version: 1
minimum_score: 1.0
lexicon: []
"""

_SOURCE = """\
# One producer. Its datum is declared, never guessed: wgs84, cgcs2000, gcj02 or bd09.
schema_version: 1
name: reports
datum: wgs84
lane: reports
"""
