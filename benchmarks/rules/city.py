"""The city that the routes and the events are of: what can happen, and where.

A code begins with that of the next coarser territory, as the national codes do: six digits a
district, three more a street, three more a community, three more a grid cell.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from packs.taxonomy import UNKNOWN, Category, TaxonomyFile

GROUPS: Final = ("01", "02", "03", "04", "05", "06")
DEPARTMENTS: Final = (
    *("urban", "traffic", "water", "gas", "power", "fire", "health", "environment", "housing"),
    *("police", "labour", "market", "parks", "schools", "civil"),
)
SOURCES: Final = (
    *("hotline-12345", "grid-app", "citizen-app", "iot", "camera", "feed-119", "feed-120"),
    *("feed-110", "patrol"),
)
MODES: Final = ("flood", "typhoon", "snow", "heat", "smog", "event", "outbreak")
LAYERS: Final = ("schools", "underpasses", "hospitals", "scenic", "works")
MARKS: Final = ("serial", "stale", "beyond-limit")

_DISTRICTS, _STREETS, _COMMUNITIES, _CELLS = 11, 100, 10, 12
_EACH = 10  # categories a group


class Place(NamedTuple):
    """Codes of all that a position lies in."""

    district: str
    street: str
    community: str
    grid: str

    @classmethod
    def of(cls, grid: str) -> Place:
        """All that is above a grid cell."""
        return cls(grid[:6], grid[:9], grid[:12], grid)


class City(NamedTuple):
    """``streets`` by district; every one has as many grid cells as the others."""

    taxonomy: TaxonomyFile
    streets: dict[str, tuple[str, ...]]

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the taxonomy, in its order."""
        return tuple(category.code for category in self.taxonomy.categories)

    @property
    def life_safety(self) -> tuple[str, ...]:
        """Codes of the categories in which a life can be at stake."""
        return tuple(c.code for c in self.taxonomy.categories if c.life_safety)

    def place(self, rng: Random, within: str = "") -> Place:
        """Any grid cell of the territory ``within``; empty: of the city."""
        district = within[:6] or rng.choice(list(self.streets))
        street = within[:9] if len(within) >= 9 else rng.choice(self.streets[district])
        finer = within[9:]
        community = finer[:3] or f"{rng.randrange(_COMMUNITIES) + 1:03d}"
        return Place.of(street + community + (finer[3:] or f"{rng.randrange(_CELLS) + 1:03d}"))


def make_city() -> City:
    """61 categories, 11 districts, 100 streets, 12,000 grid cells. Always the same ones."""
    districts = [f"3201{number + 1:02d}" for number in range(_DISTRICTS)]
    streets = {
        district: tuple(
            f"{district}{n + 1:03d}" for n in range(len(range(at, _STREETS, _DISTRICTS)))
        )
        for at, district in enumerate(districts)
    }
    return City(TaxonomyFile(schema_version=1, categories=_categories()), streets)


def _categories() -> tuple[Category, ...]:
    unknown = Category(code=UNKNOWN, name="unclassified", priority="P3")
    return (
        unknown,
        *(
            Category(
                code=f"{group}{number + 1:02d}",
                name=f"category {group}{number + 1:02d}",
                department=DEPARTMENTS[(at * _EACH + number) % len(DEPARTMENTS)],
                priority="P2" if group == "04" else "P3",
                life_safety=group == "04" and number < _EACH // 2,
            )
            for at, group in enumerate(GROUPS)
            for number in range(_EACH)
        ),
    )
