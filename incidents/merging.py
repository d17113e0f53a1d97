"""Whether an event is about a case that is open already (汇聚线索), and why.

It joins the nearest case of its category whose anchor lies within the category's radius and window
and whose first report is alike enough; never across a jump in priority. Cases that it could be
about too are linked, for a human: the engine merges no two cases. Joining is by distance to the
anchor, never chained, so that any order of arrival gives the same cases when a cluster's diameter
is under its radius. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from incidents.anchors import KIND, Anchor, Point, near
from incidents.case import Case
from incidents.likeness import likeness, same_picture

_RANK: Final = {"P1": 1, "P2": 2, "P3": 3, "P4": 4}
JUMP: Final = 2
"""Steps of priority that one event cannot bridge: a P1 is not lost in a heap of P3."""


class Like(NamedTuple):
    """What speaks of the same, for a category. ``likeness``: of two texts, 0 to 1, at least."""

    radius_m: float
    window_s: float
    likeness: float = 0.0


class Candidate(NamedTuple):
    """An event that could join. ``occurred``: epoch seconds. ``sketch``: see
    :mod:`incidents.likeness`; empty for a device's."""

    category: str
    priority: str
    point: Point
    occurred: float
    sketch: str = ""
    photos: tuple[str, ...] = ()


class Match(NamedTuple):
    """A case that an event may be about. ``age_s``: between the two events. ``alike``: None where
    one of them has no text."""

    anchor: Anchor
    distance_m: float
    age_s: float
    alike: float | None

    def text(self) -> str:
        """Why, for a person."""
        alike = "" if self.alike is None else f", texts {self.alike:.0%} alike"
        return f"{self.distance_m:.0f} m and {self.age_s / 60:.0f} min away{alike}"


class Found(NamedTuple):
    """``joins``: the case, and why; None: it opens its own. ``links``: cases it may be about too,
    nearest first."""

    joins: tuple[Case, Match] | None
    links: tuple[str, ...]


def find(
    get: Callable[[str, str], bytes | None], event: Candidate, like: Like, now: float
) -> Found:
    """The case that an event joins. ``get``: of the shard's state."""
    joins: tuple[Case, Match] | None = None
    links: list[str] = []
    for match in matches(get, event, like, now):
        record = get("incident", match.anchor.incident_id)
        if record is None:
            continue
        case = Case.from_json(record)
        if not case.open:
            continue
        if joins is None and not jumps(event.priority, case.priority):
            joins = case, match
        else:
            links.append(case.incident_id)
    return Found(joins, tuple(links))


def matches(
    get: Callable[[str, str], bytes | None],
    event: Candidate,
    like: Like,
    now: float,
    kind: str = KIND,
) -> list[Match]:
    """What an event may be about, nearest first. ``kind``: of the anchors' records."""
    found: list[Match] = []
    for anchor, distance in near(get, event.category, event.point, like.radius_m, now, kind):
        age = abs(event.occurred - anchor.at)
        if age > like.window_s:
            continue
        alike = likeness(event.sketch, anchor.sketch)
        other = alike is not None and alike < like.likeness
        if other and not same_picture(event.photos, anchor.photos):
            continue
        found.append(Match(anchor, distance, age, alike))
    found.sort(key=lambda match: (match.distance_m, match.anchor.incident_id))
    return found


def jumps(one: str, other: str) -> bool:
    """Whether two priorities lie too far apart for one case."""
    return abs(_RANK[one] - _RANK[other]) >= JUMP


def graver(one: str, other: str) -> bool:
    """Whether the first priority is more urgent than the second."""
    return _RANK[one] < _RANK[other]


def photos_of(media: Sequence[dict[str, str]]) -> tuple[str, ...]:
    """The perceptual hashes that an event's pictures came with."""
    return tuple(one["phash"] for one in media if one.get("phash"))
