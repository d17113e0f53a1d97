"""All that a route can ask about an event, and where it comes from in a decision's record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Facts(NamedTuple):
    """What is known of an event when it is routed.

    ``district`` to ``grid``: codes of who answers for the place, None below what is known.
    ``layers``: of the pack, that the position lies in. ``modes``: scenarios in force there.
    ``marks``: names of screening filters that marked it. ``minute`` of the local day, ``weekday``
    1 for Monday, ``working``: inside the working hours. ``reports``: how many of its category came
    from its cell within the category's window, this one included. ``score``: of the assessment.
    """

    category: str
    priority: str
    kind: str
    source: str
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    located: bool = True
    life_safety: bool = False
    layers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    minute: int = 0
    weekday: int = 1
    working: bool = True
    reports: int = 1
    sensor: str | None = None
    state: str | None = None
    value: float | None = None
    score: float = 0.0


def facts_of(decision: Mapping[str, Any]) -> Facts:
    """The facts that a decision (or an understood event on its way to one) recorded: whatever it
    is, or was, routed by."""
    place, consulted = decision["place"], decision["consulted"].get
    # Who answers for the place, where that is not whom it lies with.
    unit = place.get("responsible", place)
    return Facts(
        decision["category"],
        decision["priority"],
        decision["kind"],
        consulted("source") or "",
        unit.get("district"),
        unit.get("street"),
        place.get("community"),
        place.get("grid"),
        place["method"] != "unlocated" and not place.get("choices"),
        bool(consulted("life_safety")),
        tuple(consulted("layers") or ()),
        tuple(consulted("modes") or ()),
        tuple(consulted("marks") or ()),
        consulted("minute") or 0,
        consulted("weekday") or 1,
        bool(consulted("working", True)),
        consulted("reports") or 1,
        consulted("sensor"),
        consulted("state"),
        consulted("value"),
        decision.get("score") or 0.0,
    )
