"""Floods, officers, jumps of the clock and restarts on one shard's desk, by chance: whatever comes,
only a signature makes an alert stand, nothing is told twice, and no timer is left behind."""

from __future__ import annotations

import pytest
from desk_at_hand import records, said
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
from warned_desk import WarnedDesk

from incidents.state import TIMED
from messages.schema import CONTRACT

OFFICERS = (
    ("district:D1", "chief-d1"),
    ("district:D1", "duty-d1"),
    ("city", "city-chief"),
    ("district:D2", "chief-d2"),
    ("street:S1", "worker"),
)
MAY_SIGN = {"chief-d1": {"IV"}, "city-chief": {"III", "IV"}}
JUMPS_S = (1.0, 60.0, 600.0, 1800.0, 7200.0, 90_000.0)


class WarningMachine(RuleBasedStateMachine):
    def __init__(self, town):
        super().__init__()
        self.desk = WarnedDesk(town)
        self.ticked = False

    @initialize(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=4))
    def begin(self, sizes):
        self.sizes = sizes

    @rule(count=st.integers(1, 5), later=st.sampled_from(JUMPS_S[:3]))
    def flood(self, count, later):
        for _ in range(count):
            self.look(self.desk.flood(later))

    @precondition(lambda self: self.desk.warnings)
    @rule(
        who=st.sampled_from(OFFICERS),
        what=st.sampled_from(("sign", "sign", "withdraw", "cancel", "confirm")),
        back=st.integers(1, 3),
        level=st.sampled_from((None, "IV", "I")),
        grid=st.sampled_from(("G1", "G2", "G3", "G8", None)),
    )
    def officer(self, who, what, back, level, grid):
        alert = self.desk.warnings[-min(back, len(self.desk.warnings))]
        fields = {"level": level} if level and what == "sign" else {}
        fields |= {"grid": grid} if grid and what == "confirm" else {}
        self.look(self.desk.warn(who[0], alert["alert_id"], what, who[1], **fields))

    @rule(later=st.sampled_from(JUMPS_S))
    def tick(self, later):
        self.look(self.desk.tick(later))
        self.ticked = True

    @rule()
    def restart(self):
        before = records(self.desk.state)
        self.desk.restart(f"owner-{len(self.desk.log)}")
        assert records(self.desk.state) == before

    def look(self, unit):
        self.ticked = False
        assert unit.stuck == unit.dead == []
        for alert in unit.warnings:
            if alert["status"] == "Actual":
                assert alert["level"] in MAY_SIGN[alert["signed_by"]]
            else:
                assert alert["status"] == "Draft" and "signed_by" not in alert
        for name, model in (("warnings", "alert"), ("notices", "warning-notice")):
            for body in said([unit], name):
                CONTRACT[model].from_json(body)

    @invariant()
    def nothing_is_said_twice(self):
        alerts = [one["alert_id"] for one in self.desk.warnings]
        assert len(set(alerts)) == len(alerts)
        told = [(one["notice_id"], one["status"]) for one in self.desk.notices]
        assert len(set(told)) == len(told)

    @invariant()
    def what_residents_confirmed_was_drafted(self):
        by_status = {"draft": set(), "confirmed": set(), "sent": set()}
        for one in self.desk.notices:
            by_status[one["status"]].add(one["notice_id"])
        assert by_status["confirmed"] <= by_status["draft"]

    @invariant()
    def an_hour_has_no_more_drafts_than_the_pack_allows(self):
        sent = sorted(
            unit.version.now
            for unit in self.desk.published
            for one in unit.warnings
            if one["status"] == "Draft"
        )
        assert all(late - early >= 3600 for early, late in zip(sent, sent[3:], strict=False))

    @invariant()
    def no_timer_is_overdue_after_a_tick(self):
        if self.ticked:
            late = [one for one in self.desk.state.records() if one.kind in TIMED and one.due]
            assert all(one.due > self.desk.now for one in late)

    def teardown(self):
        if self.desk.log:
            state, units = self.desk.again(self.sizes)
            for name in ("warnings", "notices", "decisions", "actions", "refusals"):
                assert said(units, name) == said(self.desk.published, name)
            now = self.desk.state.version.now
            assert records(state, now) == records(self.desk.state, now)


def run(town, examples, steps):
    run_state_machine_as_test(
        lambda: WarningMachine(town),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_few_hundred_steps_of_warnings(warned_town):
    run(warned_town, 25, 20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_thousand_steps_of_warnings(warned_town):
    run(warned_town, 120, 50)
