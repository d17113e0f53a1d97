"""What a warning is about, as far as it is known at a moment: danger, outlook, areas, incidents.

The names are the pack's; of the incidents only ids and numbers are taken. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, NamedTuple, Protocol

from messages.cap import Certainty, EmergencyClass, Hazard, Level, Severity, Urgency
from messages.warning import Counts, WarnedArea

_LISTED: Final = 200


class Danger(NamedTuple):
    """What threatens, as the pack has it. ``category``: of the taxonomy; ``hazards``: CAP's.
    ``name`` and ``instruction``: Chinese and English."""

    category: str
    name: tuple[str, str]
    emergency: EmergencyClass
    hazards: tuple[Hazard, ...]
    instruction: tuple[str, str] = ("", "")


class Outlook(NamedTuple):
    """How grave it is thought to be, and until when. ``level`` is a proposal."""

    level: Level
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    expires: datetime
    onset: datetime | None = None


class Concerned(Protocol):
    """An incident that a warning is about: its id, and of how many events it was made. See
    ``incidents/case.py``."""

    @property
    def incident_id(self) -> str: ...
    @property
    def count(self) -> int: ...


class Threat(NamedTuple):
    """One danger to one or more areas. ``about``: the incidents that speak of it."""

    danger: Danger
    outlook: Outlook
    areas: tuple[WarnedArea, ...]
    about: Sequence[Concerned] = ()

    def fields(self, zone: tzinfo) -> dict[str, Any]:
        """The part of an alert that says it, on the clocks of a zone."""
        onset, expires = self.outlook.onset, self.outlook.expires
        events = {one.incident_id: one.count for one in self.about}
        return {
            **self.outlook._asdict(),
            "onset": onset.astimezone(zone) if onset is not None else None,
            "expires": expires.astimezone(zone),
            "category": self.danger.category,
            "emergency": self.danger.emergency,
            "hazards": self.danger.hazards,
            "areas": self.areas,
            "incidents": tuple(sorted(events)[:_LISTED]),
            "counts": Counts(incidents=len(events), events=sum(events.values())),
        }
