"""``repeat``: an event's id again. What was seen is the desk's own record of its incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from rules.screen.facts import DeskFacts
from rules.screen.finding import Finding
from rules.screen.rule import Rule

REREAD_S: Final = 24 * 3600.0
"""How long ids are remembered for a pack without this filter: a crash can put a record on the desk
twice."""


class Given(Protocol):
    """For how long an id is taken to be the same event."""

    @property
    def window_hours(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Repeat:
    """The pack's filter for ids that were seen within ``window_s``."""

    rule: Rule
    window_s: float

    def found(self, facts: DeskFacts, incident: str | None) -> Finding | None:
        """What to do with an event whose id was seen; None when the filter does not concern it.
        ``incident``: what the first one opened, None when it was put aside."""
        if not self.rule.concerns(facts.kind, facts.source, facts.category):
            return None
        became = f"it opened incident {incident}" if incident else "it was put aside"
        text = f"event id seen within {self.window_s / 3600:g} h; {became}"
        return self.rule.finding(text, facts.category)
