"""Who has the case: confirm, assign, assist, transfer, return."""

from __future__ import annotations

from incidents.acting.outcome import Acted, Refused, Setting, refused
from incidents.acting.roles import CITY, district_of, everybody, hand_over, parted, workers
from incidents.case import Case
from incidents.deadlines import restart_accept
from messages.model import Body


def confirm(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """核实, before a case is dispatched: it is as it was reported."""
    case.status = "confirmed"
    return Acted(case, "confirmed", f"{unit} has confirmed the case", workers(case))


def assign(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """派遣: the case is another unit's; that unit's clock begins, the case's runs on."""
    to = _named(action, setting)
    if isinstance(to, Refused):
        return to
    before = case.unit
    case.status, case.accepted_by = "dispatched", None
    hand_over(case, to)
    case.ruled = case.arbiter is not None
    restart_accept(case, setting.now)
    told = parted(workers(case), before)
    text = f"{unit} assigns the case to {to}"
    return Acted(case, "assigned", f"{text}; its word is final" if case.ruled else text, told)


def assist(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """协办: another unit helps; the owner stays the owner."""
    to = _named(action, setting)
    if isinstance(to, Refused):
        return to
    if to == case.unit or to in case.assists:
        return refused("wrong_state", f"{to} works on it already")
    case.assists = [*case.assists, to]
    return Acted(case, "assist", f"{unit} asks {to} to assist", workers(case))


def transfer(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """移交: another district, or the city, dispatches the case from now on; an arbiter hands its
    last word over with it."""
    to = _named(action, setting)
    if isinstance(to, Refused):
        return to
    if to != CITY and not to.startswith("district:"):
        return refused("sideways", f"{to} dispatches nothing; assign it")
    if case.arbiter is not None:
        case.arbiter, case.ruled = to, False
    return _to_dispatcher(case, to, "transferred", f"{unit} hands the case over to {to}", setting)


def give_back(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """退回: to the dispatcher, never sideways, with a reason. The case's clock runs on."""
    if action.get("reason_code") is None:
        return refused("missing", "reason_code")
    if case.ruled:
        return refused("final", f"{case.arbiter} has assigned it")
    began = case.accept.start if case.accept is not None else case.opened
    if setting.now > began + setting.lifecycle.return_within_s:
        return refused("too_late", "the window of returns")
    case.returns += 1
    to = case.dispatcher if case.dispatcher != unit else CITY
    text = f"{unit} returns the case: {action['reason_code']}"
    to, text = arbitrated(case, to, text, setting)
    return _to_dispatcher(case, to, "returned", text, setting)


def arbitrated(case: Case, to: str, text: str, setting: Setting) -> tuple[str, str]:
    """Who has the case next. With the pack's count of returns and reopenings it is the district,
    whose word is final; where the case is in no one district, was across districts, or is the
    district's own, the city."""
    if case.arbiter is not None or case.returns + case.reopened < setting.lifecycle.arbitrate_at:
        return to, text
    district = district_of(case.place)
    theirs = district == case.dispatcher and district != case.unit
    case.arbiter = district if district and theirs else CITY
    times = case.returns + case.reopened
    return case.arbiter, f"{text}; the {times}. time, so that {case.arbiter} has the last word"


def _to_dispatcher(case: Case, to: str, change: str, text: str, setting: Setting) -> Acted:
    before = case.unit
    case.dispatcher, case.status, case.accepted_by = to, "returned", None
    hand_over(case, to)
    restart_accept(case, setting.now)
    return Acted(case, change, text, parted(everybody(case), before))


def _named(action: Body, setting: Setting) -> str | Refused:
    """The unit that an action is about."""
    to: str | None = action.get("to_unit")
    if to is None:
        return refused("missing", "to_unit")
    return to if to in setting.units else refused("unknown_unit", to)
