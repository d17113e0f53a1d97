"""What the pack's filters without memory find on one event."""

from __future__ import annotations

from typing import Any

from rules.screen import Screened, ScreenFacts
from streams.city import City


def screened(event: Any, received_at: float, category: str, city: City) -> Screened:
    """Why the event is put aside, if it is, and what is noted. ``received_at``: epoch seconds."""
    return city.screen.check(ScreenFacts.of(event, category, received_at))
