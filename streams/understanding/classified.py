"""What each event of a batch is: a device's by its state and limits, a report's by its words."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from messages.event import Event
from rules.classify import Classified
from rules.given import UNKNOWN
from rules.screen import Finding
from rules.sensors import Watch
from rules.text import normalise
from rules.trained import Guess
from streams.city import City


def classified(
    events: Sequence[Event], city: City, hot: Container[str]
) -> list[Classified | Finding | None]:
    """Per event its category; None for a reading within its limits, of a device that is not hot;
    a finding for a reading that cannot be held against limits.

    ``hot``: devices whose clearing matters, as :func:`device_key` names them.
    """
    guesses = _guesses(events, city)
    return [_one(event, city, hot, guess) for event, guess in zip(events, guesses, strict=True)]


def device_key(event: Any) -> str:
    """One sensor of one device: an id is unique per platform, not among platforms."""
    return f"{event.source} {event.device_id} {event.sensor}"


def _guesses(events: Sequence[Event], city: City) -> Sequence[Guess | None]:
    """The trained model's word on every report, all at once; None where there is no model."""
    found: list[Guess | None] = [None] * len(events)
    if city.trained is None:
        return found
    rows = [row for row, event in enumerate(events) if event.kind == "report" and event.text]  # type: ignore[attr-defined]
    for row, guess in zip(rows, city.trained.guess([events[r].text for r in rows]), strict=True):  # type: ignore[attr-defined]
        found[row] = guess
    return found


def _one(
    event: Any, city: City, hot: Container[str], guess: Guess | None
) -> Classified | Finding | None:
    if event.kind == "report":
        return city.classifier.classify(event.text, event.category_hint, event.source, guess)
    watch = city.watches.get(event.sensor)
    if event.kind == "alarm":
        if watch is None:
            return _unknown(event, city)
        return city.classifier.of_device(
            watch.category_of(event.state),
            f"{event.sensor} {event.state}",
            {
                "sensor": event.sensor,
                "state": event.state,
                "value": event.value if _same_unit(watch, event) else None,
            },
        )
    if watch is None:
        return Finding("unknown_sensor", f"sensor {event.sensor} is not in the taxonomy")
    if not _same_unit(watch, event):
        text = f"{event.sensor} is measured in {watch.unit}, not in {event.unit}"
        return Finding("other_unit", text)
    return _reading(event, watch, city, hot)


def by_an_officer(event: Any, finding: Finding, city: City) -> Classified:
    """What a reading is that no limit can be held against, and that an officer has released."""
    watch = city.watches.get(event.sensor)
    return city.classifier.of_device(
        watch.category if watch is not None else UNKNOWN,
        finding.text,
        {"sensor": event.sensor, "value": event.value},
        by="default" if watch is None else "sensor",
    )


def _same_unit(watch: Watch, event: Any) -> bool:
    """Whether a value is measured in the limits' unit, however that is spelt (℃ is °C)."""
    if not watch.unit or not event.unit or watch.unit == event.unit:
        return True
    return _plain(watch.unit) == _plain(event.unit)


def _plain(unit: str) -> str:
    return normalise(unit).replace(" ", "")


def _reading(event: Any, watch: Watch, city: City, hot: Container[str]) -> Classified | None:
    if watch.limits is None:
        return None  # nothing to be held against: it says nothing of the device's alarms either
    level = watch.level(event.value)
    if level == "normal" and device_key(event) not in hot:
        return None
    text = f"{event.sensor} {event.value:g} {watch.unit}".rstrip()
    return city.classifier.of_device(
        watch.category,
        f"{text}: {watch.beyond(event.value, level)}",
        {"sensor": event.sensor, "state": level, "value": event.value},
    )


def _unknown(event: Any, city: City) -> Classified:
    return city.classifier.of_device(
        UNKNOWN,
        f"sensor {event.sensor} is not in the taxonomy",
        {"sensor": event.sensor, "state": event.state},
        by="default",
    )
