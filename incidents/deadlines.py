"""A case's clocks and what falls due on them: steps of escalation, reviews, reminders, the end.

Accepting stops the accept clock and never the disposal clock; a suspension stops the disposal
clock; a return restarts the accept clock alone. Times are epoch seconds. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import Literal, NamedTuple, TypeAlias

from incidents.case import ENDED, Case, Clock
from incidents.lifecycle import Lifecycle
from rules.calendar import Calendar
from rules.escalate import Limit, Policy, Step, limit_due, moment_after

Kind: TypeAlias = Literal["step", "review", "reminder", "end"]


class Due(NamedTuple):
    """One thing that falls due. ``step``: of kind ``step`` alone."""

    at: float
    kind: Kind
    step: Step | None = None


def begin(case: Case, policy: Policy, now: float) -> None:
    """Both clocks of a case that is opened, or graver than it was, start under this policy."""
    of = {step.of for step in policy.steps}
    case.accept = Clock(now) if policy.accept is not None or "accept" in of else None
    case.dispose = Clock(now) if policy.dispose is not None else None


def restart_accept(case: Case, now: float) -> None:
    """Another unit has it: its own time to accept it begins."""
    if case.accept is not None:
        case.accept = Clock(now)


def restart_dispose(case: Case, now: float) -> None:
    """It was not done after all: the clock goes on; while it counted as done, it stood still."""
    if case.dispose is not None and case.dispose.end is not None:
        case.pauses = [*case.pauses, (case.dispose.end, now)]
        case.dispose = case.dispose._replace(end=None)


def end_pause(case: Case, now: float) -> None:
    """The suspension is over, if there is one."""
    if case.paused:
        case.pauses = [*case.pauses[:-1], (case.pauses[-1][0], now)]
        case.review = None


def stop(case: Case, now: float) -> None:
    """No clock of an ended case runs, and nothing is asked for any more."""
    case.asks = {}
    for name in ("accept", "dispose"):
        clock: Clock | None = getattr(case, name)
        if clock is not None and clock.end is None:
            setattr(case, name, clock._replace(end=now))


def limits(case: Case, policy: Policy | None, calendar: Calendar) -> dict[str, float]:
    """When it should be accepted and disposed of: for consoles. Without what does not apply, and
    without a limit whose clock stands still."""
    found: dict[str, float] = {}
    for name in ("accept", "dispose"):
        clock: Clock | None = getattr(case, name)
        limit: Limit | None = getattr(policy, name) if policy is not None else None
        if clock is None or limit is None:
            continue
        at = _due_at(case, name, clock, limit, calendar)
        if at != inf:
            found[name] = at
    return found


def falls_due(
    case: Case, policy: Policy | None, calendar: Calendar, lifecycle: Lifecycle
) -> Due | None:
    """What comes next on the case by itself, and when; None where nothing will."""
    found = min(_all(case, policy, calendar, lifecycle), key=_by_time, default=None)
    return found if found is not None and found.at != inf else None


def _by_time(due: Due) -> tuple[float, str, int]:
    return due.at, due.kind, due.step.n if due.step is not None else 0


def _all(
    case: Case, policy: Policy | None, calendar: Calendar, lifecycle: Lifecycle
) -> Iterator[Due]:
    if case.status in ENDED:
        yield Due(case.ended_at + lifecycle.kept_s, "end")
        return
    if not case.open:
        return
    if case.paused and case.review is not None:
        yield Due(case.review, "review")
    if case.reminder is not None:
        yield Due(case.reminder, "reminder")
    for name in ("accept", "dispose"):
        clock: Clock | None = getattr(case, name)
        if policy is None or clock is None or clock.end is not None:
            continue
        # Of the steps on one kind of clock, the shortest comes first: only that is worked out.
        first: dict[str, Step] = {}
        for step in policy.steps:
            if step.of == name and step.n not in clock.fired:
                known = first.setdefault(step.after.clock, step)
                if step.after.amount < known.after.amount:
                    first[step.after.clock] = step
        for step in first.values():
            yield Due(_due_at(case, name, clock, step.after, calendar), "step", step)


def _due_at(case: Case, name: str, clock: Clock, limit: Limit, calendar: Calendar) -> float:
    if name == "accept":
        return limit_due(limit, clock.start, (), calendar)
    pauses = [(since, inf if until is None else until) for since, until in case.pauses]
    return extended(limit_due(limit, clock.start, pauses, calendar), clock.longer, calendar)


def extended(at: float, longer: Iterable[str], calendar: Calendar) -> float:
    """A moment put off by what extensions (延期) have granted, one after the other; ``math.inf``
    stays what it is."""
    for text in longer:
        if at != inf:
            more = Limit.parse(text)
            at = moment_after(more.clock, at, more.amount, calendar)
    return at


def arrange(
    case: Case, policy: Policy | None, calendar: Calendar, lifecycle: Lifecycle, now: float
) -> None:
    """After any change of a case: when its reminder is due, if it needs one, and its next timer."""
    if not _unheard(case, policy):
        case.reminder = None
    elif case.reminder is None:
        case.reminder = now + lifecycle.remind_s
    due = falls_due(case, policy, calendar, lifecycle)
    case.due = due.at if due is not None else None


def _unheard(case: Case, policy: Policy | None) -> bool:
    """Whether all that could be said was said, and nobody has answered."""
    if not case.open:
        return False
    if case.supervised is not None and "acknowledged" not in case.supervised:
        return True
    clock = case.accept
    if policy is None or clock is None or clock.end is not None or not clock.fired:
        return False
    steps = [step.n for step in policy.steps if step.of == "accept"]
    return bool(steps) and all(n in clock.fired for n in steps)
