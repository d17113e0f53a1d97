"""A place found, as the bodies that travel say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from geo.addresses.codes import Codes
from geo.layer import LEVELS
from geo.territory import Territory
from messages.model import Body


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

    def noting(self, text: str, code: str | None = None) -> Located:
        """The same place, its reason with something more to say, and perhaps another code."""
        return self._replace(
            reason=reason(code or self.reason["code"], f"{self.reason['text']}; {text}")
        )

    def as_found_by(self, method: str, because: Body, **more: object) -> Located:
        """The same territory for another reason, found by no position: there is no distance."""
        place = {**self.place, "method": method, **more}
        place.pop("distance_m", None)
        return self._replace(place=place, reason=because)


def reason(code: str, text: str) -> Body:
    """A ``Reason`` body of this step."""
    return {"step": "locate", "code": code, "text": text}


def finest(codes: Codes, territories: Mapping[tuple[str, str], Located]) -> Located | None:
    """The finest territory that codes name, with the codes added that only a register knows.

    ``territories``: by level and code.
    """
    for level, code in zip(reversed(LEVELS), reversed(codes), strict=True):
        base = territories.get((level, code)) if code is not None else None
        if base is not None:
            more: Body = {k: v for k, v in zip(LEVELS, codes, strict=True) if v is not None}
            return base._replace(place={**base.place, **more})
    return None


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
