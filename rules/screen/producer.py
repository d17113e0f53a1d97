"""``source`` and ``sensor_quality``: what hangs on who or what says it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from rules.screen.check import Check
from rules.screen.facts import ScreenFacts


class SensorQuality(Protocol):
    """Qualities of a reading that are found fault with."""

    @property
    def quality(self) -> Collection[str]: ...


def source(given: object) -> Check:
    """Every event that the filter concerns: with the effect ``pass`` its sources are let through,
    with ``quarantine`` they are shut out."""

    def found(facts: ScreenFacts, form: str) -> str | None:
        return f"from {facts.source}"

    return found


def sensor_quality(given: SensorQuality) -> Check:
    """Readings of which the device itself says that they are not good."""
    held = frozenset(given.quality)

    def found(facts: ScreenFacts, form: str) -> str | None:
        return f"the device calls its value {facts.quality}" if facts.quality in held else None

    return found
