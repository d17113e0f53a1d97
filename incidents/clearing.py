"""What a device's end does to the case that it has opened. Pure."""

from __future__ import annotations

from typing import Final

from incidents.case import Case
from incidents.deadlines import end_pause, stop

_LOWER: Final = {"P1": "P2", "P2": "P3", "P3": "P4", "P4": "P4"}


def clear(case: Case, effect: str, now: float) -> tuple[str, str]:
    """Change ``case`` as the pack says (``tell``, ``lower``, ``close``); the change, and a word on
    it. A case that a person speaks of, or that somebody works on, is only told."""
    alone = all(one.kind != "report" for one in case.events) and case.accepted_by is None
    if not alone or not case.open or effect == "tell":
        return "cleared", ""
    if effect == "close":
        case.status = "closed"
        end_pause(case, now)
        stop(case, now)
        return "closed", "closed: only devices spoke of it, and all is clear"
    before, case.priority = case.priority, _LOWER[case.priority]
    return "lowered", f"{before} → {case.priority}: only devices spoke of it, and it has cleared"
