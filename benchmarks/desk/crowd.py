"""Many open cases, made of real ones: their copies lie all over the city, their timers ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from incidents import anchors
from incidents.anchors import Anchor
from incidents.case import Case
from incidents.state import MemoryState, Write
from streams.city import City

_BOX: Final = (118.36, 31.23, 119.24, 32.61)
"""Nanjing, roughly: degrees of WGS-84."""
_AHEAD_S: Final = 30 * 86_400.0
"""Timers are spread over so long, from a day on: none falls due while the benchmark runs."""


def models(state: MemoryState) -> list[Case]:
    """The open cases of a state, with a point and a timer: what the crowd is made of."""
    found = [Case.from_json(w.value or b"") for w in state.records() if w.kind == "incident"]
    return [case for case in found if case.open and case.point is not None and case.due is not None]


def crowd(of: Sequence[Case], count: int, first: int, city: City, now: float) -> Iterator[Write]:
    """Writes that open ``count`` cases, numbered from ``first``, each with its anchor. Texts and
    media are not part of a case."""
    random = Random(first)
    squares: dict[str, list[Anchor]] = {}
    for number in range(first, first + count):
        model = of[number % len(of)]
        lon, lat = random.uniform(_BOX[0], _BOX[2]), random.uniform(_BOX[1], _BOX[3])
        case = model.copy(
            incident_id=f"000-261126-{number:07d}",
            point=(round(lon, 6), round(lat, 6)),
            due=now + 86_400 + random.uniform(0, _AHEAD_S),
        )
        yield Write("incident", case.incident_id, bytes(memoryview(case.to_json())), case.due)
        like = city.likes[case.category]
        assert case.point is not None
        due = now + 86_400 + like.window_s
        anchor = Anchor(case.incident_id, case.point, case.occurred, due, case.sketch)
        square = anchors.squares(case.category, case.point, like.radius_m)[0]
        squares.setdefault(square, []).append(anchor)
    for square, found in squares.items():
        record, due = anchors.written(found)
        yield Write(anchors.KIND, square, bytes(memoryview(record)), due)
