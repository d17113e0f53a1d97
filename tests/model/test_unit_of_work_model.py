"""Nothing is lost, repeated or out of order in any schedule; without a rule, the check says so.

A failure names its seed: ``problems(Schedule(seed).run())`` plays it again, step by step.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import NamedTuple

import pytest

from model.check import problems
from model.rules import Rules
from model.schedule import Schedule

FEW, MANY = 150, 2000

INTERRUPTED = (
    "starts",
    "waits for its predecessor's transaction",
    "polls",
    "assigned",
    "waits for a pending offset",
    "view read",
    "chunk read",
    "waits for a pending state",
    "judged",
    "waits to begin",
    "begun",
    "outputs sent",
    "state sent",
    "version sent",
    "offset sent",
    "committed",
    "applied",
    "stale",
    "view loading",
    "view unreachable",
    "has nothing to do",
)
"""Every step at which a worker stands when it is killed, or put to sleep and woken as a zombie."""

HAPPENED = (
    "units committed",
    "units of timers alone",
    "aborted by itself",
    "aborted by time-out",
    "aborted by its successor's init",
    "fenced by epoch, and left",
    "refused by generation",
    "zombie refused",
    "zombie in time to commit",
    "lost, and joined again",
    "revoked between units",
    "revoked within a unit",
    "waited for a pending offset",
    "waited for a pending state",
    "restored from the view and the rest",
    "OK",
    "SAME",
    "STALE",
    "overtaken: the view is let alone",
    "view caught up",
    "loading refused",
    "chunk refused",
    "view emptied",
    "view rolled back",
    "view rolled back to half",
    "view cut off",
    "view unreachable",
    "view unreachable while it was loaded",
    "view of no use: half written or empty",
    "view of no use: older than the tombstones",
    "read overtaken by compaction",
    "compacted",
    "clock stepped back",
)


class Ran(NamedTuple):
    """What many schedules came to: problems by seed, and how often each thing happened."""

    broken: dict[int, list[str]]
    counts: Counter[str]


def ran(schedules):
    broken, counts = {}, Counter()
    for seed in range(schedules):
        end = Schedule(seed).run()
        counts += end.world.counts
        if found := problems(end):
            broken[seed] = found
    return Ran(broken, counts)


@pytest.fixture(scope="module")
def few():
    return ran(FEW)


@pytest.fixture(scope="module")
def many():
    return ran(MANY)


def test_in_a_few_schedules_nothing_is_lost_repeated_or_out_of_order(few):
    assert few.broken == {}


def test_a_few_schedules_meet_every_kind_of_fault_and_refusal(few):
    seldom = {"zombie in time to commit", "loading refused", "view rolled back to half"}
    assert [name for name in HAPPENED if not few.counts[name] and name not in seldom] == []


@pytest.mark.slow
def test_in_many_schedules_nothing_is_lost_repeated_or_out_of_order(many):
    assert many.broken == {}


@pytest.mark.slow
def test_many_schedules_kill_and_wake_workers_at_every_step(many):
    assert [step for step in INTERRUPTED if not many.counts[f"killed: {step}"]] == []
    assert [step for step in INTERRUPTED if not many.counts[f"zombie wakes: {step}"]] == []


@pytest.mark.slow
def test_many_schedules_meet_everything_that_may_happen_many_times(many):
    assert {name: many.counts[name] for name in HAPPENED if many.counts[name] < 20} == {}


def first_broken(rules):
    for seed in range(MANY):
        if found := problems(Schedule(seed, rules).run()):
            return seed, found
    return None, []


@pytest.mark.parametrize("left_out", [rule.name for rule in fields(Rules)])
def test_with_a_rule_left_out_the_same_check_finds_a_fault(left_out):
    seed, found = first_broken(replace(Rules(), **{left_out: False}))
    assert found, f"{MANY} schedules without {left_out} and nobody has noticed"
    assert problems(Schedule(seed).run()) == []


def test_without_the_fence_a_zombie_repeats_what_its_successor_has_said():
    seed, found = first_broken(Rules(generation_checked=False))
    end = Schedule(seed, Rules(generation_checked=False)).run()
    assert end.world.counts["accepted without the fence"] > 0
    assert any(line.startswith("output ") and line.endswith(" times") for line in found)


def test_one_seed_is_one_schedule():
    first, second = (Schedule(7).run() for _ in range(2))
    assert first.kafka.out.history == second.kafka.out.history
    assert first.kafka.state.history == second.kafka.state.history
    assert first.world.counts == second.world.counts
