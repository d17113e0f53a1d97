"""What a unit is to a case."""

from __future__ import annotations

from incidents.acting.outcome import Role
from incidents.case import Case
from messages.model import Body

CITY = "city"


def supervisors(case: Case) -> tuple[str, ...]:
    """The units that stand above the case's owner: its dispatcher, its district, the city."""
    return tuple(dict.fromkeys((case.dispatcher, district_of(case.place) or CITY, CITY)))


def district_of(place: Body) -> str | None:
    """The district that answers for a place, as a unit; None where it is not known."""
    code = place.get("responsible", {}).get("district") or place.get("district")
    return f"district:{code}" if code else None


def unit_at(place: Body, level: str) -> str:
    """The unit of a level that answers for a place; the next above where none is known."""
    if level == "street":
        code = place.get("responsible", {}).get("street") or place.get("street")
        if code:
            return f"street:{code}"
    if level in ("street", "district"):
        return district_of(place) or CITY
    return CITY


def owns(case: Case, unit: str) -> bool:
    """Whether the unit owns or co-owns the case."""
    return unit == case.unit or unit in case.co_owners


def works_on(case: Case, unit: str) -> bool:
    """Whether it owns, co-owns or helps."""
    return owns(case, unit) or unit in case.assists


def dispatchers(case: Case) -> tuple[str, ...]:
    """The units that may hand the case to others: once an arbiter has taken it, nobody else."""
    return (case.arbiter,) if case.arbiter else supervisors(case)


def dispatches(case: Case, unit: str) -> bool:
    """Whether the unit is one of :func:`dispatchers`."""
    return unit in dispatchers(case)


def hand_over(case: Case, to: str) -> None:
    """Another unit owns the case: it is nothing else to it, and what the former one has asked for
    was its own affair."""
    case.unit, case.asks = to, {}
    case.co_owners = [one for one in case.co_owners if one != to]
    case.assists = [one for one in case.assists if one != to]


def everybody(case: Case, *more: str) -> dict[str, Role]:
    """All who hear of a change of the case, each in its most telling role."""
    told: dict[str, Role] = {case.unit: "owner"}
    for unit in case.co_owners:
        told.setdefault(unit, "co_owner")
    for unit in case.assists:
        told.setdefault(unit, "assist")
    for unit in more:
        told.setdefault(unit, "dispatcher")
    for unit in case.told:
        told.setdefault(unit, "copy")
    return told


def parted(told: dict[str, Role], former: str) -> dict[str, Role]:
    """With whoever owned the case until now, who must hear above all that it is another's."""
    if told.get(former) not in ("owner", "co_owner", "assist"):
        told[former] = "former"
    return told


def workers(case: Case, *more: str) -> dict[str, Role]:
    """Those who work on the case, and ``more``; not those who are only told."""
    return {unit: role for unit, role in everybody(case, *more).items() if role != "copy"}
