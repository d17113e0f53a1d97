"""What the owner does: accept, progress, resolve; and what pushes it: urge, supervise."""

from __future__ import annotations

from incidents.acting.outcome import Acted, Refused, Setting, refused
from incidents.acting.roles import everybody, supervisors, workers
from incidents.case import Case
from incidents.deadlines import end_pause
from messages.model import Body


def accept(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """接单: stops the accept clock and never the other one."""
    case.status, case.accepted_by = "accepted", unit
    if case.accept is not None and case.accept.end is None:
        case.accept = case.accept._replace(end=setting.now)
    return Acted(case, "accepted", f"{unit} accepts the case", everybody(case, case.dispatcher))


def progress(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """处置中: somebody is at it."""
    case.status = "in_progress"
    return Acted(case, "progress", f"{unit} is at it", workers(case))


def resolve(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """办结: stops the case's clock; somebody else checks it."""
    case.status, case.resolved_by = "resolved", unit
    end_pause(case, setting.now)
    case.asks = {}
    if case.dispose is not None and case.dispose.end is None:
        case.dispose = case.dispose._replace(end=setting.now)
    return Acted(case, "resolved", f"{unit} has resolved it", everybody(case, case.dispatcher))


def urge(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """催办: the owner hears that it is waited for."""
    case.urged += 1
    return Acted(case, "urged", f"{unit} urges {case.unit}, {case.urged}. time", workers(case))


def supervise(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """督办: on the record, and repeated until the owner acknowledges it."""
    if unit not in supervisors(case):
        return refused("not_dispatcher", f"{case.unit} is supervised from above")
    case.supervised = {"by": unit, "at": setting.now, "times": 1}
    return Acted(case, "supervised", f"{unit} supervises the case", workers(case, unit))


def acknowledge(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """签收: the owner has seen that it is supervised."""
    if case.supervised is None or "acknowledged" in case.supervised:
        return refused("no_request", "supervision")
    case.supervised = {**case.supervised, "acknowledged": setting.now}
    return Acted(case, "acknowledged", f"{unit} acknowledges the supervision", workers(case))
