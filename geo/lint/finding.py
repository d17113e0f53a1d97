"""One fault of a boundary set, for a person, a program and a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.lint.kinds import KINDS, Severity

Measure = float | int | str | None


@dataclass(frozen=True, slots=True, eq=False)
class LintFinding:
    """``code``: a key of :data:`geo.lint.kinds.KINDS`. ``territories``: codes, the one at fault
    first. ``text``: one line. ``lon``, ``lat``: where, WGS-84 degrees. ``measures``: numbers by
    name, their unit at its end (``area_m2``, ``width_m``). ``count``: how many faults it stands
    for. ``shape``: what to draw, in WGS-84 degrees. ``mend``: the kind's, where empty.
    """

    code: str
    level: str
    territories: tuple[str, ...]
    text: str
    lon: float | None = None
    lat: float | None = None
    measures: Mapping[str, Measure] = field(default_factory=dict)
    count: int = 1
    shape: Any = None
    mend: str = ""

    @property
    def severity(self) -> Severity:
        """How bad it is: the same for all of one code."""
        return KINDS[self.code].severity

    @property
    def what_to_do(self) -> str:
        """The mend of this finding."""
        return self.mend or KINDS[self.code].mend


def place_of(shape: Any) -> tuple[float | None, float | None]:
    """Longitude and latitude of a point on a shape, to 7 decimals; None of one without any."""
    if shape is None or shape.is_empty:
        return None, None
    if shape.is_valid:
        point = shape.representative_point()
        return round(float(point.x), 7), round(float(point.y), 7)
    west, south, east, north = shape.bounds
    return round((west + east) / 2, 7), round((south + north) / 2, 7)
