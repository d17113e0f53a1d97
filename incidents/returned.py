"""Returns (退回): which route had sent the case where, and where its dispatcher sent it then. Pure.

A return is a lesson about a route: it stands against the decision that opened the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import inf
from typing import Final, NamedTuple

from messages.model import Body

_HANDED_ON: Final = frozenset(("assign", "transfer", "return", "reopen"))
"""Actions after which a case may lie with another unit."""


class Returned(NamedTuple):
    """One return. ``at``: epoch seconds; ``by``: the unit that gave the case back, ``code`` why.

    ``first``: the :class:`messages.decision.Decision` that opened the case; None where it is not
    known any more. ``went``: the unit that the case was assigned to next; None: to none yet, or it
    is not known. ``again``: that unit, or one after it, has returned it too.
    """

    incident_id: str
    seq: int
    at: float
    by: str
    code: str
    first: Body | None
    went: str | None
    again: bool

    @property
    def route(self) -> str:
        """The route that the first decision took; empty where that is not known."""
        return str(self.first["route"]) if self.first and self.first.get("route") else ""

    @property
    def sent(self) -> str:
        """The unit that the first decision sent the case to; empty where that is not known."""
        return str(self.first["unit"]) if self.first and self.first.get("unit") else ""


def returned(
    decisions: Iterable[Body], states: Iterable[Body], since: float = -inf, until: float = inf
) -> list[Returned]:
    """Every return that was applied from ``since`` to ``until`` (epoch seconds), by time.

    ``decisions``: of :class:`messages.decision.Decision` and
    :class:`messages.action_outcome.ActionOutcome`, as they lie on one topic. ``states``: of
    :class:`messages.incident.Incident`; the latest of each case do, but where a case has gone
    further since, only an earlier state tells to whom it was assigned.
    """
    opened: dict[str, Body] = {}
    handed: dict[str, dict[int, Body]] = {}
    for body in decisions:
        name = body.get("incident_id")
        if name is None:
            continue
        if body.get("kind") == "action":
            applied = body["outcome"] == "applied" and body["action"] in _HANDED_ON
            if applied and moment(body["decided_at"]) <= until:
                handed.setdefault(name, {})[body["seq"]] = body
        elif body["outcome"] == "routed":
            opened.setdefault(name, body)
    wanted = {
        name: [actions[seq] for seq in sorted(actions)]
        for name, actions in handed.items()
        if any(one["action"] == "return" for one in actions.values())
    }
    units = _units(states, wanted.keys())
    found = [
        one
        for name, actions in wanted.items()
        for one in _of_case(name, actions, opened.get(name), units.get(name, {}))
        if since <= one.at <= until
    ]
    return sorted(found, key=lambda one: (one.at, one.incident_id, one.seq))


def moment(text: str) -> float:
    """Epoch seconds of a time as it travels."""
    return datetime.fromisoformat(text).timestamp()


def _of_case(
    name: str, actions: Sequence[Body], first: Body | None, units: dict[int, str]
) -> Iterator[Returned]:
    for i, action in enumerate(actions):
        if action["action"] != "return":
            continue
        later = actions[i + 1 :]
        yield Returned(
            incident_id=name,
            seq=action["seq"],
            at=moment(action["decided_at"]),
            by=action["unit"],
            code=action.get("reason_code") or "",
            first=first,
            went=_assigned(later, units),
            again=any(one["action"] == "return" for one in later),
        )


def _assigned(later: Sequence[Body], units: dict[int, str]) -> str | None:
    """To whom the first assignment gave the case: its owner in a state between that one and the
    next action that hands it on."""
    for i, action in enumerate(later):
        if action["action"] == "return":
            return None
        if action["action"] == "assign":
            end = later[i + 1]["seq"] if i + 1 < len(later) else inf
            return next((u for seq, u in units.items() if action["seq"] <= seq < end), None)
    return None


def _units(states: Iterable[Body], wanted: Iterable[str]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {name: {} for name in wanted}
    for body in states:
        if (units := found.get(body["incident_id"])) is not None:
            units[body["seq"]] = body["unit"]
    return found
