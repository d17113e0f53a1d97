"""What a mode would change, told before it is ordered: over everything, and over a recording."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from event_bodies import NOW, report

from messages.decision import PRIORITIES
from streams.control.moved import compare
from streams.control.sweep import streets_of, sweep
from streams.posting.feed import check

GULOU = "district:320106"


@pytest.fixture(scope="module")
def flood(nanjing):
    return sweep(nanjing, "flood", [GULOU], NOW)


def rows(found, category, priority):
    return [
        row
        for row in found.rows
        if row.category == category and row.difference.before.priority == priority
    ]


def test_an_area_is_its_streets(nanjing):
    assert len(streets_of(nanjing, [GULOU])) == 13
    assert set(streets_of(nanjing, [GULOU]).values()) == {"320106"}
    assert len(streets_of(nanjing, ["city"])) == 100
    assert list(streets_of(nanjing, ["street:320106003"])) == ["320106003"]
    assert len(streets_of(nanjing, [GULOU, "street:320106003"])) == 13


def test_a_difference_names_queue_and_policy_before_and_after(flood):
    plain = next(row for row in rows(flood, "0403", "P3") if not row.only)
    before, after, added = plain.difference
    assert (before.unit, after.unit) == ("street", "dept:drainage")
    assert (before.escalation, after.escalation) == ("everyday", "storm")
    assert after.copies == ("district", "street")
    assert [points for _, points in added] == [15.0]


def test_what_holds_in_a_layer_only_is_told_for_that_layer_only(flood):
    only = [row.only for row in rows(flood, "0403", "P3")]
    assert ("in layer underpasses",) in only
    assert () in only


def test_what_is_so_everywhere_is_not_told_again_for_a_layer(flood):
    assert [row.only for row in rows(flood, "0202", "P3")] == [()]


def test_a_category_that_the_scenario_does_not_speak_of_has_no_row(flood):
    spoken = {"0403", "2101", "0202", "0406", "0407"}
    assert {row.category for row in flood.rows} <= spoken


def test_points_that_lift_a_priority_show_it(nanjing):
    found = sweep(nanjing, "epidemic", [GULOU], NOW)
    lifted = {row.difference.before.priority: row for row in found.rows if row.category == "0414"}
    assert lifted["P4"].difference.after.priority == "P3"
    assert lifted["P3"].difference.after.priority == "P2"


def test_a_copy_that_a_mode_adds_is_a_difference(nanjing):
    found = sweep(nanjing, "security", [GULOU], NOW)
    (row,) = rows(found, "0501", "P3")
    assert row.difference.before.unit == row.difference.after.unit
    assert set(row.difference.after.copies) - set(row.difference.before.copies) == {"linkage:110"}


def test_every_combination_is_counted(nanjing, flood):
    categories = len(nanjing.pack.taxonomy.categories)
    # In and out of working time, with and without the one layer that the scenario asks for.
    assert flood.combinations == categories * len(PRIORITIES) * 13 * 2 * 2
    assert 0 < flood.changed < flood.combinations
    assert flood.unswept == ()


def test_a_row_is_bound_to_the_streets_where_it_holds(nanjing):
    wide = sweep(nanjing, "flood", ["city"], NOW)
    alone = sweep(nanjing, "flood", ["street:320106001"], NOW)
    everywhere = {row.category: set() for row in wide.rows}
    for row in wide.rows:
        everywhere[row.category] |= set(row.streets)
    assert all("320106001" in everywhere[row.category] for row in alone.rows)
    assert all(row.streets == ("320106001",) for row in alone.rows)


# On a recording ------------------------------------------------------------------------------


def fed(*bodies):
    return [check(number, body) for number, body in enumerate(bodies, 1)]


INSIDE = {"lon": 118.77, "lat": 32.06, "datum": "wgs84"}
OUTSIDE = {"lon": 118.83, "lat": 31.95, "datum": "wgs84"}


def water(event_id, position, **fields):
    return report(event_id, text="路面积水", position=position, **fields)


def test_only_the_area_s_events_of_the_scenario_s_kinds_move(nanjing):
    events = fed(
        water("in", INSIDE),
        water("out", OUTSIDE),
        report("other", text="乱贴小广告", position=INSIDE),
    )
    found = compare(nanjing, "flood", [GULOU], events)
    assert [one.event_id for one in found.moved] == ["in"]
    assert (found.events, found.in_area) == (3, 2)
    (moved,) = found.moved
    assert (moved.before.unit, moved.after.unit) != (None, None)
    assert moved.after.escalation == "storm"
    assert moved.after.route.startswith("flood")


def test_an_event_is_taken_as_received_when_it_occurred(nanjing):
    old = datetime.fromtimestamp(NOW, UTC) - timedelta(days=90)
    events = fed(water("old", INSIDE, occurred_at=old.isoformat()))
    (moved,) = compare(nanjing, "flood", [GULOU], events).moved
    assert moved.before.outcome == "routed"


def test_a_recording_is_compared_whatever_its_length_and_lanes(nanjing):
    events = []
    for number in range(1203):
        body = water(f"e{number}", INSIDE if number % 3 else OUTSIDE)
        events.append(check(number + 1, body, "urgent" if number % 7 == 0 else "reports"))
    found = compare(nanjing, "flood", [GULOU], events)
    assert found.events == 1203
    assert found.in_area == sum(number % 3 > 0 for number in range(1203))
    assert len({one.event_id for one in found.moved}) == len(found.moved)


def test_the_sweep_foretells_where_events_of_a_recording_go(nanjing, flood):
    """For plain reports whose score stands at the beginning of its priority."""
    (moved,) = compare(nanjing, "flood", [GULOU], fed(water("in", INSIDE))).moved
    foretold = rows(flood, moved.category, moved.before.priority)
    places = {"street", "district"}
    units = {(row.difference.before.unit, row.difference.after.unit) for row in foretold}
    seen = tuple(
        unit.partition(":")[0] if unit.partition(":")[0] in places else unit
        for unit in (moved.before.unit, moved.after.unit)
    )
    assert seen in units
