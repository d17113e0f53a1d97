"""What the owner asks for and the dispatcher grants: more time (延期), suspension (挂账)."""

from __future__ import annotations

from datetime import datetime

from incidents.acting.outcome import Acted, Refused, Setting, refused
from incidents.acting.roles import dispatchers, dispatches, workers
from incidents.case import Case
from incidents.deadlines import end_pause
from messages.model import Body


def extend(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """延期: asked for by the owner; granted at once where the dispatcher itself posts it."""
    if action.get("longer") is None:
        return refused("missing", "longer")
    if case.dispose is None:
        return refused("wrong_state", "the case has no limit")
    if len(case.dispose.longer) >= setting.lifecycle.extensions:
        return refused("too_many", f"{setting.lifecycle.extensions} extensions")
    return _ask(case, unit, "extend", {"longer": action["longer"]}, action, setting)


def suspend(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """挂账: with a class of reason and a review date; the clock stands still from approval."""
    code, until = action.get("reason_code"), action.get("until")
    if code is None or until is None:
        return refused("missing", "reason_code and until, the review date")
    allowed = setting.lifecycle.suspend_for
    if allowed and code not in allowed:
        return refused("not_allowed", f"{code}; {', '.join(allowed)}")
    review = datetime.fromisoformat(until).timestamp()
    if not setting.now < review <= setting.now + setting.lifecycle.suspend_for_s:
        days = setting.lifecycle.suspend_for_s / 86_400
        return refused("not_allowed", f"a review date within {days:g} days")
    if case.paused:
        return refused("wrong_state", "it is suspended already")
    return _ask(case, unit, "suspend", {"reason": code, "review": review}, action, setting)


def approve(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """The dispatcher grants what was asked for: its own wish only where it is the only one."""
    found = _asked(case, action)
    if isinstance(found, Refused):
        return found
    what, ask = found
    if ask["by"] == unit and dispatchers(case) != (unit,):
        return refused("own_work", "whoever asks does not approve")
    case.asks = {name: one for name, one in case.asks.items() if name != what}
    if what == "extend" and case.dispose is None:
        return refused("wrong_state", "the case has no limit any more")
    if what == "suspend" and ask["review"] <= setting.now:
        return refused("too_late", "its review date is over")
    return _grant(case, unit, what, ask, setting)


def reject(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """The dispatcher does not grant it."""
    found = _asked(case, action)
    if isinstance(found, Refused):
        return found
    what, _ = found
    case.asks = {name: one for name, one in case.asks.items() if name != what}
    return Acted(case, "rejected", f"{unit} rejects: {what}", workers(case, unit))


def resume(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """The clock runs on."""
    if not case.paused:
        return refused("wrong_state", "it is not suspended")
    end_pause(case, setting.now)
    return Acted(case, "resumed", f"{unit} resumes the case", workers(case, case.dispatcher))


def _ask(
    case: Case, unit: str, what: str, ask: Body, action: Body, setting: Setting
) -> Acted | Refused:
    if what in case.asks:
        return refused("wrong_state", f"{what} was asked for already")
    ask = {**ask, "by": unit, "at": setting.now}
    if dispatches(case, unit) and unit != case.unit:
        return _grant(case, unit, what, ask, setting)
    case.asks = {**case.asks, what: ask}
    text = f"{unit} asks to {what}: {ask.get('longer') or ask.get('reason')}"
    return Acted(case, f"{what}_asked", text, workers(case, case.dispatcher))


def _asked(case: Case, action: Body) -> tuple[str, Body] | Refused:
    what = action.get("request")
    if what is None and len(case.asks) == 1:
        what = next(iter(case.asks))
    if what is None or what not in case.asks:
        return refused("no_request", what or "name it in request" if case.asks else "")
    return what, case.asks[what]


def _grant(case: Case, unit: str, what: str, ask: Body, setting: Setting) -> Acted:
    if what == "extend":
        assert case.dispose is not None
        case.dispose = case.dispose._replace(longer=(*case.dispose.longer, ask["longer"]))
        text = f"{unit} grants {ask['longer']} more"
        return Acted(case, "extended", text, workers(case, unit))
    case.pauses = [*case.pauses, (setting.now, None)]
    case.review = ask["review"]
    text = f"{unit} suspends the case: {ask['reason']}"
    return Acted(case, "suspended", text, workers(case, unit))
