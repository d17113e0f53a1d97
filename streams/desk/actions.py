"""What units do to cases, on the desk: applied, or refused on the actor's own queue."""

from __future__ import annotations

from incidents.acting import Refused, Setting, act
from incidents.acting.outcome import refused
from incidents.case import Case
from messages.model import Body
from streams.city import City
from streams.desk import case_entries
from streams.desk.cases import DeskCases
from streams.desk.decided import Decisions
from streams.desk.memory import DeskMemory


class DeskActions:
    """Judges actions in the order of the desk. What it cannot apply changes nothing."""

    def __init__(self, cases: DeskCases, memory: DeskMemory, result: Decisions) -> None:
        self._cases = cases
        self._memory = memory
        self._result = result

    def judge(self, body: Body, city: City, now: float, stamp: str) -> tuple[Case, str] | None:
        """Apply one action or refuse it. The case and the event that unmerge takes out of it.

        ``body``: as stage A has put it on the desk.
        """
        unit, action = body["unit"], body["action"]
        before = self._memory.action_before(body, now)
        if before == "same":
            return None  # stage A has repeated its unit of work
        if before == "repeat":
            # Not how the case stands: whoever repeats an action may have nothing to do with it.
            self._refuse(body, refused("repeat"), None, stamp)
            return None
        case = self._cases.get(action["incident_id"])
        if case is None:
            self._refuse(body, refused("no_such_case", action["incident_id"]), None, stamp)
            return None
        setting = Setting(now, city.lifecycle, city.unit_codes)
        acted = act(case, unit, action, setting)
        if isinstance(acted, Refused):
            self._refuse(body, acted, case, stamp)
            return None
        after = acted.case
        after.mark(acted.change, now, stamp, unit, action.get("reason_code") or "")
        reason = f"{acted.text}: {action['note']}" if action.get("note") else acted.text
        told = dict(acted.told)
        told.setdefault(unit, "dispatcher")
        self._cases.changed(after, acted.change, reason, told, now, by=unit)
        done = case_entries.outcome(body, "applied", acted.text, after.seq, stamp)
        self._result.actions.append(done)
        return (case, acted.apart) if acted.apart is not None else None

    def _refuse(self, body: Body, why: Refused, case: Case | None, stamp: str) -> None:
        # Whoever has nothing to do with a case is not told how it stands.
        status = case.status if case is not None and why.code != "not_yours" else None
        done = case_entries.outcome(body, why.code, why.text, None, stamp)
        self._result.actions.append(done)
        letter = case_entries.refusal(body, why.code, why.text, status, stamp)
        self._result.refusals.append(letter)
