"""Open cases are counted as they change, and at a take-over as they stand."""

from __future__ import annotations

import pytest
from desk_at_hand import Desk

from incidents.case import KIND
from incidents.state import MemoryState, Write
from streams.desk.open_cases import OpenCases


def body(name, status="dispatched", unit="street:320106001", stage=None):
    return {"incident_id": name, "status": status, "unit": unit, "stage": stage}


@pytest.fixture
def cases():
    found = OpenCases()
    found.take(0, MemoryState())
    return found


def test_a_case_counts_for_the_level_of_its_owner_until_it_ends(cases):
    cases.changed(0, [body("a"), body("b", unit="dept:drainage"), body("c", unit="city")])
    cases.changed(0, [body("a", unit="district:320106"), body("c", status="closed")])
    assert cases.by_level() == {"district": 1, "dept": 1}


def test_a_case_counts_for_the_stage_of_its_escalation(cases):
    cases.changed(0, [body("a"), body("b", stage="超期"), body("c", stage="临期")])
    cases.changed(0, [body("c", stage="超期")])
    assert cases.by_stage() == {"超期": 2}


def test_a_shard_that_is_left_counts_no_more_and_is_not_told_of(cases):
    cases.changed(0, [body("a")])
    cases.leave(0)
    cases.changed(0, [body("b")])
    assert not cases.by_level()


def test_what_a_shard_holds_is_read_bit_by_bit_to_what_was_said_of_it(nanjing):
    desk, told = Desk(nanjing), OpenCases()
    told.take(0, MemoryState())
    for n, text in enumerate(("流动摊贩占道", "电梯困人 有人被困", "路口井盖破损")):
        unit = desk.report(text, {"lon": 118.77 + n / 100, "lat": 32.06, "datum": "wgs84"})
        told.changed(0, unit.incidents)
    taken = OpenCases()
    taken.take(0, desk.state)
    while taken.read_on(1):
        pass
    assert taken.by_level() == told.by_level()
    assert taken.by_level().total() == 3


def test_a_shard_that_is_left_while_another_is_being_read_is_read_no_further(cases):
    class LeftMeanwhile(MemoryState):
        def get(self, kind, key):
            cases.leave(2)
            return super().get(kind, key)

    first = LeftMeanwhile()
    for shard, state in ((1, first), (2, MemoryState())):
        state.restore([Write(KIND, f"{shard:03d}-a", b"{}", None)])
        cases.take(shard, state)
    first.restore([Write(KIND, "001-a", None)])
    assert cases.read_on(100) is False
    assert not cases.by_level()
