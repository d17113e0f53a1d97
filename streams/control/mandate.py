"""Who may order what in a city, as the pack in force says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from messages.cap import Level
from messages.errors import ActionError
from messages.unit import Unit
from packs.authority import AuthorityFile, Officer
from packs.pack import Pack

Territory: TypeAlias = tuple[str, str, str | None]
"""Level, code, and the code of the district that it lies in, None where none is known."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """``streets``: code → code of the district, or None where none is known. ``scenarios``: those
    with a file in the pack. ``packs``: versions of packs at hand that may be ordered."""

    pack: str
    authority: AuthorityFile | None
    scenarios: frozenset[str]
    districts: frozenset[str]
    streets: Mapping[str, str | None]
    packs: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, pack: Pack, territories: Iterable[Territory], packs: frozenset[str] = frozenset()
    ) -> Mandate:
        """The mandate of a pack over its territories. Of a street that is told twice, as where the
        boundaries have changed, the last counts."""
        territories = list(territories)
        return cls(
            pack=pack.version,
            authority=pack.authority,
            scenarios=frozenset(pack.modes),
            districts=frozenset(code for level, code, _ in territories if level == "district"),
            streets=MappingProxyType(
                {code: district for level, code, district in territories if level == "street"}
            ),
            packs=packs,
        )

    def officer(self, name: str) -> Officer | None:
        """The officer of that name in the table."""
        officers = self.authority.officers if self.authority is not None else ()
        return next((one for one in officers if one.officer == name), None)

    def knows(self, area: str) -> bool:
        """Whether it is the city, or one of its districts and streets."""
        unit = Unit.parse(area)
        return (
            unit.kind == "city"
            or (unit.kind == "district" and unit.code in self.districts)
            or (unit.kind == "street" and unit.code in self.streets)
        )

    def may_not_sign(self, officer: str, level: Level, area: tuple[str, ...]) -> ActionError | None:
        """Why the officer may not sign a warning of that level for all of that area, or None."""
        refused, found = self.may_not_warn(officer, area), self.officer(officer)
        if refused is None and found is not None and level not in found.levels:
            return ActionError(
                "no_level",
                f"{found.officer} ({found.name}) may not set level {level}",
                mend="authority.yaml says who may: `levels`",
            )
        return refused

    def may_not_warn(self, officer: str, area: tuple[str, ...]) -> ActionError | None:
        """Why the officer has no say in warnings of that area, or None."""
        found = self.officer(officer)
        if found is None:
            return ActionError("unknown_officer", f"{officer!r} is no officer of the pack")
        if "warning.sign" not in found.powers:
            return ActionError(
                "no_power",
                f"{found.officer} ({found.name}) lacks the power warning.sign",
                mend="authority.yaml says who has it",
            )
        beyond = [unit for unit in area if not self.covers(found.office, unit)]
        if beyond:
            return ActionError(
                "not_own_area", f"{found.officer} is of {found.office}, not of {', '.join(beyond)}"
            )
        return None

    def covers(self, office: str, area: str) -> bool:
        """Whether an office may order for an area: the city's for all; a district's for itself and
        its streets; a street's for itself."""
        if office in ("city", area):
            return True
        unit = Unit.parse(area)
        return unit.kind == "street" and office == f"district:{self.streets.get(unit.code)}"
