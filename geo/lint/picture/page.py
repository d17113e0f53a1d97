"""One HTML file with everything in it: no library, no network, in Chinese and English.

All text that comes from boundary files is hostile until it is escaped; the page's own policy lets
nothing be fetched in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from geo.lint.finding import LintFinding
from geo.lint.kinds import KINDS, SEVERITIES
from geo.lint.picture.scene import Box, Mark, Scene
from geo.lint.picture.script import SCRIPT, STYLE
from geo.lint.picture.svg import fine_path, whole_path

LEVEL_NAMES: Final = {
    "district": "区 district",
    "street": "街镇 street",
    "community": "社区 community",
    "grid": "网格 grid",
    "comprehensive grid": "综合网格 comprehensive grid",
    "special grid": "专属网格 special grid",
}
SEVERITY_NAMES: Final = {"error": "错误 error", "warning": "警告 warning", "info": "提示 info"}


def page(pack: str, scenes: Sequence[Scene]) -> str:
    """The page of a pack's sets, one of which is shown at a time."""
    tabs = "".join(
        f'<button class="tab" data-set="{row}">{escape(scene.title)}</button>'
        for row, scene in enumerate(scenes)
    )
    sections = "".join(_section(row, scene) for row, scene in enumerate(scenes))
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(pack)} · 边界检查 boundary lint</title><style>{STYLE}</style></head><body>"
        f"<header><h1>{escape(pack)} <small>边界检查 boundary lint</small></h1>"
        f"<nav>{tabs if len(scenes) > 1 else ''}</nav></header>"
        f"<main>{sections}</main><script>{SCRIPT}</script></body></html>\n"
    )


def _section(row: int, scene: Scene) -> str:
    listed: list[tuple[LintFinding, int, Mark | None]] = [(f, -1, None) for f in scene.placeless]
    listed += [(mark.finding, number, mark) for number, mark in enumerate(scene.marks)]
    listed.sort(key=lambda one: SEVERITIES.index(one[0].severity))
    items = [_item(*one) for one in listed]
    counts = _counts(scene)
    more = (
        f'<p class="more">另有 {scene.unlisted:,} 项未列出 · '
        f"{scene.unlisted:,} more are in the JSON report</p>"
        if scene.unlisted
        else ""
    )
    empty = '<p class="more">未发现问题 · nothing found</p>' if not items else ""
    return (
        f'<section data-set="{row}"><aside><div class="filters">{counts}</div>'
        f"<ol>{''.join(items)}</ol>{more}{empty}</aside><figure>{_svg(scene)}"
        f'<div class="tools"><button data-do="in" title="放大 zoom in">+</button>'
        f'<button data-do="out" title="缩小 zoom out">−</button>'
        f'<button data-do="all">全图 whole city</button></div>{_legend(scene)}'
        '<div class="scale"><i></i><span></span></div></figure></section>'
    )


def _counts(scene: Scene) -> str:
    shown = []
    for severity, name in SEVERITY_NAMES.items():
        shown.append(
            f'<label class="{severity}"><input type="checkbox" checked value="{severity}">'
            f"{name} <b>{scene.counts[severity]:,}</b></label>"
        )
    return "".join(shown)


def _item(finding: LintFinding, number: int, mark: Mark | None) -> str:
    kind = KINDS[finding.code]
    where = f' data-mark="{number}" data-view="{_viewbox(mark.view)}"' if mark else " disabled"
    at = f"{finding.lon:.6f}, {finding.lat:.6f}" if finding.lon is not None else ""
    count = f" ×{finding.count:,}" if finding.count > 1 else ""
    return (
        f'<li class="{finding.severity}"><button{where}>'
        f'<span class="level">{LEVEL_NAMES.get(finding.level, "")}</span>'
        f"<b>{kind.zh} {kind.en}{count}</b>"
        f"<span>{escape(finding.text)}</span>"
        f"<em>{escape(finding.what_to_do)}</em><small>{at}</small></button></li>"
    )


def _svg(scene: Scene) -> str:
    step = f"{scene.step:.6g}"
    layers = "".join(
        f'<path class="layer {layer.level.replace(" ", "-")}" d="{whole_path(layer.polygons)}"/>'
        for layer in reversed(scene.layers)
    )
    marks = "".join(_drawn(number, mark) for number, mark in enumerate(scene.marks))
    return (
        f'<svg viewBox="{_viewbox(scene.box)}" preserveAspectRatio="xMidYMid meet" role="img" '
        f'aria-label="地图 map"><g class="base" transform="scale({step},-{step})">{layers}</g>'
        f"{marks}</svg>"
    )


def _drawn(number: int, mark: Mark) -> str:
    shape = "" if mark.shape is None else f'<path class="shape" d="{fine_path(mark.shape)}"/>'
    around = f'<path class="around" d="{fine_path(mark.around)}"/>' if len(mark.around) else ""
    return (
        f'<g class="mark {mark.finding.severity}" data-mark="{number}">{around}{shape}'
        f'<path class="dot" d="M{mark.x:.2f} {-mark.y:.2f}h0"><title>'
        f"{escape(mark.finding.text)}</title></path></g>"
    )


def _legend(scene: Scene) -> str:
    levels = "".join(
        f'<span class="{layer.level.replace(" ", "-")}"><i></i>{LEVEL_NAMES.get(layer.level, "")} '
        f"{len(layer.polygons):,}</span>"
        for layer in scene.layers
    )
    return f'<div class="legend">{levels}</div>'


def _viewbox(box: Box) -> str:
    west, south, east, north = box
    return f"{west:.2f} {-north:.2f} {east - west:.2f} {north - south:.2f}"
