"""When a policy's steps are due, given when their clock started and when it stood still.

A suspension (挂账) pauses the disposal clock from its approval on: time inside does not count. The
caller says which pauses a clock has. A pause is (from, until) in epoch s, until ``math.inf``
while it lasts; pauses may touch, overlap or lie before the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple, TypeAlias

from rules.calendar import Calendar
from rules.escalate.clock import elapsed, moment_after
from rules.escalate.limit import Clock, Limit
from rules.escalate.natural import SLACK_S
from rules.escalate.policy import Of, Policy, Step

Pause: TypeAlias = tuple[float, float]


class Due(NamedTuple):
    """``at``: epoch s; ``math.inf`` where a pause that still lasts keeps the step from its time."""

    at: float
    step: Step


def due(
    policy: Policy, of: Of, started: float, paused: Sequence[Pause], calendar: Calendar
) -> tuple[Due, ...]:
    """The policy's steps of one clock, by time, and those of one time in the pack's order. Steps
    that are long past are among them."""
    found = [
        Due(step_due(step, started, paused, calendar), step)
        for step in policy.steps
        if step.of == of
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def step_due(step: Step, started: float, pauses: Sequence[Pause], calendar: Calendar) -> float:
    """The moment (epoch s) at which a step is due; ``math.inf`` while a pause keeps it."""
    return limit_due(step.after, started, pauses, calendar)


def limit_due(limit: Limit, started: float, pauses: Sequence[Pause], calendar: Calendar) -> float:
    """The first moment (epoch s) at which the limit has run; ``math.inf`` while a pause keeps it.

    Raises :class:`PackError` (``pack.no_working_time``) where a working clock never runs.
    """
    left, since = limit.amount, started
    for begin, end in sorted(pauses):
        if end <= since:
            continue
        if begin > since:
            found = moment_after(limit.clock, since, left, calendar)
            if found <= begin + SLACK_S:
                return found
            left -= elapsed(limit.clock, since, begin, calendar)
        since = end
        if since == inf:
            return inf
    return moment_after(limit.clock, since, left, calendar)


def elapsed_unpaused(
    limit_clock: Clock, started: float, until: float, pauses: Sequence[Pause], calendar: Calendar
) -> float:
    """How much of a clock has run outside the pauses, in its own unit."""
    total, since = 0.0, started
    for begin, end in sorted(pauses):
        total += elapsed(limit_clock, since, min(begin, until), calendar)
        since = max(since, end)
    return total + elapsed(limit_clock, since, until, calendar)
