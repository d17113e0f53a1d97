"""What a gazetteer knows: things that people name, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from geo.addresses.codes import NOWHERE, Codes

Kind: TypeAlias = Literal["district", "street", "community", "grid", "road", "place"]
Parity: TypeAlias = Literal["odd", "even", "both"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """House numbers ``first`` to ``last``, both included, of one stretch of a road."""

    first: int
    last: int
    parity: Parity = "both"

    def hold(self, number: int) -> bool:
        """Whether the house stands on this stretch."""
        if not self.first <= number <= self.last:
            return False
        return self.parity == "both" or (number % 2 == 1) == (self.parity == "odd")


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """One thing that people name. A road has one entry for every stretch.

    The codes are those of the territory it is or lies in; a road may know only its district.
    ``place``: a landmark, compound or institution. Raises ValueError for an entry without any code
    or with numbers on what is no road.
    """

    name: str
    kind: Kind
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    aliases: tuple[str, ...] = ()
    numbers: Numbers | None = None

    def __post_init__(self) -> None:
        if self.codes == NOWHERE:
            raise ValueError(f"{self.name!r} lies nowhere")
        if self.numbers is not None and self.kind != "road":
            raise ValueError(f"{self.name!r} has house numbers and is no road")

    @property
    def codes(self) -> Codes:
        return (self.district, self.street, self.community, self.grid)
