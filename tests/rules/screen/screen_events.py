"""Screens of a few filters, and facts of events that every filter lets pass, to be changed."""

from __future__ import annotations

import orjson

from packs.screening import ScreeningFile
from packs.taxonomy import TaxonomyFile
from rules.screen import DeskFacts, Screen, ScreenFacts

NOW = 1_790_000_000.0
HOUR = 3600.0
CALM, FIRE = "0403", "0401"
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "?", "priority": "P3"},
            {"code": FIRE, "name": "fire", "priority": "P1", "life_safety": True},
            {"code": CALM, "name": "flood", "priority": "P2"},
            {"code": "2101", "name": "manhole", "priority": "P3"},
        ),
    }
)


def screen(*filters) -> Screen:
    """The screen of these filters; one without a name is named as its check."""
    named = [{"filter": one["check"], **one} for one in filters]
    body = orjson.dumps({"schema_version": 1, "filters": named})
    return Screen.compile(ScreeningFile.model_validate_json(body), TAXONOMY)


def facts(**changes) -> ScreenFacts:
    """A report of a minute ago."""
    event = {
        "kind": "report",
        "source": "app",
        "category": CALM,
        "lon": 118.8,
        "lat": 32.0,
        "occurred_at": NOW - 60,
        "received_at": NOW,
        "text": "路口积水",
        "has_media": False,
        "has_hint": False,
        "quality": None,
    }
    return ScreenFacts(**(event | changes))


def desk(**changes) -> DeskFacts:
    """The same, as it lies on the desk."""
    event = {
        "kind": "report",
        "source": "app",
        "category": CALM,
        "reporter": "r-1",
        "device": None,
        "lon": 118.8,
        "lat": 32.0,
    }
    return DeskFacts(**(event | changes))


def code(rules: Screen, **changes) -> str | None:
    """What puts the event aside."""
    finding = rules.check(facts(**changes)).finding
    return finding and finding.code


class Desk:
    """One shard's owner in a few lines: keeps the state of one filter and lets time pass."""

    def __init__(self, rules: Screen) -> None:
        (self.filter,) = rules.memory
        self.state: dict[str, bytes] = {}
        self.due: dict[str, float] = {}

    def found(self, now: float, **changes) -> str | None:
        """The text of what the filter finds on the next event."""
        event = desk(**changes)
        key = self.filter.key(event)
        if key is None:
            return None
        seen = self.filter.observe(self.state.get(key), event, now)
        self.state[key], self.due[key] = seen.state, seen.due
        return seen.finding and seen.finding.text

    def forget(self, now: float) -> None:
        """Remove what is due."""
        for key in [key for key, due in self.due.items() if due <= now]:
            del self.state[key], self.due[key]
