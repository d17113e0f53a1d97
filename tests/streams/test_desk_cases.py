"""Cases on the desk: one number a change, snapshots of policies, whose word on the owner counts."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from desk_at_hand import Desk, as_read
from event_bodies import NOW, report, wire

from incidents.case import Case
from incidents.state import Write
from rules.modes import Mode
from streams.control.in_force import InForce
from streams.desk.cases import DeskCases
from streams.pipeline import one_batch, understand

HERE = {"lon": 118.79, "lat": 32.06, "datum": "wgs84"}
FLOODED, TRAPPED = "下穿通道积水严重", "下穿通道积水严重 有人被困 车内有人"

FAR = {"lon": 118.81, "lat": 32.04, "datum": "wgs84"}


@pytest.fixture
def desk(nanjing):
    return Desk(nanjing)


def case_of(desk, name):
    return Case.from_json(desk.state.get("incident", name))


def opened(desk, text=FLOODED, **fields):
    return desk.report(text, HERE, **fields).decisions[-1]["incident_id"]


def understood(desk, text=FLOODED):
    n = len(desk.log)
    body = report(f"r-{n}", text=text, position=HERE, at=desk.now)
    records = one_batch("wangge.in.reports", wire(body), desk.now, n)
    return as_read(understand("reports", records, desk.force).desk[0])


def test_a_case_that_grid_workers_find_on_their_rounds_says_so(desk):
    (found,) = desk.report(FLOODED, HERE, source="grid-patrol").incidents
    (complained,) = desk.report(FLOODED, FAR).incidents
    (joined,) = desk.report(FLOODED, FAR, source="grid-patrol").incidents
    assert found["patrol"]
    assert "patrol" not in complained
    assert "patrol" not in joined  # somebody had complained before


def test_an_event_that_raises_a_case_is_one_change_of_it_whatever_it_brings(desk):
    name = opened(desk)
    unit = desk.report(TRAPPED, HERE)
    (incident,) = unit.incidents
    assert (incident["incident_id"], incident["priority"], incident["seq"]) == (name, "P1", 2)
    changes = [mark["change"] for mark in incident["timeline"] if mark["seq"] == 2]
    assert changes[:2] == ["merged", "raised"]
    assert {entry["entry_id"] for entry in unit.entries} == {f"{name}:2"}


def test_a_case_that_was_accepted_before_it_was_raised_stays_accepted(desk):
    name = opened(desk)
    desk.now += 60
    desk.act(case_of(desk, name).unit, name, "accept")
    before = case_of(desk, name)
    desk.report(TRAPPED, HERE)
    after = case_of(desk, name)
    assert after.policy != before.policy
    assert after.accept == before.accept


def test_a_case_that_was_handed_over_stays_with_its_dispatcher_when_it_is_raised(desk):
    name = opened(desk)
    desk.act("city", name, "transfer", to_unit="district:320102")
    desk.report(TRAPPED, HERE)
    after = case_of(desk, name)
    assert (after.priority, after.unit, after.status) == ("P1", "district:320102", "returned")


def test_the_unit_that_a_case_was_assigned_to_keeps_it_when_it_is_raised(desk):
    name = opened(desk)
    desk.act("city", name, "assign", to_unit="dept:water")
    desk.report(TRAPPED, HERE)
    after = case_of(desk, name)
    assert (after.priority, after.unit) == ("P1", "dept:water")


def test_a_case_that_nobody_has_handed_on_goes_where_its_new_priority_leads(desk):
    name = opened(desk)
    before = case_of(desk, name)
    unit = desk.report(TRAPPED, HERE)
    after = case_of(desk, name)
    assert after.unit == unit.decisions[-1]["unit"] != before.unit
    roles = {entry["unit"]: entry["role"] for entry in unit.entries}
    assert (roles[after.unit], roles[before.unit]) in {("owner", "former"), ("owner", "copy")}


def test_an_extension_that_was_asked_for_before_its_limit_went_is_refused(desk):
    name = opened(desk)
    case = case_of(desk, name)
    desk.act(case.unit, name, "accept")
    desk.act(case.unit, name, "extend", longer="1 d")
    desk.report(TRAPPED, HERE)  # of a P1 there is no limit of disposal
    unit = desk.act("city" if case.dispatcher == case.unit else case.dispatcher, name, "approve")
    assert [one["code"] for one in unit.actions] == ["action.wrong_state"]
    assert not unit.dead


def test_a_policy_is_kept_with_its_case_when_a_poison_event_was_the_first_under_it(desk):
    poison, good = understood(desk), understood(desk)
    del poison["boundaries"]
    good["origin"]["offset"] = 1
    unit = desk.judge(poison, good)
    assert len(unit.dead) == 1
    (incident,) = unit.incidents
    case = case_of(desk, incident["incident_id"])
    assert desk.state.get("policy", case.policy) is not None
    assert desk.tick(case.due - desk.now + 1).fired == 1


def test_a_repeated_action_says_nothing_of_a_case_that_is_another_s(desk):
    name = opened(desk)
    first = desk.act("dept:water", name, "close", action_id="same")
    again = desk.act("dept:water", name, "close", action_id="same")
    codes = [unit.refusals[0]["code"] for unit in (first, again)]
    assert codes == ["action.not_yours", "action.repeat"]
    assert [unit.refusals[0]["status"] for unit in (first, again)] == [None, None]


def test_of_two_events_of_one_id_the_one_that_joined_is_taken_out(desk):
    opened(desk, event_id="same")
    name = desk.report(FLOODED, HERE, event_id="same", source="hotline-12345").decisions[-1][
        "incident_id"
    ]
    unit = desk.act("city", name, "unmerge", event_id="same")
    assert not unit.dead
    assert [body["count"] for body in unit.incidents] == [1, 1]


def test_an_event_that_was_taken_out_opens_a_case_that_knows_whence_it_came(desk):
    name = opened(desk)
    second = desk.report(FLOODED, HERE).decisions[-1]["event_id"]
    apart = desk.act("city", name, "unmerge", event_id=second).incidents[-1]
    assert apart["incident_id"] != name
    assert (apart["events"], apart["linked"], apart["seq"]) == ([second], [name], 1)


def test_what_is_taken_out_of_a_case_is_under_the_mode_that_the_case_is_under(desk):
    flood = Mode("m-1", "flood", frozenset({"city"}), NOW - 300, NOW + 9999, True, "a", "b", "rain")
    desk.force = InForce.of(desk.city, (flood,))
    name = opened(desk)
    second = desk.report(FLOODED, HERE).decisions[-1]["event_id"]
    apart = desk.act("city", name, "unmerge", event_id=second).incidents[-1]
    assert apart["escalation"] == case_of(desk, name).escalation == "storm"


def test_a_case_that_is_raised_is_suspended_no_longer(desk):
    name = opened(desk)
    owner = case_of(desk, name).unit
    desk.act(owner, name, "accept")
    until = datetime.fromtimestamp(desk.now + 30 * 86_400, UTC).isoformat()
    desk.act("city", name, "suspend", reason_code="weather", until=until)
    assert case_of(desk, name).paused
    desk.report(TRAPPED, HERE)
    after = case_of(desk, name)
    assert (after.priority, after.paused) == ("P1", False)
    assert "resumed" in {mark.change for mark in after.timeline}


def test_two_cases_that_are_accepted_are_linked_for_a_human_and_not_merged(desk):
    near = {**HERE, "lat": HERE["lat"] + 0.0027}  # 300 m: beyond the 200 m of flooding
    between = {**HERE, "lat": HERE["lat"] + 0.00135}
    names = [desk.report(FLOODED, spot).decisions[-1]["incident_id"] for spot in (HERE, near)]
    assert len(set(names)) == 2
    for name in names:
        desk.act(case_of(desk, name).unit, name, "accept")
    unit = desk.report(FLOODED, between)
    joined = unit.decisions[-1]["incident_id"]
    other = next(name for name in names if name != joined)
    assert joined in names
    assert case_of(desk, joined).linked == [other]
    assert case_of(desk, other).linked == [joined]
    assert {case_of(desk, name).status for name in names} == {"accepted"}
    again = desk.report(FLOODED, between)
    assert [body["incident_id"] for body in again.incidents] == [joined]


def test_an_action_that_is_refused_writes_nothing_but_that_it_was_seen(desk):
    name = opened(desk)
    before = desk.state.get("incident", name)
    unit = desk.act("dept:water", name, "void", reason_code="x")
    assert desk.state.get("incident", name) == before
    assert [write.kind for write in unit.writes] == ["seen"]
    assert (unit.incidents, unit.entries) == ([], [])
    assert orjson.loads(orjson.dumps(unit.refusals[0]))["unit"] == "dept:water"


def test_a_case_that_cannot_be_read_keeps_no_other_from_its_timer(desk):
    spoilt = opened(desk)
    whole = desk.report(FLOODED, FAR).decisions[0]["incident_id"]
    due = case_of(desk, spoilt).due
    desk.state.restore([Write("incident", spoilt, b'{"v":2}', due)])
    unit = desk.tick(due - desk.now + 60)
    assert [name for name, _ in unit.stuck] == [spoilt]
    assert {entry["incident_id"] for entry in unit.entries} == {whole}
    assert not unit.dead
    assert desk.state.get("incident", spoilt) == b'{"v":2}'
    assert desk.tick(60).stuck == []


def test_an_event_that_arrives_beside_a_stuck_case_has_one_outcome(desk):
    spoilt = opened(desk)
    due = case_of(desk, spoilt).due
    desk.state.restore([Write("incident", spoilt, b'{"v":2}', due)])
    desk.now = due + 60
    unit = desk.report("路灯不亮", FAR)
    assert [decision["outcome"] for decision in unit.decisions] == ["routed"]
    assert not unit.dead


def test_a_timer_that_does_not_move_on_is_left_and_keeps_no_other_from_its_own(desk, monkeypatch):
    first, second = opened(desk), desk.report("路面塌陷", FAR).decisions[-1]["incident_id"]
    fire = DeskCases.fire
    stays = lambda cases, name, *now: 1 if name == first else fire(cases, name, *now)  # noqa: E731
    monkeypatch.setattr(DeskCases, "fire", stays)
    unit = desk.tick(3600.0)
    assert [name for name, _ in unit.stuck] == [first]
    assert second in {entry["incident_id"] for entry in unit.entries}
