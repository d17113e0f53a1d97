"""A district on another shard: its open cases stay, and its new events know of them."""

from __future__ import annotations

import orjson
import pytest
from desk_at_hand import records
from hypothesis import given, settings
from hypothesis import strategies as st
from moved_town import NEW, OLD, MovedTown, name_of, towns

from incidents.case import KIND as CASE
from incidents.elsewhere import KIND
from incidents.state import Write
from streams.desk.hand_over import hand_over_output
from streams.moving import hand_overs


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    return towns(tmp_path_factory.mktemp("moving"))


@pytest.fixture
def town(cities):
    return MovedTown(*cities)


def linked(town, unit):
    return town.case(name_of(unit)).linked


def test_an_event_after_the_move_opens_a_case_that_is_linked_with_the_old_one_and_says_so(town):
    old = name_of(town.report())
    town.hand_over()
    town.move()
    unit = town.report()
    (decision,) = unit.decisions
    assert (old[:3], decision["incident_id"][:3]) == ("000", "001")
    assert decision["outcome"] == "routed"
    assert linked(town, unit) == [old]
    (why,) = (one for one in decision["reasons"] if one["code"] == "linked")
    assert why["text"].startswith(f"may be about the same as {old}, open on its own shard: 0 m")
    assert all(why["text"] in entry["reason"] for entry in unit.entries)


def test_the_events_after_it_join_the_new_case(town):
    town.report()
    town.hand_over()
    town.move()
    new = name_of(town.report())
    unit = town.report()
    assert (unit.decisions[0]["outcome"], name_of(unit)) == ("merged", new)


def test_a_hand_over_that_comes_late_links_what_was_opened_meanwhile_and_tells_its_unit(town):
    old = name_of(town.report())
    town.move()
    unit = town.report()
    assert linked(town, unit) == []
    (taken,) = town.hand_over()
    assert linked(town, unit) == [old]
    (entry,) = taken.entries
    assert (entry["change"], entry["incident_id"]) == ("linked", name_of(unit))
    assert old in entry["reason"]


def test_what_was_handed_over_is_not_handed_over_again(town):
    town.report()
    town.hand_over()
    assert [(len(one.kept), len(one.posted)) for one in town.behind()] == [(0, 0)] * 2
    assert town.hand_over() == []


def test_the_same_hand_over_twice_changes_nothing(town):
    town.report()
    town.move()
    town.report()
    town.hand_over()
    before = records(town.states[NEW])
    unit = town.judge(town.logs[NEW][-1])
    assert (unit.incidents, unit.entries, unit.writes, unit.dead) == ([], [], [], [])
    assert records(town.states[NEW]) == before


def test_an_event_that_is_posted_again_after_the_move_is_a_repeat(town):
    old = name_of(town.report(event_id="mine"))
    town.hand_over()
    town.move()
    (decision,) = town.report(event_id="mine").decisions
    assert decision["outcome"] == "quarantined"
    assert decision["consulted"]["repeat_of"] == old


def test_a_case_that_has_ended_leaves_its_ids_and_no_place(town):
    old = name_of(town.report(event_id="mine"))
    town.act("city", old, "void", reason_code="x")
    town.hand_over()
    town.move()
    assert town.report(event_id="mine").decisions[0]["outcome"] == "quarantined"
    assert linked(town, town.report()) == []


def test_units_act_on_the_old_case_where_it_is(town):
    old = name_of(town.report())
    street = town.case(old).unit
    town.hand_over()
    town.move()
    town.report()
    (accepted,) = town.act(street, old, "accept").actions
    assert (accepted["outcome"], town.case(old).status) == ("applied", "accepted")
    (resolved,) = town.act(street, old, "resolve").actions
    assert (resolved["outcome"], town.case(old).status) == ("applied", "resolved")


def test_the_clearing_of_an_alarm_reaches_the_case_on_the_old_shard(town):
    old = name_of(town.alarm("alarm"))
    town.hand_over()
    town.move()
    unit = town.alarm("cleared")
    assert (unit.shard, unit.decisions[0]["outcome"], name_of(unit)) == (OLD, "merged", old)
    assert [body["incident_id"] for body in unit.incidents] == [old]
    assert "alarm → cleared" in unit.entries[0]["reason"]


