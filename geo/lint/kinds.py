"""Every code that lint gives: its severity, its name in English and Chinese, and the mend.

Codes are an interface: one is never reused for another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")
"""Worst first. Errors and warnings make exit code 1."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``mend``: what to do when a finding knows nothing better."""

    severity: Severity
    en: str
    zh: str
    mend: str


_EXPORT = "export the file again, or take the feature out"
_DRAW = "move the borders onto each other: snap the vertices of one to the other"

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        # The file
        "not_a_feature": Kind("error", "not a feature", "不是要素", _EXPORT),
        "geometry_missing": Kind(
            "error", "no geometry", "缺少图形", "give it a polygon, or take it out"
        ),
        "geometry_type": Kind(
            "error", "not a polygon", "不是面", "give polygons and multipolygons only"
        ),
        "geometry_broken": Kind("error", "polygon unusable", "图形不可用", _EXPORT),
        "coordinates_not_finite": Kind("error", "coordinate is no number", "坐标非数值", _EXPORT),
        "property_unknown": Kind(
            "error", "property does not exist", "属性不存在", "name another property in city.yaml"
        ),
        "code_missing": Kind("error", "no code", "缺少编码", "give every territory a code"),
        "code_unusable": Kind(
            "error",
            "code cannot name a queue",
            "编码不可用",
            "use letters, digits, '_' and '-', at most 48; for communities and grids no blanks",
        ),
        "code_duplicate": Kind(
            "error",
            "code given twice",
            "编码重复",
            "dissolve the features into one multipolygon, or give each its own code",
        ),
        # Where it lies
        "crs_undeclared": Kind(
            "error", "CRS not declared", "未声明坐标系", "declare `crs:` of the layer in city.yaml"
        ),
        "crs_unknown": Kind(
            "error", "CRS unknown", "坐标系未知", "write it as EPSG and a number, such as EPSG:2249"
        ),
        "crs_wrong": Kind(
            "error", "CRS does not fit", "坐标系不符", "declare the right `crs:` in city.yaml"
        ),
        "not_degrees": Kind("error", "coordinates off the globe", "坐标超出范围", _EXPORT),
        "axes_swapped": Kind(
            "error",
            "longitude and latitude swapped",
            "经纬度颠倒",
            "export with longitude first, latitude second (RFC 7946)",
        ),
        "layer_elsewhere": Kind(
            "error",
            "layer lies elsewhere",
            "图层位置不符",
            "give the file of this city, or mend its `crs:`",
        ),
        "datum_suspect": Kind(
            "error", "wrong datum", "坐标基准错误", "mend `datum:` of the layer in city.yaml"
        ),
        "layer_shifted": Kind(
            "error",
            "layer shifted",
            "图层整体偏移",
            "find the CRS or datum that the file was made in (an older national one?)",
        ),
        "far_away": Kind(
            "warning",
            "far from all others",
            "远离其他区域",
            "check its coordinates; ignore this if the place is real",
        ),
        # The polygon itself
        "ring_invalid": Kind(
            "warning",
            "invalid ring",
            "无效环",
            "mend the ring in the source: the engine mends it at every load, as described",
        ),
        "polygon_sliver": Kind(
            "warning",
            "very thin polygon",
            "狭长碎面",
            "merge it into its neighbour: it is a leftover of editing",
        ),
        "polygon_rounding": Kind("info", "crumb of a polygon", "微小碎面", "take it out"),
        # One level
        "duplicate_polygon": Kind(
            "error",
            "same polygon under two codes",
            "图形重复",
            "keep one of the two, or give the other its own polygon",
        ),
        "overlap": Kind("error", "overlap", "重叠", "give the shared area to one of the two"),
        "overlap_sliver": Kind("warning", "thin overlap", "狭长重叠", _DRAW),
        "overlap_rounding": Kind("info", "overlaps of rounding size", "微小重叠", _DRAW),
        "hole": Kind(
            "warning",
            "hole between territories",
            "区域间空洞",
            "give it to a territory; ignore this if it is not the city's",
        ),
        # Parents and children
        "gap": Kind(
            "error", "gap inside the parent", "空白区", "give the area to one of its neighbours"
        ),
        "gap_sliver": Kind("warning", "thin gap", "狭长空白", _DRAW),
        "gap_rounding": Kind("info", "gaps of rounding size", "微小空白", _DRAW),
        "beyond": Kind(
            "warning",
            "area outside all parents",
            "超出上级范围",
            "cut it off, or widen the parent: the two outlines must agree",
        ),
        "beyond_sliver": Kind("info", "thin area outside all parents", "狭长超出", _DRAW),
        "beyond_rounding": Kind(
            "info", "rounding-size area outside all parents", "微小超出", _DRAW
        ),
        "orphan": Kind("error", "in no parent", "无上级", "add the parent, or mend where it lies"),
        "parent_unknown": Kind(
            "error",
            "names a parent that does not exist",
            "上级不存在",
            "mend the property, or name none: parents are then found by geometry",
        ),
        "parent_contradicts": Kind(
            "error",
            "property and geometry name different parents",
            "上级与图形矛盾",
            "mend the property, or the polygon",
        ),
        "parent_missing": Kind(
            "warning", "names no parent", "未填上级", "fill in the property of the parent"
        ),
        "ambiguous_parent": Kind(
            "warning",
            "in more than one parent",
            "跨多个上级",
            "split it at the parents' border, or name the parent in a property",
        ),
        "parent_childless": Kind(
            "error", "has no children", "无下级", "add its territories of the finer level"
        ),
        "parent_uncovered": Kind(
            "warning",
            "not covered by its children",
            "未被下级覆盖",
            "see its gaps, and the children of its neighbours that reach into it",
        ),
    }
)
