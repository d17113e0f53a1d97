"""Whether a case was accepted and disposed of in time, from its public body alone.

The limits are worked out again from the pack's policies, by the clocks that the body shows. When
the disposal clock stood still is read from the timeline: while the case was suspended, and from
being resolved to being reopened. Where the timeline has lost its beginning, the stage says it.
Times are epoch seconds. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any, Final, NamedTuple

from incidents.deadlines import extended
from messages.model import Body
from rules.calendar import Calendar
from rules.escalate import Limit, Policy, limit_due
from rules.escalate.policy import Of

DONE: Final = frozenset(("resolved", "checked", "closed"))
_STOPS: Final = frozenset(("suspended", "resolved", "closed", "voided"))
_GOES_ON: Final = frozenset(("resumed", "review", "reopened", "check_failed"))


class Wait(NamedTuple):
    """What a case waits for on one of its clocks. ``done``: when that came; None: it has not.
    ``stopped``: when the clock stopped without it. ``due``: the limit; None: there is none;
    ``math.inf``: a suspension that lasts keeps it from its time."""

    done: float | None = None
    stopped: float | None = None
    due: float | None = None

    def in_time(self, as_of: float) -> bool | None:
        """Whether it came by its limit; None where there is no limit, or the case still waits, or
        has ended before its limit without it. ``as_of``: the latest moment that is known of."""
        if self.due is None:
            return None
        if self.done is not None:
            return self.done <= self.due
        until = as_of if self.stopped is None else self.stopped
        return False if until > self.due else None


class Limits(NamedTuple):
    """``policies``: of the pack, by name. ``calendar``: the city's."""

    policies: Mapping[str, Policy]
    calendar: Calendar

    def accept(self, body: Body) -> Wait:
        """From the latest dispatch until a unit accepts the case. ``body``: a
        :class:`messages.incident.Incident`."""
        done = _ended(body, "accept", "accepted") if body.get("accepted_by") else None
        return self._wait(body, "accept", done)

    def dispose(self, body: Body) -> Wait:
        """From the opening until the case is resolved, or closed by itself."""
        done = _ended(body, "dispose", "resolved", "closed") if body["status"] in DONE else None
        return self._wait(body, "dispose", done)

    def _wait(self, body: Body, of: Of, done: float | None) -> Wait:
        clock = body.get("clocks", {}).get(of)
        policy = self.policies.get(body.get("escalation") or "")
        limit: Limit | None = getattr(policy, of) if policy is not None else None
        if clock is None or policy is None or limit is None:
            return Wait(done)
        stopped = clock.get("end") if done is None else None
        return Wait(done, stopped, self._due(body, of, clock, policy, limit))

    def _due(self, body: Body, of: Of, clock: Body, policy: Policy, limit: Limit) -> float:
        if of == "accept":
            return limit_due(limit, clock["start"], (), self.calendar)
        if not whole(body):
            late = stages(body) & overdue_stages(policy, of, limit)
            return -inf if late else inf
        at = limit_due(limit, clock["start"], tuple(standstills(body)), self.calendar)
        return extended(at, clock.get("longer", ()), self.calendar)


def whole(body: Body) -> bool:
    """Whether the timeline still has the case's first step."""
    marks: Sequence[Body] = body.get("timeline", ())
    return bool(marks) and bool(marks[0]["seq"] == 1)


def stages(body: Body) -> frozenset[str]:
    """Every stage of its escalation that the case is known to have reached."""
    found = {mark["code"] for mark in body.get("timeline", ()) if mark["change"] == "step"}
    found.add(body.get("stage") or "")
    return frozenset(found - {""})


def overdue_stages(policy: Policy, of: Of, limit: Limit) -> frozenset[str]:
    """The stages that a policy gives to what has passed its limit. A step on another kind of clock
    than the limit's cannot be compared with it and is none."""
    return frozenset(
        step.stage
        for step in policy.steps
        if step.of == of
        and step.stage
        and step.after.clock == limit.clock
        and step.after.amount >= limit.amount
    )


def standstills(body: Body) -> Iterator[tuple[float, float]]:
    """When the disposal clock stood still, (from, until), by time; until ``math.inf`` while it
    does. From being suspended over being resolved to being reopened is one."""
    since: float | None = None
    for mark in body.get("timeline", ()):
        if mark["change"] in _STOPS:
            since = mark["at"] if since is None else since
        elif mark["change"] in _GOES_ON and since is not None:
            yield since, mark["at"]
            since = None
    if since is not None:
        yield since, inf


def _ended(body: Body, of: Of, *changes: str) -> float | None:
    """When a clock stopped; of a case without one, when the timeline says so."""
    clock: dict[str, Any] | None = body.get("clocks", {}).get(of)
    if clock is not None:
        end: float | None = clock.get("end")
        return end
    for change in changes:
        if (at := last(body.get("timeline", ()), change)) is not None:
            return at
    return None


def last(timeline: Sequence[Body], change: str) -> float | None:
    """When a case last changed so."""
    return next((mark["at"] for mark in reversed(timeline) if mark["change"] == change), None)
