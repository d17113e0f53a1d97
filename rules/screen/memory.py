"""Filters that remember: their state comes in and goes out, the shard's owner keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from rules.screen.facts import DeskFacts
from rules.screen.finding import Finding
from rules.screen.rule import Rule

Noted: TypeAlias = tuple[str | None, bytes, float]
"""What was found on one event, or None; the state from now on, JSON with its due time in it; and
that time, the epoch second at which the state says no more than none."""


class Memory(Protocol):
    """A check with memory. It trusts no clock but ``now``, which never goes back."""

    def key(self, facts: DeskFacts) -> str | None:
        """What it remembers the event under; None when it has nothing to do with it."""

    def note(self, state: bytes | None, facts: DeskFacts, now: float) -> Noted:
        """What one event shows and changes."""


class Observed(NamedTuple):
    """``state``: JSON; the same object as before when nothing changed. ``due``: epoch seconds at
    which it may be forgotten; it stands in the state as well."""

    finding: Finding | None
    state: bytes
    due: float


@dataclass(frozen=True, slots=True)
class MemoryFilter:
    """One of the pack's filters with memory. It sees, in the desk's order, the events of one shard
    that the filters without memory let through."""

    name: str
    rule: Rule
    memory: Memory
    prefix: str

    @classmethod
    def compile(cls, rule: Rule, check: str, memory: Memory) -> MemoryFilter:
        """The filter of a rule. Its state is its own: by the check, so that a filter which is
        changed into another does not read what the first one wrote; and by its name."""
        return cls(rule.name, rule, memory, f"{check}:{rule.name} ")

    def key(self, facts: DeskFacts) -> str | None:
        """Where the state lies; None when the filter does not concern the event."""
        if not self.rule.concerns(facts.kind, facts.source, facts.category):
            return None
        key = self.memory.key(facts)
        return self.prefix + key if key is not None else None

    def observe(self, state: bytes | None, facts: DeskFacts, now: float) -> Observed:
        """What the event shows, and the state after it. ``state``: what lies under its key, or
        None. ``now``: the shard's clock, epoch seconds. A state past its ``due`` counts as none,
        whether or not it has been removed."""
        found, state, due = self.memory.note(state, facts, now)
        if found is None:
            return Observed(None, state, due)
        return Observed(self.rule.finding(found, facts.category), state, due)
