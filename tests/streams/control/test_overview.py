"""The list of modes as a duty officer sees it at a moment."""

from __future__ import annotations

from given_orders import approval, end, epoch, mode, standing

from streams.control.overview import handover, overview

DAY = 24 * 60


def seen(*orders, now, cases=None):
    """Order id → state."""
    found = overview(standing(*orders), cases or {}, epoch(now))
    return {one.order_id: one.state for one in found}


def one(*orders, now, cases=None):
    (found,) = overview(standing(*orders), cases or {}, epoch(now))
    return found


APPROVED = mode(approver="chief-1")


def test_a_mode_is_to_come_then_in_force_then_ended_for_a_day():
    later = mode(begins=60, approver="chief-1")
    assert seen(later, now=0) == {"m": "to come"}
    assert seen(later, now=60) == {"m": "in force"}
    assert seen(later, now=360) == {"m": "ended"}
    assert seen(later, now=360 + DAY - 1) == {"m": "ended"}
    assert seen(later, now=360 + DAY) == {}


def test_a_proposal_waits_until_it_is_approved_or_its_time_is_over():
    assert seen(mode(), now=10) == {"m": "waiting"}
    assert seen(mode(), approval(when=5), now=10) == {"m": "in force"}
    lapsed = one(mode(), now=400)
    assert (lapsed.state, lapsed.change) == ("ended", "never approved")
    assert seen(mode(), now=360 + DAY) == {}


def test_a_withdrawn_mode_is_not_to_come():
    later = mode(begins=60, approver="chief-1")
    assert seen(later, end(when=10), now=20) == {"m": "ended"}
    assert seen(mode(), end(when=10), now=20) == {}


def test_an_emergency_says_how_long_it_lasts_without_approval():
    found = one(mode(emergency=True), now=10)
    assert (found.state, found.approved) == ("in force", False)
    assert found.left_s(epoch(10)) == 20 * 60


def test_the_time_that_is_left_counts_from_the_start_of_what_is_to_come():
    found = one(mode(begins=60, approver="chief-1"), now=0)
    assert found.left_s(epoch(0)) == 300 * 60


def test_it_says_when_it_will_still_warn():
    assert one(APPROVED, now=10).warnings == (epoch(300), epoch(345))
    assert one(APPROVED, now=310).warnings == (epoch(345),)
    assert one(APPROVED, now=400).warnings == ()


def test_what_needs_an_officer_stands_first():
    orders = [
        mode("over", approver="chief-1", ends=5),
        mode("later", begins=100, approver="chief-1"),
        mode("asked"),
        mode("on", approver="chief-1"),
        mode("on, shorter", approver="chief-1", ends=60),
    ]
    assert list(seen(*orders, now=30)) == ["on, shorter", "on", "asked", "later", "over"]


def incident(number, status="dispatched", *modes):
    applied = [{"order_id": order_id, "scenario": "flood"} for order_id in modes]
    return {"incident_id": f"001-{number}", "status": status, "modes": applied}


def test_the_handover_list_holds_the_open_cases_of_each_mode():
    cases = handover(
        [
            incident(2, "dispatched", "m", "other"),
            incident(1, "accepted", "m"),
            incident(3, "closed", "m"),
            incident(4),
            {"incident_id": "001-5", "status": "dispatched"},
        ]
    )
    assert cases == {"m": ("001-1", "001-2"), "other": ("001-2",)}
    row = one(APPROVED, now=400, cases=cases).as_row(epoch(400))
    assert row["handover"] == {"count": 2, "incidents": ("001-1", "001-2")}
    assert (row["state"], row["left_s"]) == ("ended", 0)
