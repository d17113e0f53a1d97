"""The four clocks: concrete hours of Chinese offices, and of cities with daylight saving."""

from datetime import date
from types import SimpleNamespace

import pytest
from escalate_calendars import NEW_YORK, OFFICE, compiled, moment, office, shown

from messages.errors import PackError
from rules.calendar import Calendar
from rules.escalate import Limit, elapsed, moment_after

new_york = compiled(zone=NEW_YORK)


def end_of(limit, start, calendar=office, zone="Asia/Shanghai"):
    """When a limit that starts then ends, as the city's clocks show it."""
    amount, clock = Limit.parse(limit)
    return shown(moment_after(clock, moment(start, zone), amount, calendar), zone)


def test_two_working_hours_from_half_past_eleven_end_at_half_past_three():
    assert end_of("2 working h", "2026-11-25 11:30") == "2026-11-25 15:30:00"


def test_two_working_hours_from_friday_evening_end_on_monday():
    assert end_of("2 working h", "2026-11-27 17:30") == "2026-11-30 09:30:00"


def test_two_working_hours_from_the_lunch_break_start_when_it_ends():
    assert end_of("2 working h", "2026-11-25 13:10") == "2026-11-25 16:00:00"


def test_working_hours_reported_on_sunday_start_on_monday():
    assert end_of("1 working h", "2026-11-29 03:00") == "2026-11-30 09:00:00"


def test_a_swapped_saturday_counts():
    assert end_of("2 working h", "2026-10-09 17:00") == "2026-10-10 09:00:00"
    assert end_of("1 working d", "2026-10-09 10:00") == "2026-10-10 10:00:00"


def test_a_swapped_sunday_counts():
    assert end_of("6 working d", "2026-09-16 09:00") == "2026-09-23 09:00:00"


def test_the_national_day_week_does_not_count():
    assert end_of("2 working h", "2026-09-30 17:00") == "2026-10-08 09:00:00"
    assert end_of("3 working d", "2026-09-30 10:00") == "2026-10-10 10:00:00"


def test_a_report_on_national_day_waits_for_the_first_day_at_work():
    assert end_of("1 working d", "2026-10-01 10:00") == "2026-10-08 18:00:00"


def test_a_working_day_from_tuesday_at_ten_ends_on_wednesday_at_ten():
    assert end_of("1 working d", "2026-11-24 10:00") == "2026-11-25 10:00:00"


def test_three_working_days_from_thursday_afternoon_skip_the_weekend():
    assert end_of("3 working d", "2026-11-26 15:15") == "2026-12-01 15:15:00"


@pytest.mark.parametrize(
    ("limit", "start", "end"),
    [
        ("4 working h", "2026-11-25 08:00", "2026-11-25 12:00:00"),
        ("2 working h", "2026-11-27 16:00", "2026-11-27 18:00:00"),
        ("1 working d", "2026-11-27 08:00", "2026-11-27 18:00:00"),
        ("1 working d", "2026-11-27 18:00", "2026-11-30 18:00:00"),
    ],
)
def test_a_limit_that_ends_at_closing_time_ends_then(limit, start, end):
    assert end_of(limit, start) == end


def test_closing_time_is_kept_where_fractions_of_a_day_are_not_exact():
    seven = compiled(
        OFFICE
        | {"working_hours": dict.fromkeys(("monday", "friday"), ("09:00-16:00",)), "workdays": ()}
    )
    start, close = moment("2026-11-27 10:10"), moment("2026-11-27 16:00")
    left = 1 - elapsed("working_days", moment("2026-11-27 09:00"), start, seven)
    for off in (-1e-10, 0, 1e-10):
        assert close - 1e-5 <= moment_after("working_days", start, left + off, seven) <= close


def test_a_short_day_is_a_whole_working_day():
    half = compiled(
        OFFICE | {"working_hours": OFFICE["working_hours"] | {"friday": ("08:00-12:00",)}}
    )
    # Half of Thursday, then half of Friday's four hours.
    assert end_of("1 working d", "2026-11-26 14:00", half) == "2026-11-27 10:00:00"


def test_minutes_and_hours_run_on_through_nights_and_holidays():
    assert end_of("15 min", "2026-09-30 23:50") == "2026-10-01 00:05:00"
    assert end_of("4 h", "2026-11-28 22:00") == "2026-11-29 02:00:00"


def test_natural_days_run_on_through_holidays():
    assert end_of("7 d", "2026-09-30 10:00") == "2026-10-07 10:00:00"


def test_hours_are_counted_in_working_seconds_and_days_in_days():
    start, end = moment("2026-11-27 17:00"), moment("2026-11-30 10:00")
    assert elapsed("working_hours", start, end, office) == 3 * 3600
    assert elapsed("working_days", start, end, office) == 3 / 8
    assert elapsed("continuous", start, end, office) == 65 * 3600
    assert elapsed("natural_day", start, end, office) == pytest.approx(65 / 24)


