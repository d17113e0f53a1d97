"""One action on one case: the table of who may do what when, and the call that obeys it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from incidents.acting import dispatching, ending, requests, working
from incidents.acting.outcome import Acted, Refused, Setting, refused
from incidents.acting.roles import dispatches, owns, supervisors, works_on
from incidents.case import ENDED, OPEN, Case
from messages.action import ACTIONS
from messages.model import Body

Step: TypeAlias = Callable[[Case, str, Body, Setting], Acted | Refused]
May: TypeAlias = Callable[[Case, str], bool]


class Rule(NamedTuple):
    """``states``: in which it may be done; ``may``: by whom; ``refusal``: the code for others."""

    states: frozenset[str]
    may: May
    step: Step
    refusal: str = "not_yours"


def _above(case: Case, unit: str) -> bool:
    return unit in supervisors(case)


def _owner_or_above(case: Case, unit: str) -> bool:
    return owns(case, unit) or unit in supervisors(case)


def _owner(case: Case, unit: str) -> bool:
    return unit == case.unit


def _of(*states: str) -> frozenset[str]:
    return frozenset(states)


_HELD: Final = _of("dispatched", "accepted", "in_progress")
_AT_WORK: Final = _of("accepted", "in_progress")
_DONE: Final = _of("resolved", "checked", "closed")

RULES: Final[dict[str, Rule]] = {
    "confirm": Rule(_of("filed"), _owner_or_above, dispatching.confirm),
    "assign": Rule(OPEN, dispatches, dispatching.assign, "not_dispatcher"),
    "assist": Rule(OPEN, _owner_or_above, dispatching.assist),
    "accept": Rule(_of("filed", "confirmed", "dispatched"), owns, working.accept),
    "progress": Rule(_AT_WORK, works_on, working.progress),
    "return": Rule(_HELD, _owner, dispatching.give_back),
    "transfer": Rule(OPEN, dispatches, dispatching.transfer, "not_dispatcher"),
    "extend": Rule(_HELD, _owner_or_above, requests.extend),
    "suspend": Rule(_HELD, _owner_or_above, requests.suspend),
    "approve": Rule(_HELD, dispatches, requests.approve, "not_dispatcher"),
    "reject": Rule(_HELD, dispatches, requests.reject, "not_dispatcher"),
    "resume": Rule(OPEN, _owner_or_above, requests.resume),
    "urge": Rule(OPEN, _owner_or_above, working.urge),
    "supervise": Rule(OPEN, _above, working.supervise, "not_dispatcher"),
    "acknowledge": Rule(OPEN, owns, working.acknowledge),
    "resolve": Rule(_AT_WORK, owns, working.resolve),
    "check": Rule(_of("resolved"), _owner_or_above, ending.check),
    "close": Rule(_of("resolved", "checked"), _above, ending.close, "not_dispatcher"),
    "void": Rule(OPEN, dispatches, ending.void, "not_dispatcher"),
    "reopen": Rule(_DONE, _above, ending.reopen, "not_dispatcher"),
    "feedback": Rule(_DONE, _owner_or_above, ending.feedback),
    "unmerge": Rule(OPEN, _owner_or_above, ending.unmerge),
}
"""By action. What is not in a rule's states is refused as ``wrong_state``."""

assert RULES.keys() == set(ACTIONS)


def act(case: Case, unit: str, action: Body, setting: Setting) -> Acted | Refused:
    """What comes of an action that a unit posts. ``case`` is not changed.

    ``action``: a body of :class:`messages.action.Action`. Of a unit that has nothing to do with the
    case nothing is told of its state.
    """
    rule = RULES[action["action"]]
    if not rule.may(case, unit):
        known = works_on(case, unit) or unit in supervisors(case) or unit in case.told
        if known and case.arbiter and rule.may is dispatches:
            return refused("final", f"{case.arbiter} has the last word")
        return refused(rule.refusal if known else "not_yours")
    if case.status not in rule.states:
        what = "has ended" if case.status in ENDED else f"is {case.status}"
        return refused(
            "wrong_state",
            f"the case {what}; {action['action']} needs it to be "
            f"{' or '.join(sorted(rule.states))}",
        )
    return rule.step(case.copy(), unit, action, setting)
