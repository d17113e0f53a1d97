"""What one event shows by itself that it should not reach a queue. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple, Protocol

from rules.given import Taxonomy

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of GRS 80 (Moritz 2000, table in "Geodetic Reference System 1980")."""


class Finding(NamedTuple):
    """Why an event is put aside: ``code`` for a filter, ``text`` for a person."""

    code: str
    text: str


class Point(Protocol):
    """A place that producers send when they know none."""

    @property
    def name(self) -> str: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...
    @property
    def radius_m(self) -> float: ...


class Box(Protocol):
    """West, south, east and north in degrees."""

    @property
    def west(self) -> float: ...
    @property
    def south(self) -> float: ...
    @property
    def east(self) -> float: ...
    @property
    def north(self) -> float: ...


class TooOld(Protocol):
    """Hours per kind of event; None sets no limit."""

    @property
    def report(self) -> float | None: ...
    @property
    def alarm(self) -> float | None: ...
    @property
    def reading(self) -> float | None: ...


class Screening(Protocol):
    """See ``packs/screening.py``."""

    @property
    def impossible_positions(self) -> Sequence[Point]: ...
    @property
    def bounding_box(self) -> Box | None: ...
    @property
    def future_max_minutes(self) -> float: ...
    @property
    def too_old_hours(self) -> TooOld | None: ...
    @property
    def empty_reports(self) -> bool: ...
    @property
    def repeat_window_hours(self) -> float: ...
    @property
    def life_safety_bypass(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Screen:
    """A pack's screening rules, compiled. ``repeat_window_s``: how long the desk remembers an id.
    ``life_safety``: the categories that the pack's bypass list holds for."""

    repeat_window_s: float
    life_safety: frozenset[str]
    _points: tuple[tuple[str, float, float, float], ...]
    _box: tuple[float, float, float, float] | None
    _future_s: float
    _too_old_s: dict[str, float]
    _empty_reports: bool
    _bypass: frozenset[str]

    @classmethod
    def compile(cls, screening: Screening, taxonomy: Taxonomy) -> Screen:
        """The screen of a pack's ``screening.yaml`` and ``taxonomy.yaml``."""
        old, box = screening.too_old_hours, screening.bounding_box
        hours = {k: getattr(old, k) for k in ("report", "alarm", "reading")} if old else {}
        return cls(
            repeat_window_s=screening.repeat_window_hours * 3600,
            life_safety=frozenset(c.code for c in taxonomy.categories if c.life_safety),
            _points=tuple(
                (p.name, p.lon, p.lat, p.radius_m) for p in screening.impossible_positions
            ),
            _box=(box.west, box.south, box.east, box.north) if box else None,
            _future_s=screening.future_max_minutes * 60,
            _too_old_s={kind: h * 3600 for kind, h in hours.items() if h is not None},
            _empty_reports=screening.empty_reports,
            _bypass=frozenset(screening.life_safety_bypass),
        )

    def check(
        self,
        kind: str,
        lon: float | None,
        lat: float | None,
        occurred_at: float,
        received_at: float,
        text: str,
        has_media: bool,
        has_hint: bool,
        life_safety: bool,
    ) -> Finding | None:
        """The first finding about one event, or None. Times are epoch seconds; ``lon`` and ``lat``
        degrees as the producer sent them. A finding on the pack's bypass list never holds back an
        event of a life-safety category."""
        passed = self._bypass if life_safety else ()
        if occurred_at - received_at > self._future_s and "future" not in passed:
            ahead = _span(occurred_at - received_at)
            return Finding("future", f"occurred {ahead} after it arrived")
        limit = self._too_old_s.get(kind)
        if limit is not None and received_at - occurred_at > limit and "too_old" not in passed:
            age = _span(received_at - occurred_at)
            return Finding("too_old", f"{age} old; {kind}s count for {_span(limit)}")
        if lon is not None and lat is not None and "impossible_position" not in passed:
            text_of = self._impossible(lon, lat)
            if text_of is not None:
                return Finding("impossible_position", text_of)
        if (
            kind == "report"
            and self._empty_reports
            and not (has_media or has_hint or text.strip())
            and "empty" not in passed
        ):
            return Finding("empty", "no text, no picture and no category hint")
        return None

    def _impossible(self, lon: float, lat: float) -> str | None:
        for name, at_lon, at_lat, radius_m in self._points:
            # A degree of latitude is more than 110 km everywhere: most points need no haversine.
            if abs(lat - at_lat) * 110_000 <= radius_m:
                distance = _haversine_m(lon, lat, at_lon, at_lat)
                if distance <= radius_m:
                    return f"{lon:.5f}, {lat:.5f} is {distance:.0f} m from {name}"
        if self._box is not None:
            west, south, east, north = self._box
            if not (west <= lon <= east and south <= lat <= north):
                return f"{lon:.5f}, {lat:.5f} is far outside the city"
        return None


def _haversine_m(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres (R. W. Sinnott, "Virtues of the Haversine", 1984)."""
    phi, phi2 = radians(lat), radians(lat2)
    a = sin((phi2 - phi) / 2) ** 2
    a += cos(phi) * cos(phi2) * sin(radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(a)))


def _span(seconds: float) -> str:
    if seconds >= 2 * 86_400:
        return f"{seconds / 86_400:.1f} d"
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
