"""What is held possible of an event of a city."""

from small_city import edit

from streams.checking.space import space_of
from streams.checking.times import days, times

ODD = '  - {route: odd, match: {when: "score > 75.0"}, to: city}\n  - {route: rest'


def points(city, name):
    axes = space_of(city, city.router.routes).axes
    return next(axis.points for axis in axes if axis.name == name)


def test_a_device_s_category_is_its_sensor_s_and_a_report_s_may_be_any(town, load):
    what = points(load(town), "what")
    assert {p["category"] for p in what if p["source"] == "app"} == {"0000", "0401", "0403", "2102"}
    assert {p["category"] for p in what if p["source"] == "meters"} == {"0403"}
    broken = {p["category"] for p in what if (p["source"], p["state"]) == ("iot", "fault")}
    assert broken == {"2102", "0403"}  # upkeep, where the sensor has one


def test_a_reading_stands_at_the_level_of_its_value(town, load):
    what = points(load(town), "what")
    levels = {(p["state"], p["value"] > 0.3) for p in what if p["source"] == "meters"}
    assert levels == {("alarm", True), ("pre_alarm", False)}


def test_nothing_that_clears_opens_a_case(town, load):
    assert "cleared" not in {p["state"] for p in points(load(town), "what")}


def test_a_source_without_a_file_may_send_anything(town, load):
    what = points(load(town), "what")
    assert {p["kind"] for p in what if p["source"] == "undeclared"} == {
        "report",
        "alarm",
        "reading",
    }


def test_a_score_has_the_priority_that_it_reaches(town, load):
    edit(town / "routing.yaml", "  - {route: rest", ODD)
    urgency = points(load(town), "urgency")
    found = {point["score"]: point["priority"] for point in urgency}
    assert (found[75.0], found[90.0], found[-75.0]) == ("P2", "P1", "P4")


def test_witnesses_are_counted_where_a_cell_is_known_only(town, load):
    where = points(load(town), "where")
    assert {p["reports"] for p in where if p["street"] is None} == {1}
    assert 3 in {p["reports"] for p in where if p["grid"] == "G1"}


def test_a_holiday_and_a_swapped_workday_are_days_of_their_own(town, load):
    city = load(town)
    assert (3, ()) in days(city)  # 2026-09-30 is a Wednesday
    assert (3, ((480, 720),)) in days(city)
    assert (6, ((480, 720),)) not in days(city)
    with_swap = '    workdays: [{date: "2026-10-10", name: 国庆节}]\n    holidays:'
    edit(town / "calendars.yaml", "    holidays:", with_swap)
    assert (6, ((480, 720),)) in days(load(town))


def test_minutes_are_told_apart_by_offices_and_by_routes(town, load):
    city = load(town)
    wednesday = [m for m in times(city, city.router.routes, ()) if m["weekday"] == 3]
    assert {m["minute"] for m in wednesday} == {0, 360, 480, 720, 1320}
    assert [m["working"] for m in wednesday].count(True) == 1


def test_without_a_calendar_every_minute_is_a_working_one(town, load):
    edit(town / "city.yaml", "calendar: office\n", "")
    (town / "calendars.yaml").unlink()
    assert all(moment["working"] for moment in times(load(town), (), ()))
