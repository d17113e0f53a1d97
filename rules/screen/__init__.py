"""What should not reach a queue as it is: a pack's named filters. Nothing is deleted."""

from __future__ import annotations

from rules.screen.facts import DeskFacts, ScreenFacts
from rules.screen.finding import CLEAN, Effect, Finding, Screened
from rules.screen.memory import MemoryFilter, Observed
from rules.screen.screen import Screen

__all__ = [
    "CLEAN",
    "DeskFacts",
    "Effect",
    "Finding",
    "MemoryFilter",
    "Observed",
    "Screen",
    "ScreenFacts",
    "Screened",
]
