"""A place found, as the bodies that travel say it."""

from __future__ import annotations

from typing import NamedTuple

from geo.territory import Territory
from messages.model import Body

LEVELS = ("district", "street", "community", "grid")


class Located(NamedTuple):
    """``place`` and ``reason`` are bodies that events share; never change them. ``shard``: the desk
    partition. ``second``: the place that something else about the event says, where it disagrees.
    """

    place: Body
    reason: Body
    shard: int
    second: Body | None = None

    @property
    def boundaries(self) -> str:
        """The version of the boundary set."""
        return str(self.place["boundaries"])

    @property
    def found(self) -> bool:
        """Whether any territory below the city is known."""
        return bool(self.place["method"] != "unlocated")

    def noting(self, text: str) -> Located:
        """The same place, its reason with something more to say."""
        more = {**self.reason, "text": f"{self.reason['text']}; {text}"}
        return self._replace(reason=more)

    def as_found_by(self, method: str, text: str, **more: object) -> Located:
        """The same territory, found in another way."""
        place = {**self.place, "method": method, **more}
        return self._replace(place=place, reason=reason(method, text))


def reason(code: str, text: str) -> Body:
    """A ``Reason`` body of this step."""
    return {"step": "locate", "code": code, "text": text}


def place_in(territory: Territory, city: str, boundaries: str) -> Body:
    """The ``Place`` body of a territory, as for a position inside it."""
    place: Body = {"method": "inside", "city": city}
    for level in LEVELS:
        code = getattr(territory, level)
        if code is not None:
            place[level] = code
    if territory.system != "management":
        place["system"] = territory.system
    place["boundaries"] = boundaries
    return place


def named(territory: Territory) -> str:
    """Code and names of a territory, for a person: ``320106003000017, 鼓楼区 中央门街道``."""
    names = " ".join(n for n in (territory.district_name, territory.street_name) if n)
    return f"{territory.code}, {names}".rstrip(", ")
