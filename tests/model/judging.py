"""A small pure judge: reports open a case or join it, closing ends it, timers press for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from incidents.overlay import Overlay
from incidents.state import MemoryState, Version, Write
from model.log import Record

PATIENCE = (10, 25)
"""Seconds from opening to the first step, and from there to the second."""
TIMERS_A_UNIT = 3
TIMER = "residents"
"""The kind of its timers: one of those that the state takes for timers."""


class Event(NamedTuple):
    """An input record. ``what``: report, close, or poison, which no judge can decide."""

    number: int
    case: str
    what: str
    received_at: int


class Out(NamedTuple):
    """An output. ``source``: its event's number, None for a timer's. ``sets``/``ends``: timers."""

    id: str
    outcome: str
    source: int | None
    incident: str
    seq: int
    now: float
    sets: tuple[tuple[str, float], ...] = ()
    ends: tuple[str, ...] = ()


class Unit(NamedTuple):
    """A unit of work: what it says, what it changes, and the version it makes of ``base``."""

    base: int
    version: Version
    writes: list[Write]
    outputs: list[Out]

    @property
    def fired(self) -> set[str]:
        """The timers it fired."""
        return {out.id for out in self.outputs if out.outcome == "step"}


class _Desk:
    def __init__(self, state: MemoryState, tick: float) -> None:
        self.overlay = Overlay(state)
        self.opened = state.version.opened
        self.now = max(state.version.now, tick)
        self.outputs: list[Out] = []

    def decide(self, event: Event, offset: int) -> None:
        self.now = max(self.now, event.received_at)
        case = self._case(event.case)
        if event.what == "poison":
            self._say(f"desk:{offset}", "dead", event.number)
        elif event.what == "report" and case is None:
            self.opened += 1
            incident = f"n{self.opened}"
            self._put(event.case, {"incident": incident, "seq": 1, "step": 1})
            sets = self._set_timer(incident, 1, event.case)
            self._say(f"{incident}:1", "routed", event.number, incident, 1, sets=sets)
        elif case is None:
            self._say(f"desk:{offset}", "quarantined", event.number)
        else:
            self._join(event, case)

    def _join(self, event: Event, case: dict[str, Any]) -> None:
        incident, seq = case["incident"], case["seq"] + 1
        ends: tuple[str, ...] = ()
        if event.what == "close":
            self.overlay.remove("case", event.case)
            timer = f"{incident}:step:{case['step']}"
            if self.overlay.get(TIMER, timer) is not None:
                self.overlay.remove(TIMER, timer)
                ends = (timer,)
        else:
            self._put(event.case, {**case, "seq": seq})
        self._say(f"{incident}:{seq}", "merged", event.number, incident, seq, ends=ends)

    def fire(self, timer: str) -> None:
        incident, _, step = timer.split(":")
        name = orjson.loads(self.overlay.get(TIMER, timer) or b"")["case"]
        case = self._case(name)
        self.overlay.remove(TIMER, timer)
        if case is None:  # state was lost: said aloud, so that the check hears of it
            self._say(timer, "step", None, incident)
            return
        after = {**case, "seq": case["seq"] + 1, "step": int(step) + 1}
        self._put(name, after)
        more = int(step) < len(PATIENCE)
        sets = self._set_timer(incident, int(step) + 1, name) if more else ()
        self._say(timer, "step", None, incident, after["seq"], sets=sets)

    def _set_timer(self, incident: str, step: int, case: str) -> tuple[tuple[str, float], ...]:
        timer, due = f"{incident}:step:{step}", self.now + PATIENCE[step - 1]
        self.overlay.put(TIMER, timer, orjson.dumps({"case": case, "due": due}), due)
        return ((timer, due),)

    def _case(self, name: str) -> dict[str, Any] | None:
        found = self.overlay.get("case", name)
        return orjson.loads(found) if found is not None else None

    def _put(self, name: str, case: dict[str, Any]) -> None:
        self.overlay.put("case", name, orjson.dumps(case))

    def _say(
        self,
        id: str,
        outcome: str,
        source: int | None,
        incident: str = "",
        seq: int = 0,
        sets: tuple[tuple[str, float], ...] = (),
        ends: tuple[str, ...] = (),
    ) -> None:
        self.outputs.append(Out(id, outcome, source, incident, seq, self.now, sets, ends))


def judge(state: MemoryState, records: Sequence[Record], tick: float) -> Unit | None:
    """The unit that these records and the timers due make; None when there is nothing to do."""
    before, desk = state.version, _Desk(state, tick)
    for record in records:
        desk.decide(record.value, record.offset)
    for _, kind, timer in state.timers(desk.now, TIMERS_A_UNIT):
        if not desk.overlay.changed(kind, timer):
            desk.fire(timer)
    if not desk.outputs:
        return None
    outcomes = [out.outcome for out in desk.outputs]
    version = replace(
        before,
        number=before.number + 1,
        cursor=records[-1].offset + 1 if records else before.cursor,
        now=desk.now,
        opened=desk.opened,
        routed=before.routed + outcomes.count("routed"),
        merged=before.merged + outcomes.count("merged"),
        quarantined=before.quarantined + outcomes.count("quarantined"),
        dead=before.dead + outcomes.count("dead"),
    )
    return Unit(before.number, version, desk.overlay.writes, desk.outputs)
