"""``calendars.yaml``: what an entry says, every fault with its line, and Nanjing's days.

``broken_calendars/<fault>.yaml`` has one fault; its first line says what is due.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from messages.errors import PackError
from packs.calendars import CalendarsFile
from packs.yaml_file import read_model

HERE = Path(__file__).parent
FAULTS = sorted((HERE / "broken_calendars").glob("*.yaml"))
NANJING = HERE.parents[1] / "cities" / "nanjing" / "calendars.yaml"
OFFICE = """
schema_version: 1
calendars:
  - name: office
    first_day: "2026-01-01"
    last_day: "2026-12-31"
    provisional_from: "2026-12-01"
    working_hours:
      monday: ["08:00-12:00", "12:00-24:00"]
      friday: ["08:00-12:00"]
    holidays:
      - {first: "2026-09-25", last: "2026-09-27", name: 中秋节}
      - {date: "2026-10-02", name: 国庆节}
    workdays:
      - {date: "2026-09-20", name: 国庆节}
      - {date: "2026-10-10", name: 国庆节, hours_of: friday}
"""


@pytest.fixture
def whole(tmp_path):
    def read(*more):
        file = tmp_path / "calendars.yaml"
        file.write_text(OFFICE + "\n".join(more))
        return read_model(file, CalendarsFile).whole()

    return read


@pytest.fixture(scope="module")
def office():
    return read_model(NANJING, CalendarsFile).whole()["office"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda file: file.stem)
def test_a_fault_is_named_with_its_file_line_and_mend(fault):
    _, _, _, line, code, words = fault.read_text().partition("\n")[0].split(maxsplit=5)
    with pytest.raises(PackError) as caught:
        read_model(fault, CalendarsFile)

    error = caught.value
    assert (error.file, error.line, error.code) == (str(fault), int(line), code)
    assert words in str(error)
    assert error.mend


def test_several_faults_are_counted_and_the_first_is_named(tmp_path):
    file = tmp_path / "calendars.yaml"
    file.write_text(OFFICE.replace("2026-10-10", "2026-10-05").replace("2026-10-02", "2026-09-26"))
    with pytest.raises(PackError, match=r"and 1 more") as caught:
        read_model(file, CalendarsFile)
    assert caught.value.line == 13


def test_a_span_is_minutes_of_the_day_and_may_touch_the_next(whole):
    assert whole()["office"].week[0] == ((480, 720), (720, 1440))


def test_a_weekday_without_hours_has_no_spans(whole):
    assert whole()["office"].week[1] == ()


def test_a_holiday_from_first_to_last_includes_both(whole):
    days = [date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)]
    assert [d for d, name in whole()["office"].holidays.items() if name == "中秋节"] == days


def test_a_swapped_workday_has_mondays_hours_unless_it_says_others(whole):
    assert whole()["office"].workdays == {date(2026, 9, 20): 1, date(2026, 10, 10): 5}


def test_an_extension_has_what_it_does_not_say(whole):
    calendars = whole("  - {name: same, extends: office}")
    office, same = calendars["office"], calendars["same"]
    assert (same.first_day, same.last_day) == (office.first_day, office.last_day)
    assert same.provisional_from == date(2026, 12, 1)
    assert (same.week, same.holidays, same.workdays) == (
        office.week,
        office.holidays,
        office.workdays,
    )


def test_an_extension_adds_days_of_its_own(whole):
    one = whole(
        "  - name: site",
        "    extends: office",
        '    holidays: [{date: "2026-03-02", name: 停工}]',
    )["site"]
    assert one.holidays[date(2026, 3, 2)] == "停工"
    assert date(2026, 10, 2) in one.holidays


def test_an_extension_may_work_on_a_holiday_of_the_other(whole):
    one = whole(
        "  - name: site",
        "    extends: office",
        '    workdays: [{date: "2026-10-02", name: 值班}]',
    )["site"]
    assert date(2026, 10, 2) not in one.holidays
    assert one.workdays[date(2026, 10, 2)] == 1


def test_an_extension_may_be_off_on_a_swapped_workday_of_the_other(whole):
    one = whole(
        "  - name: site",
        "    extends: office",
        '    holidays: [{date: "2026-09-20", name: 停工}]',
    )["site"]
    assert date(2026, 9, 20) not in one.workdays
    assert one.holidays[date(2026, 9, 20)] == "停工"


def test_an_extension_may_give_a_swapped_workday_other_hours(whole):
    one = whole(
        "  - name: site",
        "    extends: office",
        '    workdays: [{date: "2026-09-20", name: 国庆节, hours_of: friday}]',
    )["site"]
    assert one.workdays[date(2026, 9, 20)] == 5


def test_an_extension_that_works_on_sundays_may_still_swap_one_that_the_other_swaps(whole):
    one = whole(
        "  - name: shop",
        "    extends: office",
        "    working_hours:",
        '      monday: ["08:00-12:00"]',
        '      friday: ["08:00-12:00"]',
        '      sunday: ["08:00-09:00"]',
        '    workdays: [{date: "2026-09-20", name: 国庆节, hours_of: friday}]',
    )["shop"]
    assert one.workdays[date(2026, 9, 20)] == 5


def test_always_is_all_hours_of_all_days_and_is_inherited(whole):
    calendars = whole(
        "  - {name: night, extends: office, hours: always}", "  - {name: fire, extends: night}"
    )
    for name in ("night", "fire"):
        assert calendars[name].always
        assert calendars[name].week == (((0, 1440),),) * 7


def test_an_extension_with_hours_of_its_own_is_no_longer_always(whole):
    calendars = whole(
        "  - {name: night, extends: office, hours: always}",
        "  - name: late",
        "    extends: night",
        '    working_hours: {monday: ["18:00-24:00"], friday: ["18:00-24:00"]}',
    )
    assert not calendars["late"].always
    assert calendars["late"].week[0] == ((1080, 1440),)


# Nanjing


def test_nanjings_offices_work_eight_hours_on_five_days(office):
    hours = [sum(end - start for start, end in spans) / 60 for spans in office.week]
    assert hours == [8, 8, 8, 8, 8, 0, 0]


@pytest.mark.parametrize(("year", "off", "swapped"), [(2025, 28, 5), (2026, 33, 6), (2027, 13, 0)])
def test_nanjing_lists_the_days_of_each_years_notice(office, year, off, swapped):
    assert sum(day.year == year for day in office.holidays) == off
    assert sum(day.year == year for day in office.workdays) == swapped


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_published_year_has_thirteen_workdays_less_than_its_weeks(office, year):
    # The law gives 13 days, and a day off in lieu of each on a weekend; swaps only move days.
    off = sum(day.year == year and day.isoweekday() <= 5 for day in office.holidays)
    assert off - sum(day.year == year for day in office.workdays) == 13


def test_all_years_but_the_last_are_published(office):
    assert (office.first_day, office.last_day) == (date(2025, 1, 1), date(2027, 12, 31))
    assert office.provisional_from == date(2027, 1, 1)


def test_nanjing_works_on_the_days_that_chinesecalendar_lists(office):
    chinese_calendar = pytest.importorskip(
        "chinese_calendar", reason="chinesecalendar is not installed: no second list to compare"
    )
    known_to = max(day.year for day in chinese_calendar.holidays)
    published = date(known_to, 12, 31)
    assert office.provisional_from > published, f"{known_to} is published: write its days"

    day = office.first_day
    while day <= min(published, office.last_day):
        works = day in office.workdays or (day.isoweekday() <= 5 and day not in office.holidays)
        assert works == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_nanjings_holidays_are_those_that_chinesecalendar_lists(office):
    chinese_calendar = pytest.importorskip(
        "chinese_calendar", reason="chinesecalendar is not installed: no second list to compare"
    )
    known = {d for d in chinese_calendar.holidays if office.first_day <= d}
    listed = {d for d in office.holidays if d < office.provisional_from}
    assert listed == {d for d in known if d < office.provisional_from}
    theirs = {d for d in chinese_calendar.workdays if office.first_day <= d}
    assert set(office.workdays) == {d for d in theirs if d < office.provisional_from}
