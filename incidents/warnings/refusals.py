"""Why an action on a warning is refused: codes, ``action.<code>`` on the wire. Stable."""

from __future__ import annotations

from typing import Final

REFUSALS: Final[dict[str, str]] = {
    "no_such_warning": "there is no such alert, or it is over",
    "warning_moved_on": "a later alert has replaced it",
    "warning_signed": "the alert was signed before",
    "warning_withdrawn": "the draft was withdrawn",
    "warning_over": "the alert's time would have ended",
    "nothing_stands": "nothing of the warning was signed: withdraw the draft",
    "unknown_officer": "the pack knows no such officer",
    "not_your_office": "the officer holds no office in the unit that posts it",
    "no_power": "the officer may not sign warnings",
    "no_level": "the officer may not set that level",
    "not_own_area": "the area is not the officer's",
    "no_such_draft": "no draft for the residents of that grid waits",
    "confirmed_before": "the grid has confirmed it before",
    "missing": "the action lacks what it needs",
    "not_yours": "the grid is not the unit's",
    "repeat": "this action was posted before",
}
