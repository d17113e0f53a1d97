"""All that a filter can ask about an event."""

from __future__ import annotations

from typing import NamedTuple

from messages.event import AnyEvent
from messages.model import Body


class ScreenFacts(NamedTuple):
    """For filters without memory. Times are epoch seconds; ``lon`` and ``lat`` degrees as the
    producer sent them. ``quality``: a reading's."""

    kind: str
    source: str
    category: str
    lon: float | None
    lat: float | None
    occurred_at: float
    received_at: float
    text: str
    has_media: bool
    has_hint: bool
    quality: str | None

    @classmethod
    def of(cls, event: AnyEvent, category: str, received_at: float) -> ScreenFacts:
        """The facts of an event as it was decoded."""
        position, at = event.position, event.occurred_at.timestamp()
        lon, lat = (position.lon, position.lat) if position is not None else (None, None)
        kind, source = event.kind, event.source
        if event.kind == "report":
            text, media, hint = event.text, bool(event.media), bool(event.category_hint)
            return cls(kind, source, category, lon, lat, at, received_at, text, media, hint, None)
        text = event.text if event.kind == "alarm" else ""
        quality = event.quality if event.kind == "reading" else None
        return cls(kind, source, category, lon, lat, at, received_at, text, False, False, quality)


class DeskFacts(NamedTuple):
    """For filters with memory. ``reporter``: a pseudonym; it and ``device`` are their source's."""

    kind: str
    source: str
    category: str
    reporter: str | None
    device: str | None
    lon: float | None
    lat: float | None

    @classmethod
    def of(cls, body: Body) -> DeskFacts:
        """The facts of a body of :class:`messages.decision.Understood`."""
        event = body["event"]
        position = event.get("position")
        lon, lat = (position["lon"], position["lat"]) if position is not None else (None, None)
        reporter, device = event.get("reporter_ref"), event.get("device_id")
        return cls(body["kind"], event["source"], body["category"], reporter, device, lon, lat)
