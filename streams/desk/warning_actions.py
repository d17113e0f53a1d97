"""What units do to warnings, on the desk: applied, or refused on the actor's own queue."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Final

from incidents.overlay import Overlay
from incidents.warnings import residents
from incidents.warnings.course import cancel, sign
from incidents.warnings.refusals import REFUSALS
from incidents.warnings.residents import Residents, noticed, noticing, record_key
from incidents.warnings.watch import Named, Watch
from messages.decision import origin_text
from messages.errors import ActionError
from messages.model import SCHEMA_VERSION, Body
from messages.warning import Alert
from streams.city import City
from streams.control.clerk import territories
from streams.control.mandate import Mandate
from streams.desk.decided import Decisions
from streams.desk.memory import DeskMemory
from streams.desk.warning_notices import told
from streams.desk.warnings import DeskWarnings, above, teller_of

APPLIED: Final = "action.applied"


class DeskWarningActions:
    """Judges them in the order of the desk. What it cannot apply changes nothing."""

    def __init__(
        self, overlay: Overlay, warnings: DeskWarnings, memory: DeskMemory, result: Decisions
    ) -> None:
        self._overlay = overlay
        self._warnings = warnings
        self._memory = memory
        self._result = result

    def judge(self, body: Body, city: City, now: float, stamp: str) -> None:
        """Apply one action or refuse it. ``body``: as stage A has put it on the desk."""
        before = self._memory.action_before(body, now)
        if before == "same":
            return  # stage A has repeated its unit of work
        try:
            if before == "repeat":
                raise refused("repeat")
            text, became = self._act(body, city, now)
        except ActionError as error:
            self._result.actions.append(_outcome(body, error.code, error.message, None, stamp))
            self._result.refusals.append(_refusal(body, error.code, error.message, stamp))
            return
        self._result.actions.append(_outcome(body, APPLIED, text, became, stamp))

    def _act(self, body: Body, city: City, now: float) -> tuple[str, str | None]:
        """What was done, for a person, and the alert that it made."""
        action = body["action"]
        if action["action"] == "confirm":
            return self._confirm(body, city, now), None
        named = Named.by(action["alert_id"])
        one = self._warnings.watch(named.watched) if named is not None else None
        if one is None or one.course is None:
            raise refused("no_such_warning", action["alert_id"])
        latest = one.course.latest
        if latest.alert_id != action["alert_id"]:
            same = latest.warning_id == action["alert_id"].rpartition(".")[0]
            raise refused("warning_moved_on" if same else "no_such_warning", latest.alert_id)
        mandate = Mandate.of(city.pack, territories(city))
        officer = mandate.officer(action["actor"])
        if officer is None:
            raise refused("unknown_officer", action["actor"])
        if officer.office != body["unit"]:
            raise refused("not_your_office", f"{officer.officer} is of {officer.office}")
        match action["action"]:
            case "sign":
                return self._sign(one, body, mandate, city, now)
            case "withdraw":
                return self._withdraw(one, body, mandate, city, now), None
            case _:
                return self._cancel(one, body, mandate, city, now)

    # Sign, withdraw, cancel ----------------------------------------------------------------

    def _sign(
        self, one: Watch, body: Body, mandate: Mandate, city: City, now: float
    ) -> tuple[str, str]:
        assert one.course is not None
        if one.withdrawn:
            raise refused("warning_withdrawn")
        action, at = body["action"], datetime.fromtimestamp(now, UTC)
        one.course = sign(one.course, action["actor"], at, mandate, action.get("level"))
        one.remind_at = None
        alert = one.course.latest
        self._keep(one, city)
        self._issue(alert, one, city, now)
        return f"{alert.alert_id} is in force: level {alert.level}, {alert.colour}", alert.alert_id

    def _withdraw(self, one: Watch, body: Body, mandate: Mandate, city: City, now: float) -> str:
        assert one.course is not None
        alert, action = one.course.latest, body["action"]
        if alert.signed:
            raise refused("warning_signed", "cancel it")
        if one.withdrawn:
            raise refused("warning_withdrawn")
        error = mandate.may_not_warn(action["actor"], alert.units)
        if error is not None:
            raise error
        one.withdrawn, one.remind_at = True, None
        self._keep(one, city)
        teller, heard = teller_of(city, now), above(one.area, city)
        note = action.get("note", "")
        self._result.notices.append(teller.withdrawn(alert, heard, action["actor"], note))
        return f"the draft {alert.alert_id} is withdrawn"

    def _cancel(
        self, one: Watch, body: Body, mandate: Mandate, city: City, now: float
    ) -> tuple[str, str]:
        assert one.course is not None
        at = datetime.fromtimestamp(now, UTC)
        drafted = cancel(one.course, at)
        if drafted is None:
            raise refused("nothing_stands")
        signed = sign(drafted, body["action"]["actor"], at, mandate)
        alert = signed.latest
        one.end()
        self._keep(one, city)
        self._issue(alert, one, city, now)
        return f"{alert.warning_id} is over", alert.alert_id

    def _keep(self, one: Watch, city: City) -> None:
        self._warnings.keep(one, city.warnings.named.get(one.key.partition(".")[0]))

    # Tell ----------------------------------------------------------------------------------

    def _issue(self, alert: Alert, one: Watch, city: City, now: float) -> None:
        """Publish a signed alert, tell the units of its area, and draft what residents hear."""
        self._warnings.publish(alert)
        teller = teller_of(city, now)
        grids = grids_in(one.area, city, now)
        for unit in above(one.area, city):
            if unit.partition(":")[2] not in grids:
                self._result.notices.append(teller.issued(alert, unit, 0, residents="none"))
        for street, (district, codes) in grids.items():
            state = self._draft_for_residents(alert, street, district, codes, city, now)
            unit = f"street:{street}"
            told_staff = teller.issued(alert, unit, len(codes), residents=state)
            self._result.notices.append(told_staff)

    def _draft_for_residents(
        self,
        alert: Alert,
        street: str,
        district: str | None,
        grids: list[str],
        city: City,
        now: float,
    ) -> str:
        rules = city.warnings
        if not rules.residents_a_day:
            return "none"
        times = noticed(self._overlay.get(residents.NOTICED, street), now)
        # That it is over is always told.
        if alert.msg_type != "Cancel" and len(times) >= rules.residents_a_day:
            return "enough"
        confirm_by = now + rules.confirm_within_s
        until = max(confirm_by + rules.confirm_within_s, now + 86_400)
        group = Residents(
            alert.alert_id, street, district, list(grids), confirm_by, until, told(alert)
        )
        key = record_key(alert.alert_id, street)
        self._overlay.put(residents.KIND, key, group.to_json(), group.due)
        record, due = noticing([*times, now])
        self._overlay.put(residents.NOTICED, street, record, due)
        teller = teller_of(city, now)
        for grid in grids:
            told_there = teller.residents(alert, f"street:{street}", grid, confirm_by)
            self._result.notices.append(told_there)
        return "told"

    def _confirm(self, body: Body, city: City, now: float) -> str:
        action, unit = body["action"], body["unit"]
        grid = action.get("grid")
        if not grid:
            raise refused("missing", "grid")
        found = city.ground_at(now, now).territories.get(("grid", grid))
        street = found.place.get("street") if found is not None else None
        key = record_key(action["alert_id"], street or "")
        record = self._overlay.get(residents.KIND, key)
        if record is None:
            raise refused("no_such_draft", grid)
        group = Residents.from_json(record)
        if unit not in (f"street:{street}", f"district:{group.district}", "city"):
            raise refused("not_yours", grid)
        if grid in group.confirmed:
            raise refused("confirmed_before", grid)
        if grid not in group.waiting:
            raise refused("no_such_draft", grid)
        group.confirm(grid, now)
        self._overlay.put(residents.KIND, key, group.to_json(), group.due)
        teller = teller_of(city, now)
        done = teller.confirmed(group.alert_id, unit, f"street:{street}", grid, group.notice)
        self._result.notices.append(done)
        return f"the residents of {grid} have been told"


def refused(code: str, more: str = "") -> ActionError:
    """A refusal of :data:`REFUSALS` as an error; ``more``: what it is about in this case."""
    return ActionError(code, f"{REFUSALS[code]}{': ' if more else ''}{more}")


def grids_in(area: str, city: City, now: float) -> dict[str, tuple[str | None, list[str]]]:
    """The grids of a territory: street → its district, and their codes in order."""
    level, _, code = area.partition(":")
    found: dict[str, tuple[str | None, list[str]]] = defaultdict(lambda: (None, []))
    for (kind, grid), located in city.ground_at(now, now).territories.items():
        place = located.place
        street = place.get("street")
        if kind == "grid" and street is not None and place.get(level) == code:
            codes = found[street][1]
            codes.append(grid)
            found[street] = place.get("district"), codes
    return {street: (district, sorted(grids)) for street, (district, grids) in found.items()}


def _outcome(body: Body, code: str, text: str, became: str | None, decided_at: str) -> Body:
    action = body["action"]
    done: Body = {
        "schema_version": SCHEMA_VERSION,
        "kind": "warning",
        "action_id": action["action_id"],
        "alert_id": action["alert_id"],
        "action": action["action"],
        "unit": body["unit"],
        "actor": action["actor"],
        "origin": body["origin"],
        "outcome": "applied" if code == APPLIED else "refused",
        "code": code,
        "text": text,
        "received_at": body["received_at"],
        "decided_at": decided_at,
        "pack": body["pack"],
    }
    return done | ({"became": became} if became is not None else {})


def _refusal(body: Body, code: str, text: str, at: str) -> Body:
    action = body["action"]
    return {
        "schema_version": SCHEMA_VERSION,
        "refusal_id": origin_text(body["origin"]),
        "unit": body["unit"],
        "alert_id": action["alert_id"],
        "action_id": action["action_id"],
        "action": action["action"],
        "code": code,
        "reason": text,
        "refused_at": at,
    }
