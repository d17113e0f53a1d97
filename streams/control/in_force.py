"""What decides on an event at its arrival: the pack, the modes, the devices that are watched.

Everything here is a function of what stands on the control topic. An order applies from its
``effective_at``, compared with the event's ``received_at``: never with a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from messages.model import Body
from rules.modes import Mode, in_force
from streams.city import City


@dataclass(frozen=True, slots=True)
class InForce:
    """``cities``: by pack version, those that can decide. ``first``: the version that decides until
    the first of ``packs``, which are (from when on, version), ascending. ``hot``: devices whose
    clearing matters, as ``<source> <device> <sensor>``, each with the shard that has its danger
    open, where that is known."""

    cities: Mapping[str, City]
    first: str
    packs: tuple[tuple[float, str], ...] = ()
    modes: tuple[Mode, ...] = ()
    hot: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, city: City, modes: tuple[Mode, ...] = (), hot: Collection[str] = ()) -> InForce:
        """One city's pack and nothing else ever ordered but ``modes``."""
        cities = MappingProxyType({city.version: city})
        return cls(cities, city.version, (), modes, MappingProxyType(dict.fromkeys(hot)))

    def city_at(self, received_at: float) -> City:
        """The city whose pack decides on what arrives then (epoch s)."""
        version = self.first
        for begins, other in self.packs:
            if begins > received_at:
                break
            version = other
        return self.cities[version]

    def city_of(self, version: str) -> City:
        """The city of the pack that an event was understood with; of one that is not at hand, the
        latest."""
        found = self.cities.get(version)
        return (
            found
            if found is not None
            else self.cities[self.packs[-1][1] if self.packs else self.first]
        )

    def modes_at(self, place: Body, received_at: float) -> tuple[Mode, ...]:
        """The modes in force then at a place (a body of :class:`messages.place.Place`)."""
        if not self.modes:
            return ()
        unit = place.get("responsible", place)
        units = {"city"}
        for level in ("district", "street"):
            units |= {f"{level}:{at[level]}" for at in (place, unit) if at.get(level) is not None}
        return in_force(self.modes, units, received_at)
