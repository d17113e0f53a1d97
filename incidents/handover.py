"""The page of a shift handover (交接班): what the next shift must know of. Pure.

Times are epoch seconds. Cases are as they stood at ``now``, as far as their states tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple, Protocol

from incidents.case import ENDED, OPEN
from incidents.returned import Returned, moment
from incidents.timeliness import Wait
from messages.model import Body
from rules.modes import Mode

SOON_S: Final = 12 * 3600.0
"""A mode that ends within this is one that the next shift sees end."""
_DISPATCHED: Final = frozenset(("dispatched", "accepted", "in_progress"))


class Waits(Protocol):
    """Of a public body, what it waits for: see :class:`incidents.timeliness.Limits`."""

    def accept(self, body: Body) -> Wait: ...
    def dispose(self, body: Body) -> Wait: ...


class Overdue(NamedTuple):
    """A case past a limit whose clock runs. ``of``: ``accept`` or ``dispose``, the one passed
    longest ago; ``by_s``: for how many seconds."""

    case: Body
    of: str
    by_s: float


class Silent(NamedTuple):
    """A unit that has posted nothing since the shift began, though ``cases`` lie with it, those
    longest there first. ``waits``: since when the first of them does."""

    unit: str
    waits: float
    cases: tuple[str, ...]


class Held(NamedTuple):
    """What waits in quarantine for one reason. ``oldest``: when the first of it arrived."""

    code: str
    waiting: int
    oldest: float


class Misrouted(NamedTuple):
    """Returns by which a route was wrong: it sent to ``sent``, the case ``went`` elsewhere."""

    route: str
    sent: str
    went: str | None
    returns: tuple[Returned, ...]


class LeftOver(NamedTuple):
    """Cases that have not ended, opened under a mode that has. ``ended``: when; None: its order is
    not on the record."""

    order_id: str
    scenario: str
    ended: float | None
    cases: tuple[str, ...]


class Handover(NamedTuple):
    """The page. ``overdue`` by stage of escalation, in which the longest overdue comes first; the
    empty stage: none was reached. ``expiring`` and ``left_over`` are None where nothing tells which
    modes there are."""

    since: float
    now: float
    p1: tuple[Body, ...]
    overdue: Mapping[str, tuple[Overdue, ...]]
    silent: tuple[Silent, ...]
    expiring: tuple[Mode, ...] | None
    quarantine: tuple[Held, ...]
    misrouted: tuple[Misrouted, ...]
    left_over: tuple[LeftOver, ...] | None


def handover(
    cases: Sequence[Body],
    waits: Waits,
    posted: Iterable[str],
    returns: Iterable[Returned],
    quarantined: Iterable[tuple[str, float]],
    modes: Sequence[Mode] | None,
    since: float,
    now: float,
) -> Handover:
    """The page of a shift that began at ``since`` and ends ``now``.

    ``cases``: see :func:`standing`. ``posted``: see :func:`heard_from`. ``returns``: those of the
    shift. ``quarantined``: reason and arrival of what waits there. ``modes``: every one that was
    ever in force, or will be.
    """
    return Handover(
        since=since,
        now=now,
        p1=tuple(_by_age(c for c in cases if c["status"] in OPEN and c["priority"] == "P1")),
        overdue=_overdue(cases, waits, now),
        silent=_silent(cases, frozenset(posted)),
        expiring=None if modes is None else _expiring(modes, now),
        quarantine=_quarantine(quarantined, now),
        misrouted=_misrouted(returns),
        left_over=None if modes is None else _left_over(cases, modes, now),
    )


def standing(states: Iterable[Body], now: float) -> list[Body]:
    """The state of each case at ``now``, the oldest case first. ``states``: of
    :class:`messages.incident.Incident`, in any order, repeats too.

    A case that was opened by then and of which only later states are left stands with the first of
    those: rather too much on the page than a case that nobody hears of.
    """
    found: dict[str, Body] = {}
    for body in states:
        if moment(body["opened_at"]) > now:
            continue
        known = found.get(body["incident_id"])
        if known is None or _rank(body, now) > _rank(known, now):
            found[body["incident_id"]] = body
    return _by_age(found.values())


def heard_from(decisions: Iterable[Body], since: float, now: float) -> frozenset[str]:
    """The units that have posted an action in that time, whether it was applied or refused."""
    return frozenset(
        body["unit"]
        for body in decisions
        if body.get("kind") == "action" and since <= moment(body["decided_at"]) <= now
    )


def _rank(body: Body, now: float) -> tuple[bool, int]:
    by_then = moment(body["changed_at"]) <= now
    return by_then, body["seq"] if by_then else -body["seq"]


def _by_age(cases: Iterable[Body]) -> list[Body]:
    return sorted(cases, key=lambda case: (moment(case["opened_at"]), case["incident_id"]))


def _overdue(cases: Iterable[Body], waits: Waits, now: float) -> Mapping[str, tuple[Overdue, ...]]:
    found: dict[str, list[Overdue]] = {}
    for case in cases:
        if case["status"] not in OPEN:
            continue
        late = [
            Overdue(case, of, now - wait.due)
            for of, wait in (("accept", waits.accept(case)), ("dispose", waits.dispose(case)))
            if wait.done is None and wait.stopped is None and wait.due is not None
            if wait.due < now
        ]
        if late:
            longest = max(late, key=lambda one: one.by_s)
            found.setdefault(case.get("stage") or "", []).append(longest)
    ordered = {s: tuple(sorted(found[s], key=lambda one: -one.by_s)) for s in found}
    return dict(sorted(ordered.items(), key=lambda item: (-item[1][0].by_s, item[0])))


def _silent(cases: Iterable[Body], posted: frozenset[str]) -> tuple[Silent, ...]:
    found: dict[str, list[tuple[float, str]]] = {}
    for case in cases:
        unit = case["unit"]
        # A suspended case asks nothing of its unit.
        if case["status"] in _DISPATCHED and unit not in posted and not case.get("suspended"):
            found.setdefault(unit, []).append((_since(case), case["incident_id"]))
    silent = [
        Silent(unit, min(held)[0], tuple(name for _, name in sorted(held)))
        for unit, held in found.items()
    ]
    return tuple(sorted(silent, key=lambda one: (one.waits, one.unit)))


def _since(case: Body) -> float:
    """Since when it lies with its unit: the accept clock begins anew with each dispatch."""
    clock = case.get("clocks", {}).get("accept")
    return float(clock["start"]) if clock else moment(case["opened_at"])


def _expiring(modes: Iterable[Mode], now: float) -> tuple[Mode, ...]:
    found = [mode for mode in modes if mode.at(now) and mode.ends <= now + SOON_S]
    return tuple(sorted(found, key=lambda mode: (mode.ends, mode.order_id)))


def _quarantine(quarantined: Iterable[tuple[str, float]], now: float) -> tuple[Held, ...]:
    found: dict[str, list[float]] = {}
    for code, at in quarantined:
        if at <= now:
            found.setdefault(code, []).append(at)
    held = [Held(code, len(times), min(times)) for code, times in found.items()]
    return tuple(sorted(held, key=lambda one: (-one.waiting, one.code)))


def _misrouted(returns: Iterable[Returned]) -> tuple[Misrouted, ...]:
    def of(one: Returned) -> tuple[str, str, str]:
        return one.route, one.sent, one.went or ""

    # Back to where the route had sent it: the dispatcher has found the route right.
    wrong = sorted((one for one in returns if one.went != one.sent), key=of)
    found = [
        Misrouted(route, sent, went or None, tuple(group))
        for (route, sent, went), group in groupby(wrong, key=of)
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.returns), one.route, one.went or "")))


def _left_over(cases: Iterable[Body], modes: Iterable[Mode], now: float) -> tuple[LeftOver, ...]:
    known = {mode.order_id: mode for mode in modes}
    found: dict[tuple[str, str], list[str]] = {}
    for case in cases:
        for applied in case.get("modes", ()) if case["status"] not in ENDED else ():
            mode = known.get(applied["order_id"])
            if mode is None or mode.ends <= now:
                key = applied["order_id"], applied["scenario"]
                found.setdefault(key, []).append(case["incident_id"])
    return tuple(
        LeftOver(order, scenario, known[order].ends if order in known else None, tuple(names))
        for (order, scenario), names in sorted(found.items())
    )
