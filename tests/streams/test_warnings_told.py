"""What is told of a warning: to residents by their grid workers, once a day so often; and laws of
whatever leaves the desk about one."""

from __future__ import annotations

import pytest
from desk_at_hand import said
from small_city import at
from warned_desk import code

from messages.schema import CONTRACT


@pytest.fixture
def desk(warned_desk):
    return warned_desk


# Residents -------------------------------------------------------------------------------------


def test_the_residents_of_each_grid_have_a_draft_and_staff_of_each_street_hear(desk):
    alert_id = desk.warn("district:D1", desk.drafted(), "sign").warnings[0]["alert_id"]
    drafts = desk.noticed("residents")
    assert [one["grid"] for one in drafts] == ["G1", "G2", "G3", "G4"]
    assert {one["status"] for one in drafts} == {"draft"}
    assert drafts[0]["notice_id"] == f"{alert_id}/residents/G1"
    assert "请勿涉水" in drafts[0]["text"]
    told = [one["area"] for one in desk.noticed("issued")]
    assert sorted(told) == [["city"], ["district:D1"], ["street:S1"], ["street:S2"]]


def test_a_confirmed_draft_is_delivered_once(desk):
    alert_id = desk.warn("district:D1", desk.drafted(), "sign").warnings[0]["alert_id"]
    unit = desk.warn("street:S1", alert_id, "confirm", "worker-7", grid="G2")
    (notice,) = unit.notices
    assert code(unit) == "action.applied"
    assert (notice["status"], notice["grid"], notice["by"]) == ("confirmed", "G2", "street:S1")
    again = desk.warn("street:S1", alert_id, "confirm", "worker-7", grid="G2")
    assert code(again) == "action.confirmed_before"
    assert code(desk.warn("street:S2", alert_id, "confirm", grid="G1")) == "action.not_yours"
    assert code(desk.warn("street:S3", alert_id, "confirm", grid="G5")) == "action.no_such_draft"
    assert code(desk.warn("street:S1", alert_id, "confirm")) == "action.missing"


def test_grids_that_nobody_confirmed_are_named_to_the_district_once(desk):
    alert_id = desk.warn("district:D1", desk.drafted(), "sign").warnings[0]["alert_id"]
    desk.warn("street:S1", alert_id, "confirm", grid="G1")
    desk.tick(31 * 60)
    told = desk.noticed("unconfirmed")
    assert [one["area"] for one in told] == [["district:D1"]] * 2
    assert "G2" in told[0]["text"] and "G1" not in told[0]["text"]
    desk.tick(3600)
    assert len(desk.noticed("unconfirmed")) == 2


def test_residents_are_told_no_oftener_than_the_pack_allows_but_for_the_end(desk):
    for _ in range(2):
        signed = desk.warn("district:D1", desk.drafted(3), "sign").warnings[0]
        desk.warn("district:D1", signed["alert_id"], "cancel")
        desk.now += 3600
        desk.tick()
    signed = desk.warn("district:D1", desk.drafted(3), "sign").warnings[0]
    drafted = {one["alert_id"] for one in desk.noticed("residents")}
    assert signed["alert_id"] not in drafted
    cancelled = desk.warn("district:D1", signed["alert_id"], "cancel").warnings[0]
    assert cancelled["alert_id"] in {one["alert_id"] for one in desk.noticed("residents")}


# Laws ------------------------------------------------------------------------------------------


def test_every_body_that_leaves_obeys_its_model(desk):
    alert_id = desk.drafted()
    desk.warn("district:D1", alert_id, "sign", "nobody")
    signed = desk.warn("district:D1", alert_id, "sign").warnings[0]["alert_id"]
    desk.warn("street:S1", signed, "confirm", grid="G1")
    desk.tick(31 * 60)
    desk.warn("district:D1", signed, "cancel")
    for name, model in (
        ("warnings", "alert"),
        ("notices", "warning-notice"),
        ("refusals", "warning-refusal"),
    ):
        bodies = said(desk.published, name)
        assert bodies
        for body in bodies:
            CONTRACT[model].from_json(body)
    for body in said(desk.published, "actions"):
        CONTRACT["warning-outcome"].from_json(body)


def test_a_warnings_life_is_the_same_after_a_restart_and_in_batches_of_any_size(desk):
    desk.drafted()
    desk.restart("second")
    signed = desk.warn("district:D1", desk.warnings[-1]["alert_id"], "sign").warnings[0]
    desk.restart("third")
    desk.warn("street:S1", signed["alert_id"], "confirm", grid="G1")
    desk.drafted(2)
    desk.tick(16 * 60)
    for sizes in ([1], [3, 1, 4], [99]):
        _, units = desk.again(sizes)
        for name in ("warnings", "notices", "decisions", "actions"):
            assert said(units, name) == said(desk.published, name)


def test_no_text_of_an_event_stands_in_what_is_told(desk):
    secret = "住在中山路1号的陈先生13800000000"
    for _ in range(3):
        desk.now += 10
        desk.floods += 1
        desk.report(f"道路积水很深 {secret}", at(0.25 + desk.floods * 0.3))
    desk.warn("district:D1", desk.warnings[-1]["alert_id"], "sign")
    told = b"".join([*said(desk.published, "warnings"), *said(desk.published, "notices")])
    assert "陈先生".encode() not in told and b"13800000000" not in told
