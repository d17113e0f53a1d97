"""What comes of an action: the case after it and who hears of it, or why it was refused."""

from __future__ import annotations

from collections.abc import Container
from typing import Final, Literal, NamedTuple, TypeAlias

from incidents.case import Case
from incidents.lifecycle import Lifecycle

Role: TypeAlias = Literal["owner", "copy", "co_owner", "assist", "dispatcher", "former"]

REFUSALS: Final[dict[str, str]] = {
    "no_such_case": "there is no such case, or it ended too long ago",
    "wrong_state": "the case's state does not allow it",
    "not_yours": "the unit neither owns nor co-owns the case",
    "not_dispatcher": "only the dispatcher may do it",
    "own_work": "whoever resolved a case does not check it",
    "final": "the arbiter's word on the owner is final",
    "too_late": "its window is over",
    "too_many": "it was done as often as the pack allows",
    "missing": "the action lacks what it needs",
    "unknown_unit": "there is no such unit",
    "sideways": "a case goes to units through its dispatcher, never sideways",
    "no_request": "no such request waits",
    "not_allowed": "the pack does not allow it",
    "repeat": "this action was posted before",
    "no_such_event": "the case does not hold such an event that could be taken out",
}
"""Codes of refusals, ``action.<code>`` on the wire, and what each means. Stable: consoles filter on
them."""


class Setting(NamedTuple):
    """What an action is judged by, beside the case. ``now``: the shard's clock, epoch s.
    ``units``: those that have a queue."""

    now: float
    lifecycle: Lifecycle
    units: Container[str]


class Acted(NamedTuple):
    """``change``: what happened, a code. ``text``: the same for a person. ``told``: units and the
    role in which they hear of it. ``apart``: the event that unmerge takes out."""

    case: Case
    change: str
    text: str
    told: dict[str, Role]
    apart: str | None = None


class Refused(NamedTuple):
    """``code``: of :data:`REFUSALS`. ``text``: a sentence for whoever posted it."""

    code: str
    text: str


def refused(code: str, more: str = "") -> Refused:
    """A refusal with its sentence; ``more``: what it is about in this case."""
    return Refused(code, f"{REFUSALS[code]}{': ' if more else ''}{more}")
