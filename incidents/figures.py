"""The monthly figures (每月通报): what became of the cases of a month, by street and district.

Computed from the latest public state of each case. A repeated or an older state changes nothing,
and the order of the states does not matter, so that they are the same when computed twice. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from incidents.timeliness import Wait, stages
from messages.model import Body

Level: TypeAlias = Literal["street", "district", "city"]
_CHECKS: Final = frozenset(("checked", "check_failed"))


class Waits(Protocol):
    """Of a public body, what it waits for: see :class:`incidents.timeliness.Limits`."""

    def accept(self, body: Body) -> Wait: ...
    def dispose(self, body: Body) -> Wait: ...


class Counted(NamedTuple):
    """What of one case is counted. ``opened``: epoch seconds. ``stages``: those it has reached."""

    seq: int
    district: str
    street: str
    opened: float
    void: bool
    events: int
    patrol: bool
    returned: bool
    reopened: bool
    resolved: bool
    checked: bool
    satisfaction: int | None
    stages: frozenset[str]
    accept: Wait
    dispose: Wait


class Figures(NamedTuple):
    """One line. ``street`` is empty on a district's line, both are on the city's, and they are
    where a case's place is not known. Counts are of cases, but ``reports``: of events. Void ones
    count in ``received`` and ``void`` alone, and with their events. ``accept_s``, ``dispose_s``:
    medians from the opening, in seconds; None without a case. ``satisfaction``: their mean."""

    level: Level
    district: str
    street: str
    received: int
    void: int
    reports: int
    patrolled: int
    accepted: int
    accepted_in_time: int
    accepted_late: int
    disposed: int
    disposed_in_time: int
    disposed_late: int
    returned: int
    reopened: int
    resolved: int
    checked: int
    rated: int
    satisfaction: float | None
    accept_s: float | None
    dispose_s: float | None
    stages: Mapping[str, int]

    @property
    def accepted_share(self) -> float | None:
        """In time, of those of which it is known."""
        return _share(self.accepted_in_time, self.accepted_in_time + self.accepted_late)

    @property
    def disposed_share(self) -> float | None:
        """In time, of those of which it is known."""
        return _share(self.disposed_in_time, self.disposed_in_time + self.disposed_late)

    @property
    def merged_share(self) -> float | None:
        """Of the events, those that have joined a case that was open."""
        return _share(self.reports - self.received, self.reports)

    @property
    def false_share(self) -> float | None:
        """Of the cases, those that never were one."""
        return _share(self.void, self.received)

    @property
    def patrol_rate(self) -> float | None:
        """Of the cases that are one, those that grid workers found on their rounds."""
        return _share(self.patrolled, self.received - self.void)

    @property
    def recheck_rate(self) -> float | None:
        """Of the cases that a unit has resolved, those that another has checked."""
        return _share(self.checked, self.resolved)


def figures(
    bodies: Iterable[Body], waits: Waits, of_month: Callable[[float], bool]
) -> list[Figures]:
    """The lines of the cases that were opened in a month: each street of a district, the district;
    at the end the city. ``bodies``: of :class:`messages.incident.Incident`, of any month.

    ``of_month``: whether a moment (epoch s) lies in it. What still waits is late when its limit is
    past at the latest change of any case of any month.
    """
    cases: dict[str, Counted] = {}
    as_of = float("-inf")
    for body in bodies:
        as_of = max(as_of, _epoch(body["changed_at"]))
        opened = _epoch(body["opened_at"])
        if not of_month(opened):
            continue
        known = cases.get(body["incident_id"])
        if known is None or body["seq"] > known.seq:
            cases[body["incident_id"]] = counted(body, waits, opened)
    places: dict[str, dict[str, list[Counted]]] = {}
    for case in cases.values():
        places.setdefault(case.district, {}).setdefault(case.street, []).append(case)
    lines: list[Figures] = []
    for district, streets in sorted(places.items()):
        for street, found in sorted(streets.items()):
            lines.append(_line("street", district, street, found, as_of))
        whole = [case for found in streets.values() for case in found]
        lines.append(_line("district", district, "", whole, as_of))
    return [*lines, _line("city", "", "", list(cases.values()), as_of)]


def counted(body: Body, waits: Waits, opened: float) -> Counted:
    """What of one case is counted: by whoever is responsible for its place, else by the place."""
    place = body["place"]
    responsible = place.get("responsible") or {}
    changes = {mark["change"] for mark in body.get("timeline", ())}
    checked = body["status"] == "checked" or bool(changes & _CHECKS)
    return Counted(
        seq=body["seq"],
        district=responsible.get("district") or place.get("district") or "",
        street=responsible.get("street") or place.get("street") or "",
        opened=opened,
        void=body["status"] == "void",
        events=body.get("count", 1),
        patrol=bool(body.get("patrol")),
        returned=bool(body.get("returns")),
        reopened=bool(body.get("reopened")),
        # A case that a device has cleared is closed, and nobody has resolved it.
        resolved=checked or bool(body.get("resolved_by")) or "resolved" in changes,
        checked=checked,
        satisfaction=body.get("satisfaction"),
        stages=stages(body),
        accept=waits.accept(body),
        dispose=waits.dispose(body),
    )


def stage_names(lines: Sequence[Figures], known: Iterable[str]) -> list[str]:
    """The stages that a report has columns for: ``known`` in their order, then those that occur
    beside them."""
    found = dict.fromkeys(known)
    beside = sorted({stage for line in lines for stage in line.stages} - found.keys())
    return [*found, *beside]


def _line(
    level: Level, district: str, street: str, cases: Sequence[Counted], as_of: float
) -> Figures:
    held = [case for case in cases if not case.void]
    accepted = [case.accept.in_time(as_of) for case in held]
    disposed = [case.dispose.in_time(as_of) for case in held]
    rated = [case.satisfaction for case in held if case.satisfaction is not None]
    reached = sorted({stage for case in held for stage in case.stages})
    accept_s = [case.accept.done - case.opened for case in held if case.accept.done is not None]
    dispose_s = [case.dispose.done - case.opened for case in held if case.dispose.done is not None]
    return Figures(
        level=level,
        district=district,
        street=street,
        received=len(cases),
        void=len(cases) - len(held),
        reports=sum(case.events for case in cases),
        patrolled=sum(case.patrol for case in held),
        accepted=len(accept_s),
        accepted_in_time=accepted.count(True),
        accepted_late=accepted.count(False),
        disposed=len(dispose_s),
        disposed_in_time=disposed.count(True),
        disposed_late=disposed.count(False),
        returned=sum(case.returned for case in held),
        reopened=sum(case.reopened for case in held),
        resolved=sum(case.resolved for case in held),
        checked=sum(case.checked for case in held),
        rated=len(rated),
        satisfaction=sum(rated) / len(rated) if rated else None,
        accept_s=median(accept_s) if accept_s else None,
        dispose_s=median(dispose_s) if dispose_s else None,
        stages={stage: sum(stage in case.stages for case in held) for stage in reached},
    )


def _share(part: int, of: int) -> float | None:
    return part / of if of else None


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