def test_an_alarm_after_the_clearing_is_the_new_shard_s(town):
    old = name_of(town.alarm("alarm"))
    town.hand_over()
    town.move()
    town.alarm("cleared")
    unit = town.alarm("alarm")
    assert unit.shard == NEW
    assert linked(town, unit) == [old]


def test_the_end_of_a_device_s_own_trouble_from_before_the_move_is_ignored_on_the_record(town):
    old = name_of(town.alarm("fault"))
    town.hand_over()
    town.move()
    unit = town.alarm("cleared")
    (decision,) = unit.decisions
    assert (unit.shard, decision["outcome"]) == (NEW, "ignored")
    assert "nothing of d-1 is open" in decision["reasons"][-1]["text"]
    assert town.case(old).seq == 1


def test_a_hot_device_of_a_shard_that_the_city_has_not_goes_where_its_district_goes(town):
    town.hot["reports d-1 water"] = 7
    assert town.alarm("alarm").shard == OLD


def test_a_device_whose_case_nobody_opened_goes_where_its_district_goes(town):
    town.move()
    assert town.alarm("alarm").shard == NEW
    assert town.alarm("cleared").shard == NEW


def test_only_the_moved_district_is_handed_over(town):
    town.report(x=1.0)
    town.report(x=5.0)
    behind = {one.shard: one.open for one in town.behind()}
    assert behind == {OLD: 1, 2: 0}


def test_cases_of_a_district_that_was_split_lie_in_its_new_half_by_the_new_boundaries(town):
    case = town.case(old := name_of(town.report(x=3.9)))
    case.place["district"] = "D0"  # as the boundaries had it before
    town.states[OLD].restore([Write(CASE, old, case.to_json(), case.due)])
    assert {one.shard: len(one.kept) for one in town.behind()} == {OLD: 1, 2: 0}


def test_a_case_whose_window_is_over_is_not_handed_over(town):
    town.report()
    town.now += 3 * 3600.0
    town.tick(OLD)
    (behind, _) = town.behind()
    assert (behind.open, behind.kept) == (1, [])


def test_what_is_no_hand_over_is_buried_and_the_desk_goes_on(town):
    town.move()
    unit = town.judge(
        {"schema_version": 1, "kind": "hand-over", "shard": NEW, "cases": [["0403"]], "likes": {}}
    )
    assert [letter["code"] for letter in unit.dead] == ["event.undecided"]
    assert town.report().decisions[0]["outcome"] == "routed"


def test_a_case_that_comes_back_to_its_own_shard_is_joined_there(town):
    old = name_of(town.report())
    (behind,) = (one for one in town.behind() if one.shard == OLD)
    for body in hand_overs([behind], OLD, town.after):
        town.judge(orjson.loads(hand_over_output("wangge.desk", body).value))
    assert not [one for one in town.states[OLD].records() if one.kind == KIND]
    assert name_of(town.report()) == old


def test_every_area_has_the_one_shard_of_its_district_before_and_after(cities):
    for city, shards in zip(cities, ({"D1": OLD, "D2": NEW}, {"D1": NEW, "D2": NEW}), strict=True):
        (ground,) = city.grounds
        found = {located.place["grid"]: located.shard for located in ground.cells}
        assert len(found) == 8
        assert found == {one.place["grid"]: shards[one.place["district"]] for one in ground.cells}


STEPS = st.lists(st.sampled_from(["report", "alarm", "cleared", "hand over", "move"]), max_size=14)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 14))
def test_whenever_the_hand_over_comes_no_two_cases_of_one_place_are_strangers(cities, steps, noon):
    town = MovedTown(*cities)
    opened = []
    for step in [*steps[:noon], "move", *steps[noon:], "hand over"]:
        match step:
            case "report":
                unit = town.report()
            case "alarm" | "cleared":
                unit = town.alarm(step)
            case "hand over":
                town.hand_over()
                continue
            case _:
                town.move()
                continue
        assert len(unit.decisions) == 1
        assert not unit.dead
        if unit.decisions[0]["outcome"] == "routed":
            opened.append(name_of(unit))
    known = {name: set(town.case(name).linked) for name in opened}
    here = {name for name in opened if name.startswith("001")}
    for name in opened:
        if name.startswith("000"):
            for other in here:
                assert name in known[other]
    for shard in (OLD, NEW):
        assert records(town.again(shard)) == records(town.states[shard])
