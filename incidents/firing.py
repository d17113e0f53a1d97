"""What happens when something falls due on a case: an escalation notifies and co-owns.

It does not take the case away from its owner. Pure.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from incidents.acting.outcome import Role
from incidents.acting.roles import CITY, everybody, unit_at, workers
from incidents.case import Case
from incidents.deadlines import Due, end_pause
from rules.escalate import Step

_LIMIT: Final = {"accept": "not accepted", "dispose": "not disposed of"}


class Fired(NamedTuple):
    """``entry``: what its entries are called, ``step:<n>``, so that a repeat is known as one."""

    case: Case
    change: str
    text: str
    told: dict[str, Role]
    entry: str


def fire(case: Case, due: Due, remind_s: float, now: float) -> Fired | None:
    """The case after what fell due, and who hears of it; None when it is to be forgotten.

    ``case`` is not changed. ``now``: epoch seconds, at or after ``due.at``.
    """
    case = case.copy()
    if due.kind == "end":
        return None
    case.steps += 1
    entry = f"step:{case.steps}"
    if due.kind == "step":
        assert due.step is not None
        change, text = _step(case, due.step, now)
        return Fired(case, change, text, workers(case), entry)
    if due.kind == "review":
        end_pause(case, now)
        text = "its review date has come: the suspension is over"
        return Fired(case, "review", text, everybody(case, case.dispatcher), entry)
    case.reminder = now + remind_s
    what = "nobody has accepted it"
    if case.supervised is not None and "acknowledged" not in case.supervised:
        times = case.supervised["times"] + 1
        case.supervised = {**case.supervised, "times": times}
        what = f"supervision by {case.supervised['by']} not acknowledged"
    return Fired(case, "reminder", f"again: {what}", workers(case), entry)


def _step(case: Case, step: Step, now: float) -> tuple[str, str]:
    name = step.of
    clock = case.accept if name == "accept" else case.dispose
    assert clock is not None
    clock = clock._replace(fired=(*clock.fired, step.n))
    if name == "accept":
        case.accept = clock
    else:
        case.dispose = clock
    heard = [unit_at(case.place, level) for level in step.notify]
    beside = [unit for unit in heard if unit != case.unit and unit not in case.co_owners]
    case.co_owners = [*case.co_owners, *dict.fromkeys(beside)]
    case.stage = step.stage or case.stage
    if step.supervise:
        case.supervised = {"by": heard[-1] if heard else CITY, "at": now, "times": 1}
    stage = f"{step.stage}: " if step.stage else ""
    return "step", f"{stage}{_LIMIT[name]} after {step.after}, told {', '.join(heard)}"
