"""``future`` and ``too_old``: events whose time cannot be, or that are history."""

from __future__ import annotations

from typing import Protocol

from rules.screen.check import Check
from rules.screen.facts import ScreenFacts


class Future(Protocol):
    """How far clocks are wrong."""

    @property
    def max_minutes(self) -> float: ...


class Hours(Protocol):
    """Hours per kind of event; None sets no limit."""

    @property
    def report(self) -> float | None: ...
    @property
    def alarm(self) -> float | None: ...
    @property
    def reading(self) -> float | None: ...


class TooOld(Protocol):
    """For how long events count."""

    @property
    def hours(self) -> Hours: ...


def future(given: Future) -> Check:
    """Events that occurred later than they arrived, by more than ``max_minutes``."""
    limit_s = given.max_minutes * 60

    def found(facts: ScreenFacts, form: str) -> str | None:
        ahead_s = facts.occurred_at - facts.received_at
        return f"occurred {span(ahead_s)} after it arrived" if ahead_s > limit_s else None

    return found


def too_old(given: TooOld) -> Check:
    """Events that arrived more than the hours of their kind after they occurred."""
    hours = {kind: getattr(given.hours, kind) for kind in ("report", "alarm", "reading")}
    limits_s = {kind: limit * 3600 for kind, limit in hours.items() if limit is not None}

    def found(facts: ScreenFacts, form: str) -> str | None:
        limit_s = limits_s.get(facts.kind)
        if limit_s is None:
            return None
        age_s = facts.received_at - facts.occurred_at
        if age_s <= limit_s:
            return None
        return f"{span(age_s)} old; {facts.kind}s count for {span(limit_s)}"

    return found


def span(seconds: float) -> str:
    """A length of time in the unit that a person would use."""
    if seconds >= 2 * 86_400:
        return f"{seconds / 86_400:.1f} d"
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
