"""An event's facts as a person would tell them."""

from __future__ import annotations

from rules.route import Facts
from rules.route.matchers import WEEKDAYS


def said(facts: Facts) -> str:
    """One line, such as ``0403 P2, a report of suishoupai in street 320106003, wed 22:10 outside
    working time``; what is as always is left out."""
    parts = [
        f"{facts.category} {facts.priority}",
        f"{_article(facts.kind)} {facts.kind} of {facts.source} {_where(facts)}",
        _when(facts),
    ]
    if facts.sensor is not None:
        value = "" if facts.value is None else f" at {facts.value:g}"
        parts.append(f"{facts.sensor} {facts.state}{value}")
    for name, values in (
        ("in layer", facts.layers),
        ("in mode", facts.modes),
        ("marked by", facts.marks),
    ):
        if values:
            parts.append(f"{name} {', '.join(values)}")
    if facts.reports > 1:
        parts.append(f"the last of {facts.reports}")
    return ", ".join(parts)


def _article(kind: str) -> str:
    return "an" if kind == "alarm" else "a"


def _where(facts: Facts) -> str:
    for level in ("grid", "community", "street", "district"):
        code = getattr(facts, level)
        if code is not None:
            return f"in {level} {code}{'' if facts.located else ', not located for sure'}"
    return "without a place"


def _when(facts: Facts) -> str:
    hour, minute = divmod(facts.minute, 60)
    working = "in" if facts.working else "outside"
    return f"{WEEKDAYS[facts.weekday - 1]} {hour:02}:{minute:02} {working} working time"
