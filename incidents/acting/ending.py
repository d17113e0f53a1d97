"""How a case ends and begins again: check, close, void, reopen, feedback; unmerge."""

from __future__ import annotations

from incidents.acting.dispatching import arbitrated
from incidents.acting.outcome import Acted, Refused, Setting, refused
from incidents.acting.roles import everybody, hand_over, parted, supervisors, workers
from incidents.case import Case
from incidents.deadlines import end_pause, restart_accept, restart_dispose, stop
from messages.model import Body


def check(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """核查, after a case was resolved; by the unit that resolved it only where no other could."""
    if action.get("passed") is None:
        return refused("missing", "passed")
    if unit == case.resolved_by and {case.unit, *case.co_owners, *supervisors(case)} != {unit}:
        return refused("own_work")
    if not action["passed"]:
        return _again(case, unit, "check_failed", f"{unit} has checked it: not done", setting)
    case.status = "checked"
    return Acted(case, "checked", f"{unit} has checked it: done", everybody(case, unit))


def close(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """结案."""
    unchecked = case.priority in setting.lifecycle.close_unchecked
    if case.status == "resolved" and not unchecked:
        return refused("wrong_state", f"a {case.priority} case is checked before it is closed")
    case.status = "closed"
    stop(case, setting.now)
    return Acted(case, "closed", f"{unit} closes the case", everybody(case, unit))


def void(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """作废: it never was a case."""
    if action.get("reason_code") is None:
        return refused("missing", "reason_code")
    case.status = "void"
    end_pause(case, setting.now)
    stop(case, setting.now)
    text = f"{unit} voids the case: {action['reason_code']}"
    return Acted(case, "voided", text, everybody(case, unit))


def reopen(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """It was not done after all."""
    if action.get("reason_code") is None:
        return refused("missing", "reason_code")
    if case.status == "closed" and setting.now > case.ended_at + setting.lifecycle.reopen_within_s:
        return refused("too_late", "it was closed too long ago")
    text = f"{unit} reopens the case: {action['reason_code']}"
    return _again(case, unit, "reopened", text, setting)


def feedback(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """How satisfied whoever reported it is."""
    if action.get("satisfaction") is None:
        return refused("missing", "satisfaction")
    case.satisfaction = action["satisfaction"]
    text = f"satisfaction {case.satisfaction} of 5, by {unit}"
    return Acted(case, "feedback", text, workers(case, case.dispatcher))


def unmerge(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """One event is taken out of the case again: it is about something else."""
    event_id = action.get("event_id")
    if event_id is None:
        return refused("missing", "event_id")
    apart = next((one for one in case.events[1:] if one.event_id == event_id), None)
    if apart is None or apart.place is None:
        return refused("no_such_event", event_id)
    case.events = [one for one in case.events if one is not apart]
    case.count -= 1
    text = f"{unit} takes {event_id} out of the case: it becomes a case of its own"
    return Acted(case, "unmerged", text, workers(case), apart=event_id)


def _again(case: Case, unit: str, change: str, text: str, setting: Setting) -> Acted:
    case.reopened += 1
    case.status, case.accepted_by, case.resolved_by = "dispatched", None, None
    to, text = arbitrated(case, case.unit, text, setting)
    before = case.unit
    if to != before:
        case.dispatcher, case.status = to, "returned"
        hand_over(case, to)
    restart_accept(case, setting.now)
    restart_dispose(case, setting.now)
    return Acted(case, change, text, parted(everybody(case, unit), before))
