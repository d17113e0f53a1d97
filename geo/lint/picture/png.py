"""The picture as a PNG: the map, and beside it the first findings by number. English only: Pillow
brings a font of its own that has no Chinese."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.lint.kinds import KINDS, SEVERITIES
from geo.lint.picture.scene import Mark, Scene, rings_of
from geo.metres import Floats

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

_WIDTH, _HEIGHT, _LIST = 1800, 1200, 560
_MARGIN: Final = 24
_LINES: Final = {
    "grid": ("#c9d1d9", 1),
    "comprehensive grid": ("#8fb3a5", 1),
    "special grid": ("#7c5cbf", 2),
    "community": ("#a3b0bd", 1),
    "street": ("#5b6b7b", 2),
    "district": ("#1f2933", 3),
}
_COLOURS: Final = {"error": "#c81e1e", "warning": "#d97706", "info": "#3b82c4"}


def png(pack: str, scenes: Sequence[Scene]) -> bytes:
    """The PNG of a pack's sets, one below the other. Raises ``ImportError`` without Pillow."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (_WIDTH, _HEIGHT * max(len(scenes), 1)), "white")
    draw = ImageDraw.Draw(image, "RGBA")
    fonts = ImageFont.load_default(15), ImageFont.load_default(22)
    for row, scene in enumerate(scenes):
        _Sheet(draw, scene, row * _HEIGHT, *fonts).paint(pack)
    body = BytesIO()
    image.save(body, "PNG", optimize=True)
    return body.getvalue()


class _Sheet:
    def __init__(
        self,
        draw: ImageDraw,
        scene: Scene,
        top: int,
        small: FreeTypeFont | ImageFont,
        large: FreeTypeFont | ImageFont,
    ) -> None:
        self.draw, self.scene, self.top = draw, scene, top
        self.small, self.large = small, large
        west, south, east, north = scene.box
        room = _WIDTH - _LIST - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
        self.scale = min(room[0] / (east - west), room[1] / (north - south))
        self.left = _LIST + _MARGIN + (room[0] - (east - west) * self.scale) / 2
        self.above = top + _MARGIN + (room[1] - (north - south) * self.scale) / 2

    def paint(self, pack: str) -> None:
        """Layers, fine ones first; then findings, the worst last and on top; then the list."""
        for layer in reversed(self.scene.layers):
            colour, width = _LINES.get(layer.level, ("#999999", 1))
            for ring in rings_of(layer.polygons):
                self.draw.line(self._points(ring * self.scene.step), colour, width)
        numbered = list(enumerate(self.scene.marks, 1))
        shown = self._list(pack, numbered)
        for number, mark in reversed(numbered):
            self._mark(mark, number if number <= shown else None)

    def _mark(self, mark: Mark, number: int | None) -> None:
        colour = _COLOURS[mark.finding.severity]
        if mark.shape is not None:
            for ring in rings_of(mark.shape):
                points = self._points(ring)
                if len(points) > 2:
                    self.draw.polygon(points, f"{colour}50", colour)
        ((x, y),) = self._points(np.array([[mark.x, mark.y]]))
        if not (_LIST < x < _WIDTH and self.top < y < self.top + _HEIGHT):
            return
        size = 4 if number is None else 11
        self.draw.ellipse((x - size, y - size, x + size, y + size), colour, "white")
        if number is not None:
            self.draw.text((x, y), str(number), "white", self.small, "mm")

    def _list(self, pack: str, numbered: Sequence[tuple[int, Mark]]) -> int:
        """The list beside the map; how many of the marks it has room for."""
        self.draw.rectangle((0, self.top, _LIST, self.top + _HEIGHT), "#f5f7fa")
        y = self.top + _MARGIN
        self.draw.text((_MARGIN, y), _latin(f"{pack} {self.scene.title}"), "#1f2933", self.large)
        told = ", ".join(f"{self.scene.counts[name]:,} {name}" for name in SEVERITIES)
        self.draw.text((_MARGIN, y + 32), told, "#52606d", self.small)
        y += 66
        shown = 0
        rows = [(0, finding) for finding in self.scene.placeless]
        rows += [(number, mark.finding) for number, mark in numbered]
        for number, finding in rows:
            head = f"{number}. " if number else ""
            lines = textwrap.wrap(_latin(f"{head}{KINDS[finding.code].en}: {finding.text}"), 72)
            if y + 20 * len(lines) > self.top + _HEIGHT - 2 * _MARGIN:
                break
            bar = (_MARGIN - 10, y, _MARGIN - 6, y + 20 * len(lines) - 4)
            self.draw.rectangle(bar, _COLOURS[finding.severity])
            for line in lines:
                self.draw.text((_MARGIN, y), line, "#1f2933", self.small)
                y += 20
            y += 8
            shown = number
        left = len(numbered) - shown + self.scene.unlisted
        if left:
            at = self.top + _HEIGHT - _MARGIN - 10
            self.draw.text((_MARGIN, at), f"... and {left:,} more", "#52606d", self.small)
        return shown

    def _points(self, metres: Floats) -> list[tuple[float, float]]:
        x = (metres[:, 0] - self.scene.box[0]) * self.scale + self.left
        y = (self.scene.box[3] - metres[:, 1]) * self.scale + self.above
        return list(zip(x.tolist(), y.tolist(), strict=True))


def _latin(text: str) -> str:
    """What the font can draw; a question mark for the rest."""
    return (
        text.replace("km²", "sq km")
        .replace("m²", "sq m")
        .encode("ascii", "replace")
        .decode("ascii")
    )
