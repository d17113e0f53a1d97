"""Every office of the duty roster is a unit of the pack, and whoever comes next stands in it.

Districts and streets are checked against the boundaries: :mod:`packs.checks.territories`.
"""

from __future__ import annotations

from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.unknown_department``, ``pack.unknown_linkage`` or ``pack.unknown_office``."""
    if pack.roster is None:
        return
    document = pack.documents["roster.yaml"]
    known = {
        "dept": frozenset(one.code for one in pack.city.departments),
        "linkage": frozenset(pack.city.linkage),
    }
    codes = {"dept": "unknown_department", "linkage": "unknown_linkage"}
    for office, duties in pack.roster.offices.items():
        kind, _, code = office.partition(":")
        if kind in known and code not in known[kind]:
            raise document.error(
                codes[kind],
                f"the city has no unit {office!r}",
                ("offices", office),
                mend="add it to city.yaml, or name one that is there",
            )
        for i, duty in enumerate(duties):
            if duty.next is not None and (
                duty.next == office or duty.next not in pack.roster.offices
            ):
                raise document.error(
                    "unknown_office",
                    f"{duty.next!r} is no other office of the roster",
                    ("offices", office, i, "next"),
                    mend="name an office that stands in offices, or leave next out",
                )
