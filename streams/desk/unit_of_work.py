"""One unit of work of stage B in the making: what lies on a shard's desk, one after the other.

The clock moves on, and what has fallen due is done. An event: screen with memory → what the device
said before → who else speaks of the same → assess for good → join a case, or route and open one. An
action: apply or refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from incidents.acting.roles import everybody
from incidents.case import KIND, Case
from incidents.clearing import clear
from incidents.elsewhere import HAND_OVER
from incidents.overlay import Overlay
from incidents.state import State
from messages.cloudevents import rfc3339_text
from messages.model import Body
from rules import assess
from rules.screen import DeskFacts, Finding
from streams.city import City
from streams.desk import bodies
from streams.desk.actions import DeskActions
from streams.desk.cases import DeskCases
from streams.desk.decided import Decisions, DeskBatch
from streams.desk.hand_over import DeskHandOver
from streams.desk.memory import DeskMemory, Said, where
from streams.desk.opening import DeskOpening, take_in
from streams.desk.warning_actions import DeskWarningActions
from streams.desk.warnings import DeskWarnings, Sender
from streams.letters import screen_reason

_TURNS: Final = 64
"""A record that falls due at one moment so many times does not move on: more than a policy has
steps."""
_IGNORED: Final = frozenset({"nothing", "late", "outranked"})


class UnitOfWork:
    """Decides what lies on the desk against a shard's state; keeps what it writes to itself."""

    def __init__(self, state: State, batch: DeskBatch, now: float) -> None:
        self.force = batch.force
        self.shard = batch.shard
        self.state = state
        self.overlay = Overlay(state)
        self.memory = DeskMemory(self.overlay)
        self.result = Decisions(
            base=0, version=state.version, shard=batch.shard, hot=self.memory.hot
        )
        self.cases = DeskCases(self.overlay, self.result, batch.force)
        sender = Sender(batch.ns, batch.shard)
        self.warnings = DeskWarnings(sender, self.overlay, self.cases, self.result, batch.force)
        self.opening = DeskOpening(
            self.shard, self.overlay, self.cases, self.warnings, self.result, state.version.opened
        )
        self.handed = DeskHandOver(self.shard, self.overlay, self.opening)
        self.actions = DeskActions(self.cases, self.memory, self.result)
        self.warning_actions = DeskWarningActions(
            self.overlay, self.warnings, self.memory, self.result
        )
        self._set_clock(now)

    def _set_clock(self, now: float) -> None:
        self.now = now
        self.stamp = rfc3339_text(now)

    @property
    def opened(self) -> int:
        """How many cases the shard has ever opened."""
        return self.opening.opened

    def count(self, outcome: str) -> int:
        """How many events and actions have ended so."""
        ended = (*self.result.decisions, *self.result.actions)
        return sum(one["outcome"] == outcome for one in ended)

    def take(self, body: Any, offset: int) -> None:
        """One record of the desk. One on which anything raises is buried alone, and changes nothing
        else."""
        arrived = self._arrival(body)
        if arrived > self.now:
            self._set_clock(arrived)
            self._fire_due()
        self._guarded(partial(self._judge, body), partial(self.bury, body, offset))

    def _fire_due(self) -> None:
        """Do what has fallen due by now, in the order of its time. A record on which that raises,
        or that is due again and again, is left without a timer: it must not keep the others from
        theirs."""
        before, turns = None, 0
        while timer := self.overlay.next_timer(self.now):
            _, kind, key = timer
            turns = turns + 1 if timer == before else 0
            before = timer
            if turns < _TURNS:
                self._guarded(partial(self._fire, kind, key), partial(self._disarm, kind, key))
            else:
                self._disarm(kind, key, RuntimeError(f"due at the same time {_TURNS} times"))

    def _fire(self, kind: str, key: str) -> None:
        if kind == KIND:
            self.result.fired += self.cases.fire(key, self.now, self.stamp)
        else:
            self.warnings.fire(kind, key, self.now)

    def _disarm(self, kind: str, key: str, error: Exception) -> None:
        if kind == KIND:
            self.cases.disarm(key)
        else:
            self.warnings.disarm(kind, key)
        self.result.stuck.append((key, f"{type(error).__name__}: {error}"))

    def _guarded(self, step: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """Take the step, or nothing of it and ``failed``."""
        kept, opened = self.result.kept(), self.opening.opened
        self.overlay.keep()
        try:
            step()
        except Exception as error:  # a poison event must not take its shard with it
            self.overlay.take_back()
            self.result.cut(kept)
            self.opening.opened = opened
            failed(error)

    def _arrival(self, body: Any) -> float:
        """When the record arrived, epoch seconds; what is none does not move the clock."""
        try:
            return datetime.fromisoformat(body["received_at"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return self.now

    def _judge(self, body: Body) -> None:
        kind = body["kind"]
        if kind == "tick":
            return
        if kind == HAND_OVER:
            self.handed.take(body, self.now, self.stamp)
            return
        city = self.force.city_of(body["pack"])
        if kind == "action":
            apart = self.actions.judge(body, city, self.now, self.stamp)
            if apart is not None:
                self.opening.apart(*apart, city, self.now, self.stamp)
            return
        if kind == "warning":
            self.warning_actions.judge(body, city, self.now, self.stamp)
            return
        # What is found out is written into a copy: the batch is the caller's.
        self._event({"score": 0.0, **body, "consulted": {**body["consulted"]}}, city)

    def _event(self, body: Body, city: City) -> None:
        seen = self.memory.seen(body, self.now)
        if seen is not None and where(body) in seen["origins"]:
            # The very same record again, because stage A repeated its unit after a crash: it has
            # its outcome already.
            return
        marks = self._screen(body, seen, city)
        if marks is None:
            return
        is_report = body["kind"] == "report"
        said = None if is_report else self.memory.said(body, city, self.now, self.cases.is_open)
        if said is not None and self._said_before(body, said, marks, city):
            return
        self._assess_for_good(body, city)
        reasons = [*body["reasons"], *marks]
        incident_id = self.opening.decide(body, reasons, city, self.now, self.stamp)
        self.memory.remember(body, self._window(city), incident_id, seen)
        if said is not None:
            self.memory.keep_device(said, said.known(self._window(city), incident_id))

    def _window(self, city: City) -> float:
        """Until when what happens now is remembered, epoch seconds."""
        return self.now + city.screen.repeat_window_s

    # Screen --------------------------------------------------------------------------------

    def _screen(self, body: Body, seen: Body | None, city: City) -> list[Body] | None:
        """What the filters with memory mark, as reasons; None when one of them puts it aside."""
        screen, consulted = city.screen, body["consulted"]
        released = bool(body.get("released_from"))
        facts = DeskFacts.of(body)
        passed = screen.passed_by(consulted.get("marks", ()))
        marks: list[Finding] = []
        if seen is not None:
            consulted["repeat_of"] = seen["incident"] or None
            repeat = screen.repeat_of(facts, consulted["repeat_of"], passed)
            if released:
                # What an officer released is held back by one thing: that it was released before.
                repeat = Finding("repeat", f"released before; incident {seen['incident']}")
            if repeat is not None and repeat.effect == "quarantine":
                self._put_aside(body, repeat, marks)
                return None
            marks += [repeat] if repeat is not None else []
        findings = () if released else self.memory.findings(facts, passed, city, self.now)
        for finding in findings:
            if finding.effect == "quarantine":
                self._put_aside(body, finding, marks)
                self.memory.remember(body, self._window(city))
                return None
            marks.append(finding)
        if marks:
            known = consulted.get("marks", ())
            consulted["marks"] = (*known, *(mark.code for mark in marks))
        return [screen_reason(mark) for mark in marks]

    def _put_aside(self, body: Body, why: Finding, marks: Sequence[Finding]) -> None:
        reasons = [*body["reasons"], *(screen_reason(found) for found in (*marks, why))]
        self.result.decisions.append(bodies.decision(body, "quarantined", reasons, self.stamp))
        self.result.quarantined.append(bodies.quarantined(body, reasons))

    # Devices -------------------------------------------------------------------------------

    def _said_before(self, body: Body, said: Said, marks: list[Body], city: City) -> bool:
        """Whether what a device says belongs to what it has said before, and is done with."""
        consulted, before = body["consulted"], said.before
        consulted["state"] = said.state
        consulted["state_before"] = before.state if before is not None else None
        if said.change == "new":
            return False
        text = _wording(body["event"]["device_id"], said)
        marks.append({"step": "desk", "code": said.change, "text": text})
        if said.change == "again":
            return False
        outcome = "ignored" if said.change in _IGNORED else "merged"
        reasons = [*body["reasons"], *marks]
        decision = bodies.decision(body, outcome, reasons, self.stamp)
        cases: list[Case] = []
        if before is not None and outcome == "merged":
            decision["incident_id"] = before.incident
            if said.change == "cleared":
                cases = self._cases(dict.fromkeys(before.opened.values()))
            elif said.change != "same":
                cases = self._cases([before.incident])
        incident_id = before.incident if before is not None and outcome == "merged" else ""
        self.memory.remember(body, self._window(city), incident_id)
        if said.change == "cleared":
            self.memory.forget_device(said.key)
        elif outcome == "merged":
            self.memory.keep_device(said, said.known(self._window(city)))
            self.memory.witness(body, city, self.now)
        self.result.decisions.append(decision)
        for case in cases:
            self._told(body, said, case.copy(), reasons, city)
        return True

    def _cases(self, ids: Iterable[str]) -> list[Case]:
        """Those of the incidents that are still there."""
        found = (self.cases.get(incident_id) for incident_id in ids)
        return [case for case in found if case is not None]

    def _told(self, body: Body, said: Said, case: Case, reasons: list[Body], city: City) -> None:
        """The case after one more event of a device of its own, and who hears of it."""
        take_in(case, body, self.now)
        text = bodies.texts(reasons)
        change: str = said.change
        if change == "cleared":
            effect = city.on_clear.get(body["event"]["sensor"], "tell")
            change, more = clear(case, effect, self.now)
            text = f"{text}; {more}" if more else text
        case.mark(change, self.now, self.stamp)
        self.cases.changed(case, change, text, everybody(case), self.now, event=body["event"])

    # Assess --------------------------------------------------------------------------------

    def _assess_for_good(self, body: Body, city: City) -> None:
        """Add what memory and the clock know to what stage A said."""
        consulted = body["consulted"]
        local = city.calendar.at(self.now)
        consulted["minute"] = local.minute
        consulted["weekday"] = local.weekday
        consulted["working"] = local.working
        found = self.memory.witness(body, city, self.now)
        if found is None or not body["contributions"]:
            return
        consulted["reports"] = max(1, len(found.reports))
        consulted["corroborated"] = found.corroborated
        again = city.assessor.again(
            body["contributions"],
            assess.Event(
                body["category"],
                body["kind"],
                consulted.get("lane", ""),
                sensor=consulted.get("sensor"),
                state=consulted.get("state"),
                value=consulted.get("value"),
                layers=tuple(consulted.get("layers", ())),
                modes=tuple(consulted.get("modes", ())),
            ),
            corroborated=found.corroborated,
            reports=len(found.reports),
        )
        if again is not None:
            body["priority"], body["score"] = again.priority, again.score
            body["contributions"] = again.contributions
            body["reasons"] = [*body["reasons"], again.reason]

    # After the events ----------------------------------------------------------------------

    def expire(self, limit: int) -> None:
        """Forget what has left its window, at most ``limit`` records of it."""
        self.memory.expire(self.state, self.now, limit)

    def bury(self, body: Any, offset: int, error: Exception) -> None:
        """A record that cannot be judged becomes a dead letter, whole."""
        pack = self.force.city_at(self.now).version
        letter = bodies.dead(body, self.shard, offset, error, self.stamp, pack)
        self.result.dead.append(letter)


def _wording(device: str, said: Said) -> str:
    """What a device's event means after what it has said before, for a person."""
    if said.before is None:
        return f"{said.state}, and nothing of {device} is open"
    incident = said.before.incident
    match said.change:
        case "again":
            ended = said.before.case_of(said.state)
            return f"{device} says {said.state} again; its incident {ended} has ended"
        case "same":
            return f"{device} still says {said.state}; incident {incident}"
        case "late":
            return f"{device} was {said.state} before it was {said.before.state}: too late to count"
        case "outranked":
            return f"a reading of {device} does not end its own alarm; incident {incident}"
    return f"{device}: {said.before.state} → {said.state}; incident {incident}"