@pytest.mark.parametrize("clock", ["continuous", "natural_day", "working_hours", "working_days"])
def test_nothing_runs_backward_and_a_limit_of_nothing_ends_at_once(clock):
    at = moment("2026-11-28 03:00")
    assert elapsed(clock, at, at, office) == 0
    assert elapsed(clock, at, at - 86_400, office) == 0
    assert moment_after(clock, at, 0, office) == at


# Daylight saving: clocks in New York go forward on 2026-03-08 at 2:00, back on 2026-11-01 at 2:00.


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-07 10:00", "2026-03-08 10:00:00"),  # 23 hours
        ("2026-03-07 01:00", "2026-03-08 01:00:00"),
        ("2026-10-31 10:00", "2026-11-01 10:00:00"),  # 25 hours
        ("2026-10-31 01:30", "2026-11-01 01:30:00"),
        ("2026-11-01 01:30", "2026-11-02 01:30:00"),
    ],
)
def test_a_natural_day_ends_at_the_same_reading(start, end):
    assert end_of("1 d", start, new_york, NEW_YORK) == end


def test_a_natural_day_that_ends_in_a_skipped_hour_ends_when_it_is_skipped():
    assert end_of("1 d", "2026-03-07 02:30", new_york, NEW_YORK) == "2026-03-08 03:00:00"


def test_a_natural_day_that_ends_in_an_hour_that_comes_twice_ends_in_the_first():
    start = moment("2026-10-31 01:30", NEW_YORK)
    end = moment_after("natural_day", start, 1, new_york)
    assert end == moment("2026-11-01 01:30", NEW_YORK, fold=0)


def test_the_second_of_an_hour_that_comes_twice_does_not_count():
    since = moment("2026-11-01 01:00", NEW_YORK, fold=1)
    until = moment("2026-11-01 02:00", NEW_YORK)
    assert until - since == 3600
    assert elapsed("natural_day", since, until, new_york) == 0
    assert moment_after("natural_day", since + 1800, 0.5, new_york) == until + 12 * 3600
    assert moment_after("natural_day", since + 1800, 1e-12, new_york) >= since + 1800


def test_a_day_that_ends_as_the_hour_comes_again_ends_before_it():
    start = moment("2026-10-31 02:00", NEW_YORK)
    for off in (-1e-7, 0, 1e-7):
        end = moment_after("natural_day", start + off, 1, new_york)
        assert end == pytest.approx(moment("2026-11-01 01:00", NEW_YORK, fold=1), rel=0, abs=1e-5)


def test_a_day_that_the_clocks_left_out_is_no_time_at_all():
    apia = compiled(OFFICE, "Pacific/Apia")  # had no 2011-12-30, a Friday
    assert end_of("2 d", "2011-12-29 10:00", apia, "Pacific/Apia") == "2011-12-31 10:00:00"
    assert end_of("1 working d", "2011-12-29 10:00", apia, "Pacific/Apia") == "2012-01-02 10:00:00"


def test_a_night_shift_of_an_hour_more_is_one_working_day():
    always = compiled(OFFICE | {"working_hours": None, "hours": "always", "workdays": ()}, NEW_YORK)
    start, end = moment("2026-11-01 00:00", NEW_YORK), moment("2026-11-02 00:00", NEW_YORK)
    assert elapsed("working_hours", start, end, always) == 25 * 3600
    assert elapsed("working_days", start, end, always) == 1
    assert moment_after("working_days", start, 1, always) == end


# No work at all


def never():
    """A calendar without hours, which a pack refuses."""
    return Calendar.compile(
        SimpleNamespace(
            name="never",
            first_day=date(2026, 1, 1),
            last_day=date(2026, 12, 31),
            provisional_from=None,
            always=False,
            week=((),) * 7,
            holidays={},
            workdays={},
        ),
        "Asia/Shanghai",
    )


@pytest.mark.parametrize("clock", ["working_hours", "working_days"])
def test_a_limit_without_working_hours_is_an_error_and_no_endless_search(clock):
    with pytest.raises(PackError, match="'never' has no working hours in the three years") as found:
        moment_after(clock, moment("2026-11-25 10:00"), 1, never())
    assert found.value.code == "pack.no_working_time"


def test_a_calendar_without_working_hours_counts_none():
    assert elapsed("working_hours", moment("2026-01-01"), moment("2026-12-31"), never()) == 0


def test_a_long_holiday_is_no_error():
    months = (("2026-02-01", "2026-04-30"), ("2026-05-01", "2026-07-31"))
    off = tuple({"first": first, "last": last, "name": first} for first, last in months)
    calendar = compiled(OFFICE | {"holidays": off, "workdays": ()})
    assert end_of("1 working d", "2026-01-30 18:00", calendar) == "2026-08-03 18:00:00"


def test_a_limit_may_be_longer_than_the_search_for_an_hour_of_work():
    assert end_of("1400 working d", "2026-11-25 10:00") > "2032"
