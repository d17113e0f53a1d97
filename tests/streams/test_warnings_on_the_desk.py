"""Many cases of a kind in an area draft a warning on the desk; an officer of the area signs it."""

from __future__ import annotations

import orjson
import pytest
from small_city import at
from warned_desk import WarnedDesk, code, write_town

from incidents.warnings.refusals import REFUSALS
from messages.warning import Alert
from sinks.cap import cap_xml
from streams.city import City


@pytest.fixture
def desk(warned_desk):
    return warned_desk


# Counting --------------------------------------------------------------------------------------


def test_the_third_case_within_the_time_drafts_an_alert_that_says_why(desk):
    assert desk.flood().warnings == []
    assert desk.flood().warnings == []
    unit = desk.flood()
    (alert,) = unit.warnings
    assert (alert["status"], alert["level"], alert["msg_type"]) == ("Draft", "IV", "Alert")
    assert "colour" not in alert and [one["unit"] for one in alert["areas"]] == ["district:D1"]
    assert alert["counts"] == {"incidents": 3, "events": 3}
    reason = unit.decisions[0]["reasons"][-1]
    assert reason["code"] == "warning"
    assert reason["text"] == (
        "3 cases of flooding 内涝 in district:D1 within 15 min: warning "
        f"{alert['alert_id']} is drafted, level IV proposed"
    )
    assert [one["kind"] for one in unit.notices] == ["drafted", "mode_proposed"]


def test_reports_that_join_one_case_count_once(desk):
    for n in range(6):
        desk.now += 5
        desk.report("道路积水很深", at(1.5), event_id=f"same-{n}")
    assert len({one["incident_id"] for unit in desk.published for one in unit.incidents}) == 1
    assert desk.warnings == []


def test_cases_that_are_longer_ago_than_the_time_do_not_count(desk):
    desk.flood()
    desk.flood()
    desk.flood(later=16 * 60)
    assert desk.warnings == []


def test_a_report_of_long_ago_does_not_count_for_now(desk):
    desk.flood()
    desk.flood()
    desk.flood(occurred_at="2026-11-23T01:00:00Z")
    assert desk.warnings == []


def test_cases_of_another_district_do_not_count(desk):
    desk.flood()
    desk.flood()
    desk.report("道路积水很深", at(6.5))
    assert desk.warnings == []


def test_more_cases_update_the_draft_at_the_next_stage_only(desk):
    first = desk.drafted(3)
    assert desk.flood().warnings == []
    (second,) = desk.flood().warnings
    assert (second["level"], second["msg_type"], second["seq"]) == ("III", "Alert", 2)
    assert second["warning_id"] == first.rpartition(".")[0]
    assert len(desk.noticed("mode_proposed")) == 1


def test_no_more_drafts_than_the_pack_allows_an_hour(desk):
    desk.drafted(7)
    assert len(desk.warnings) == 3
    desk.now += 2 * 3600 + 60
    desk.tick()
    assert desk.drafted(3)  # another warning, once the first is over
    assert len({one["warning_id"] for one in desk.warnings}) == 2


def test_what_goes_wrong_with_a_warning_costs_no_event_its_queue(desk, monkeypatch):
    desk.flood()
    desk.flood()
    monkeypatch.setattr("streams.desk.warnings.warned", lambda area, city: 1 / 0)
    unit = desk.flood()
    assert [one["outcome"] for one in unit.decisions] == ["routed"] and not unit.dead
    assert unit.stuck == [("flood.D1", "ZeroDivisionError: division by zero")]


# Signing ---------------------------------------------------------------------------------------


def test_a_signed_alert_is_actual_in_its_colour_and_valid_cap(desk):
    unit = desk.warn("district:D1", desk.drafted(), "sign")
    (alert,) = unit.warnings
    assert code(unit) == "action.applied" and unit.actions[0]["became"] == alert["alert_id"]
    assert (alert["status"], alert["colour"], alert["signed_by"]) == ("Actual", "blue", "chief-d1")
    assert b"<status>Actual</status>" in cap_xml(Alert.from_json(orjson.dumps(alert)))


def test_in_a_drill_nothing_is_ever_actual(desk):
    desk.ns = "drill.storm"
    alert_id = desk.drafted()
    assert alert_id.startswith("drill.storm/000-flood.D1-")
    (alert,) = desk.warn("district:D1", alert_id, "sign").warnings
    assert (alert["status"], alert["exercise"]) == ("Exercise", "drill.storm")


@pytest.mark.parametrize(
    ("unit", "actor", "why"),
    [
        ("district:D1", "duty-d1", "no_power"),
        ("district:D1", "nobody", "unknown_officer"),
        ("district:D1", "city-chief", "not_your_office"),
        ("district:D2", "chief-d2", "not_own_area"),
    ],
)
def test_who_may_not_sign_is_refused_on_the_units_own_queue(desk, unit, actor, why):
    alert_id = desk.drafted()
    done = desk.warn(unit, alert_id, "sign", actor)
    assert code(done) == f"action.{why}" and not done.warnings
    (refusal,) = done.refusals
    assert (refusal["unit"], refusal["alert_id"]) == (unit, alert_id)
    assert why in REFUSALS


