"""Thousands of reports, actions, jumps of the clock and restarts on one shard's desk, by chance.

Whatever comes, no state is illegal, no timer is lost or fires twice, and the ledger balances.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from math import inf

import orjson
import pytest
from desk_at_hand import Desk, records, said, unsigned
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from incidents.case import ENDED, OPEN, Case
from messages.action import ACTIONS
from messages.action_outcome import ActionOutcome
from messages.decision import Decision
from messages.incident import Incident, IncidentStatus, QueueEntry, Refusal
from rules.escalate import Limit, Policy, moment_after, step_due

PUBLISHED = {
    "incidents": Incident,
    "entries": QueueEntry,
    "refusals": Refusal,
    "actions": ActionOutcome,
    "decisions": Decision,
}
LEDGER = ("routed", "merged", "quarantined", "dead", "ignored", "applied", "refused")
TEXTS = (
    "路口井盖破损",
    "下穿通道积水严重",
    "道路积水 有人被困",
    "路面塌陷",
    "路灯不亮",
    "居民楼冒烟起火 有人被困",
    "流动摊贩占道",
    "天气不错",
)
SPOTS = (
    {"lon": 118.79, "lat": 32.06, "datum": "wgs84"},
    {"lon": 118.7901, "lat": 32.06, "datum": "wgs84"},  # 9 m from the first
    {"lon": 118.7908, "lat": 32.0604, "datum": "wgs84"},  # 88 m
    {"lon": 118.81, "lat": 32.04, "datum": "wgs84"},  # kilometres
    None,
)
JUMPS_S = (1.0, 60.0, 900.0, 1800.0, 2 * 3600.0, 5 * 3600.0, 86_400.0, 4 * 86_400.0, 40 * 86_400.0)

BY_OWNER = {"accept", "progress", "resolve", "return", "suspend", "extend", "resume", "assist"}
HELD = ("return", "suspend", "extend", "approve", "resume", "unmerge", "assign", "supervise")
NEXT = {
    "filed": ("confirm", "assign", "accept"),
    "confirmed": ("assign", "accept"),
    "dispatched": ("accept", "accept", "accept", "return", "void", *HELD),
    "accepted": ("resolve", "resolve", "resolve", "progress", *HELD),
    "in_progress": ("resolve", "resolve", *HELD),
    "returned": ("assign", "assign", "transfer", "void"),
    "resolved": ("check", "check", "close", "reopen", "feedback"),
    "checked": ("close", "close", "reopen"),
    "closed": ("reopen", "reopen", "feedback"),
    "void": (),
}


class DeskMachine(RuleBasedStateMachine):
    """One shard through its life. The checks know of it only what is published and recorded."""

    def __init__(self, city):
        super().__init__()
        self.city, self.desk = city, Desk(city)
        self.seqs, self.steps = Counter(), Counter()
        self.entry_ids = defaultdict(set)
        self.fired = set()
        self.judged = 0
        self.ticked = False
        self.cases = {}

    @initialize(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
    def begin(self, sizes):
        self.sizes = sizes

    # What happens ------------------------------------------------------------------------------

    @rule(
        text=st.sampled_from(TEXTS), spot=st.sampled_from(SPOTS), later=st.sampled_from(JUMPS_S[:4])
    )
    def report(self, text, spot, later):
        self.desk.now += later
        before = len(self.desk.log)
        unit = self.desk.report(text, spot)
        self.look(unit, len(self.desk.log) - before)

    @precondition(lambda self: self.seqs)
    @rule(data=st.data(), later=st.sampled_from((0.0, *JUMPS_S[:4])))
    def act(self, data, later):
        case = self.cases.get(name := data.draw(st.sampled_from(sorted(self.seqs)), label="case"))
        units = {"city", "dept:water", "district:320102"}
        if case is not None:
            units |= {case.unit, case.dispatcher, *case.co_owners, *case.assists, *case.told}
        unit = data.draw(st.sampled_from(sorted(units)), label="unit")
        self.desk.now += later
        action = data.draw(st.sampled_from(ACTIONS), label="action")
        self.post(unit, name, action, data.draw(self.fields(action, case), label="fields"))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), later=st.sampled_from((0.0, *JUMPS_S[:5])), posts=st.integers(1, 4))
    def act_well(self, data, later, posts):
        """What comes next on one of the latest cases, by whoever may do it: cases come far by it,
        and come back."""
        name = data.draw(st.sampled_from(sorted(self.cases)[-3:]), label="case")
        for _ in range(posts):
            case = self.cases.get(name)
            if case is None or not NEXT[case.status]:
                return
            self.desk.now += later
            action = data.draw(st.sampled_from(NEXT[case.status]), label="action")
            unit = case.unit if action in BY_OWNER else case.arbiter or case.dispatcher
            if unit in (case.resolved_by, *(ask["by"] for ask in case.asks.values())):
                unit = "city" if action in ("check", "approve") else unit
            self.post(unit, name, action, data.draw(self.fields(action, case), label="fields"))

    def fields(self, action, case):
        to = ["city", "district:320102", "district:320106", "dept:water", "street:none"]
        if case is not None and case.place.get("street"):
            to.append(f"street:{case.place['street']}")
        until = datetime.fromtimestamp(self.desk.now, UTC) + timedelta(days=3)
        events = [one.event_id for one in case.events] if case is not None else ["r-0"]
        codes = st.sampled_from(["weather", "materials"])
        needs = {
            "assign": {"to_unit": st.sampled_from(to)},
            "assist": {"to_unit": st.sampled_from(to)},
            "transfer": {"to_unit": st.sampled_from(to)},
            "return": {"reason_code": codes},
            "void": {"reason_code": codes},
            "reopen": {"reason_code": codes},
            "suspend": {"reason_code": codes, "until": st.just(until.isoformat())},
            "extend": {"longer": st.sampled_from(["30 min", "1 d", "2 working h", "1 working d"])},
            "check": {"passed": st.booleans()},
            "feedback": {"satisfaction": st.integers(1, 5)},
            "unmerge": {"event_id": st.sampled_from(events)},
        }
        return st.fixed_dictionaries(needs.get(action, {}))

    def post(self, unit, name, action, fields):
        self.look(self.desk.act(unit, name, action, **fields), 1)

    @rule(later=st.sampled_from(JUMPS_S))
    def tick(self, later):
        self.look(self.desk.tick(later), 0)
        self.ticked = True

    @precondition(lambda self: self.cases)
    @rule()
    def tick_when_the_next_is_due(self):
        """To the moment, as the desk's owner does."""
        due = min((one.due for one in self.cases.values() if one.due is not None), default=None)
        if due is not None:
            self.look(self.desk.tick(max(0.0, due - self.desk.now)), 0)
            self.ticked = True

    @rule()
    def restart(self):
        before, version = records(self.desk.state), self.desk.state.version
        self.desk.restart(f"owner-{len(self.desk.log)}")
        assert records(self.desk.state) == before
        assert self.desk.state.version == version

    # What must hold ----------------------------------------------------------------------------

    def look(self, unit, judged):
        """At what one record has come to."""
        self.judged += judged
        self.ticked = False
        for name, model in PUBLISHED.items():
            for body in getattr(unit, name):
                model.model_validate_json(orjson.dumps(body))
        assert unit.dead == []
        for body in unit.incidents:
            name = body["incident_id"]
            assert body["seq"] == self.seqs[name] + 1
            self.seqs[name] = body["seq"]
            self.look_at_public(body)
        self.look_at_entries(unit)
        before = self.cases
        self.cases = {
            key: Case.from_json(value)
            for (kind, key), (value, _) in records(self.desk.state).items()
            if kind == "incident"
        }
        for name, case in self.cases.items():
            self.look_at_fired(before.get(name), case)

    def look_at_public(self, body):
        assert body["status"] in IncidentStatus.__args__
        assert body["unit"] in self.city.unit_codes
        assert {*body["copies"], *body.get("co_owners", ())} <= set(self.city.unit_codes)
        others = [*body.get("co_owners", ()), *body.get("assists", ())]
        assert body["unit"] not in others
        assert body["timeline"][-1]["seq"] == body["seq"]
        for clock in body["clocks"].values():
            assert clock["end"] is None or clock["end"] >= clock["start"]
            assert clock["end"] is not None or body["status"] not in ENDED
        if body["status"] in ENDED | {"resolved", "checked"}:
            assert not body.get("suspended")
        if body["status"] in ("accepted", "in_progress"):
            assert body["accepted_by"]
            assert body["clocks"].get("accept", {"end": 0.0})["end"] is not None

    def look_at_entries(self, unit):
        numbered = set()
        for body in unit.entries:
            assert body["unit"] in self.city.unit_codes
            who = body["entry_id"], body["unit"]
            assert who not in self.entry_ids[body["incident_id"]]
            self.entry_ids[body["incident_id"]].add(who)
            head, _, number = body["entry_id"].rpartition(":")
            if head == f"{body['incident_id']}:step":
                numbered.add((body["incident_id"], int(number)))
            else:
                assert body["entry_id"] == f"{body['incident_id']}:{body['seq']}"
        for name, number in sorted(numbered):
            assert number == self.steps[name] + 1
            self.steps[name] = number

    def look_at_fired(self, before, case):
        """Each step of a policy at most once on a run of its clock, and never before its time."""
        for of in ("accept", "dispose"):
            clock = getattr(case, of)
            if clock is None:
                continue
            assert len(set(clock.fired)) == len(clock.fired)
            for n in clock.fired:
                key = case.incident_id, of, clock.start, case.policy, n
                if key in self.fired:
                    continue
                self.fired.add(key)
                assert before is not None
                step = next(step for step in self.policy(case).steps if step.n == n)
                assert self.due_at(before, of, step) <= self.desk.now

    def policy(self, case):
        record = self.desk.state.get("policy", case.policy)
        return Policy.from_json(orjson.loads(record)["policy"])

    def due_at(self, case, of, step):
        """When a step is due, worked out from the record alone."""
        clock = getattr(case, of)
        pauses = [(a, inf if b is None else b) for a, b in case.pauses] if of == "dispose" else []
        at = step_due(step, clock.start, pauses, self.city.calendar)
        for text in clock.longer:
            if at < inf:
                more = Limit.parse(text)
                at = moment_after(more.clock, at, more.amount, self.city.calendar)
        return at

    @invariant()
    def no_timer_is_overdue_after_a_tick(self):
        if not self.ticked:
            return
        for case in self.cases.values():
            assert case.due is None or case.due > self.desk.now
            if case.status in OPEN:
                if case.policy is not None:
                    self.no_step_is_overdue(case)
                if case.paused:
                    assert case.review > self.desk.now

    def no_step_is_overdue(self, case):
        for step in self.policy(case).steps:
            clock = getattr(case, step.of)
            if clock is not None and clock.end is None and step.n not in clock.fired:
                at = self.due_at(case, step.of, step)
                assert at > self.desk.now
                assert at == inf or case.due <= at

    @invariant()
    def the_ledger_balances(self):
        version = self.desk.state.version
        assert sum(getattr(version, name) for name in LEDGER) == self.judged
        outcomes = Counter(
            one["outcome"]
            for unit in self.desk.published
            for one in (*unit.decisions, *unit.actions)
        )
        assert outcomes == Counter({n: getattr(version, n) for n in LEDGER if getattr(version, n)})
        assert version.fired >= sum(self.steps.values())
        assert version.opened == len(self.seqs)

    def teardown(self):
        if not self.desk.log:
            return
        state, units = self.desk.again(self.sizes)
        for name in (*PUBLISHED, "quarantined", "dead"):
            assert said(units, name) == said(self.desk.published, name)
        now = self.desk.state.version.now
        assert records(state, now) == records(self.desk.state, now)
        assert unsigned(state.version) == unsigned(self.desk.state.version)


def run(city, examples, steps):
    run_state_machine_as_test(
        lambda: DeskMachine(city),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_few_thousand_steps_of_a_desk_leave_no_illegal_state_no_lost_timer_and_no_debt(nanjing):
    run(nanjing, 60, 50)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_thousand_steps_of_a_desk_leave_no_illegal_state_no_lost_timer_and_no_debt(nanjing):
    run(nanjing, 150, 100)