def test_a_level_above_the_officers_is_refused_and_a_lower_one_may_be_given(desk):
    alert_id = desk.drafted(5)
    assert code(desk.warn("district:D1", alert_id, "sign")) == "action.no_level"
    (alert,) = desk.warn("district:D1", alert_id, "sign", level="IV").warnings
    assert (alert["level"], alert["colour"]) == ("IV", "blue")


def test_an_alert_that_was_replaced_before_it_was_signed_is_refused(desk):
    first = desk.drafted(3)
    desk.drafted(2)
    assert code(desk.warn("city", first, "sign", "city-chief")) == "action.warning_moved_on"


def test_a_draft_is_signed_once(desk):
    alert_id = desk.warn("district:D1", desk.drafted(), "sign").warnings[0]["alert_id"]
    assert code(desk.warn("district:D1", alert_id, "sign")) == "action.warning_signed"


def test_more_cases_after_the_signature_draft_an_update_that_refers_to_it(desk):
    (signed,) = desk.warn("district:D1", desk.drafted(3), "sign").warnings
    update_id = desk.drafted(2)
    (alert,) = desk.warn("city", update_id, "sign", "city-chief").warnings
    assert (alert["msg_type"], alert["level"], alert["colour"]) == ("Update", "III", "yellow")
    assert [one["alert_id"] for one in alert["references"]] == [signed["alert_id"]]


def test_a_withdrawn_draft_is_not_signed_and_the_same_number_of_cases_makes_no_other(desk):
    alert_id = desk.drafted(3)
    assert code(desk.warn("district:D1", alert_id, "withdraw", note="误报")) == "action.applied"
    assert code(desk.warn("district:D1", alert_id, "sign")) == "action.warning_withdrawn"
    assert desk.flood().warnings == []
    assert "误报" in desk.noticed("withdrawn")[0]["text"]


def test_a_cancel_takes_back_what_stands_and_a_new_wave_makes_another_warning(desk):
    signed = desk.warn("district:D1", desk.drafted(3), "sign").warnings[0]
    (alert,) = desk.warn("district:D1", signed["alert_id"], "cancel").warnings
    assert (alert["msg_type"], alert["status"]) == ("Cancel", "Actual")
    assert [one["alert_id"] for one in alert["references"]] == [signed["alert_id"]]
    assert desk.drafted(3).rpartition(".")[0] != signed["warning_id"]


def test_a_draft_that_nobody_signed_is_withdrawn_and_not_cancelled(desk):
    assert code(desk.warn("district:D1", desk.drafted(), "cancel")) == "action.nothing_stands"


def test_an_action_twice_is_refused_as_a_repeat_and_a_record_twice_is_passed_over(desk):
    alert_id = desk.drafted()
    desk.warn("district:D1", alert_id, "withdraw", action_id="one")
    assert code(desk.warn("district:D1", alert_id, "withdraw", action_id="one")) == "action.repeat"
    assert desk.judge(desk.log[-1]).actions == []


# Time ------------------------------------------------------------------------------------------


def test_an_unsigned_draft_is_said_again_one_level_up_until_it_lapses(desk):
    alert_id = desk.drafted()
    desk.tick(14 * 60)
    assert desk.noticed("unsigned") == []
    desk.tick(60)
    desk.tick(15 * 60)
    first, second = desk.noticed("unsigned")
    assert first["area"] == ["district:D1", "city"] == second["area"]
    assert [one["notice_id"] for one in (first, second)] == [
        f"{alert_id}/unsigned-1",
        f"{alert_id}/unsigned-2",
    ]
    desk.tick(3600 * 2)
    assert [one["area"] for one in desk.noticed("lapsed")] == [["district:D1", "city"]]
    desk.tick(3600 * 2)
    assert len(desk.noticed("lapsed")) == 1 and desk.state.get("warning", "flood.D1") is None


def test_a_signed_warning_is_reminded_of_no_more(desk):
    desk.warn("district:D1", desk.drafted(), "sign")
    desk.tick(3600)
    assert desk.noticed("unsigned") == desk.noticed("lapsed") == []


def test_a_pack_without_warnings_counts_nothing(tmp_path):
    desk = WarnedDesk(City.load(write_town(tmp_path / "plain"), tmp_path / "cache"))
    for _ in range(4):
        desk.flood()
    assert {one["category"] for one in desk.published[-1].decisions} == {"0403"}
    assert desk.warnings == [] and not any(r.kind == "warning" for r in desk.state.records())
