"""Which minute it is and whether offices work then; laws against a slow reading of the file."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packs.calendars import CalendarsFile
from packs.hours import WEEKDAYS
from rules.calendar import Calendar
from rules.memo import CAPACITY

LAW = settings(max_examples=100, deadline=None)  # a busy machine is no fault
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
WEEK = dict.fromkeys(WEEKDAYS[:5], ("08:00-12:00", "14:00-18:00"))
OFFICE = {
    "name": "office",
    "first_day": "2026-01-01",
    "last_day": "2026-12-31",
    "provisional_from": "2026-12-01",
    "working_hours": WEEK | {"friday": ("08:00-12:00",)},
    "holidays": ({"first": "2026-10-01", "last": "2026-10-07", "name": "国庆节"},),
    "workdays": (
        {"date": "2026-09-20", "name": "国庆节"},
        {"date": "2026-10-10", "name": "国庆节", "hours_of": "friday"},
    ),
}
NIGHT = {"name": "night", "extends": "office", "hours": "always"}


def compiled(*calendars, zone="Asia/Shanghai"):
    """The last of the calendars."""
    file = CalendarsFile.model_validate({"schema_version": 1, "calendars": calendars})
    return Calendar.compile(file.whole()[calendars[-1]["name"]], zone)


def moment(text, zone="Asia/Shanghai", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


office = compiled(OFFICE)
night = compiled(OFFICE, NIGHT)


def test_a_moment_is_a_local_date_minute_and_weekday():
    found = office.at(moment("2026-11-25 14:30:59"))
    assert (found.date, found.minute, found.weekday) == (date(2026, 11, 25), 14 * 60 + 30, 3)


@pytest.mark.parametrize(
    ("clock", "working"),
    [
        ("07:59:59", False),
        ("08:00:00", True),
        ("11:59:59", True),
        ("12:00:00", False),
        ("14:00:00", True),
        ("18:00:00", False),
    ],
)
def test_hours_are_half_open(clock, working):
    assert office.at(moment(f"2026-11-25 {clock}")).working is working


def test_the_last_instant_of_a_minute_is_still_that_minute():
    fresh = compiled(OFFICE)  # which remembers no minute yet
    assert fresh.at(moment("2026-11-25 12:00") - 2e-7).minute == 719


@pytest.mark.parametrize(
    ("day", "text", "working"),
    [
        ("2026-11-25", "workday", True),
        ("2026-11-28", "weekend", False),
        ("2026-10-01", "holiday 国庆节", False),
        ("2026-10-03", "holiday 国庆节", False),  # a Saturday
        ("2026-09-20", "swapped workday", True),
        ("2025-12-31", "workday beyond the calendar", True),
        ("2027-01-02", "weekend beyond the calendar", False),
    ],
)
def test_what_kind_of_day_it_is(day, text, working):
    found = office.at(moment(f"{day} 09:00"))
    assert (found.day, found.working) == (text, working)


def test_a_day_without_hours_in_the_middle_of_the_week_is_a_day_off():
    week = {k: v for k, v in WEEK.items() if k != "wednesday"}
    assert compiled(OFFICE | {"working_hours": week}).at(moment("2026-11-25 09:00")).day == (
        "day off"
    )


def test_a_swapped_workday_has_the_hours_of_its_weekday():
    assert office.hours(date(2026, 9, 20)) == ((480, 720), (840, 1080))
    assert office.hours(date(2026, 10, 10)) == ((480, 720),)


def test_the_range_is_covered_with_both_its_ends():
    around = [date(2025, 12, 31), FIRST, LAST, date(2027, 1, 1)]
    assert [office.covers(day) for day in around] == [False, True, True, False]
    assert (office.begins, office.ends) == (FIRST, LAST)


def test_the_calendar_tells_from_when_on_it_is_provisional():
    assert office.provisional_from == date(2026, 12, 1)


def test_beyond_the_range_the_plain_week_holds():
    assert office.working_day(date(2027, 10, 1))  # a Friday, National Day
    assert not office.working_day(date(2027, 10, 2))


@pytest.mark.parametrize("text", ["2026-11-28 03:00", "2026-10-01 23:59", "2027-05-01 00:00"])
def test_a_round_the_clock_department_always_works(text):
    assert night.at(moment(text)).working
    assert night.working_day(datetime.fromisoformat(text).date())


def test_a_holiday_is_called_one_even_where_the_department_works():
    assert night.at(moment("2026-10-01 03:00")).day == "holiday 国庆节"


def test_where_clocks_go_back_an_hour_comes_twice():
    there = compiled(OFFICE, zone="America/New_York")
    once = moment("2026-11-01 01:30", "America/New_York")
    again = moment("2026-11-01 01:30", "America/New_York", fold=1)
    assert again - once == 3600
    assert there.at(once) == there.at(again)
    assert there.at(again + 1800).minute == 120


def test_where_clocks_go_forward_an_hour_never_comes():
    there = compiled(OFFICE, zone="America/New_York")
    before = moment("2026-03-08 01:59", "America/New_York")
    assert (there.at(before).minute, there.at(before + 60).minute) == (119, 180)


NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("day", "minute", "first_shown"),
    [
        ("2026-11-25", 870, "2026-11-25 14:30"),
        ("2026-11-25", 1440, "2026-11-26 00:00"),
        ("2026-03-08", 119, "2026-03-08 01:59"),
        ("2026-03-08", 120, "2026-03-08 03:00"),  # skipped
        ("2026-03-08", 150, "2026-03-08 03:00"),
        ("2026-03-08", 180, "2026-03-08 03:00"),
        ("2026-11-01", 90, "2026-11-01 01:30"),  # comes twice
        ("2026-11-01", 120, "2026-11-01 02:00"),
    ],
)
def test_a_minute_of_a_day_is_the_moment_that_shows_it_first(day, minute, first_shown):
    there = compiled(OFFICE, zone=NEW_YORK)
    found = there.moment(date.fromisoformat(day), minute)
    assert found == moment(first_shown, NEW_YORK)


def test_all_minutes_of_a_day_left_out_are_the_moment_it_was_skipped():
    apia = compiled(OFFICE, zone="Pacific/Apia")
    skipped = moment("2011-12-31 00:00", "Pacific/Apia")
    assert {apia.moment(date(2011, 12, 30), minute) for minute in (0, 720, 1440)} == {skipped}
    assert apia.open_day(date(2011, 12, 30)) == ((), 0)


def test_an_open_day_is_its_hours_in_moments():
    found = office.open_day(date(2026, 9, 20))
    edges = [moment(f"2026-09-20 {hour}:00") for hour in ("08", "12", "14", "18")]
    assert found == ((tuple(edges[:2]), tuple(edges[2:])), 8 * 3600)
    assert office.open_day(date(2026, 10, 1)) == ((), 0)


def test_the_open_days_kept_have_a_bound():
    calendar = compiled(OFFICE)
    for day in range(CAPACITY + 100):
        calendar.open_day(date(1990, 1, 1) + timedelta(days=day))
    assert len(calendar._open_days) <= CAPACITY


def test_the_minutes_kept_have_a_bound():
    calendar = compiled(OFFICE)
    start = moment("2026-01-01 00:00")
    for minute in range(CAPACITY + 1000):
        calendar.at(start + 60 * minute)
    assert len(calendar._minutes) <= CAPACITY


# Laws

DAYS = st.dates(FIRST, LAST)
ZONES = (
    "Asia/Shanghai",  # no change of clocks
    "Asia/Kathmandu",  # 45 minutes
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Apia",  # left out a day in 2011
    "Africa/Monrovia",  # odd seconds until 1972
)
# Moments at which some zone's clocks change: 2026-03-08, 11-01, 04-04, 10-03; 2011-12-30; 1972.
CHANGES = (1772953200, 1793512800, 1775314800, 1790955000, 1325239200, 63593070)


@st.composite
def documents(draw):
    """A sound file of one calendar, as data."""
    spans = st.lists(st.integers(0, 96), min_size=2, max_size=4, unique=True).map(sorted)
    week = {}
    for day in WEEKDAYS:
        ends = draw(st.one_of(st.just([]), spans)) if day != "monday" else draw(spans)
        pairs = zip(ends[::2], ends[1::2], strict=False)
        week[day] = tuple(f"{clock(a * 15)}-{clock(b * 15)}" for a, b in pairs)
    days = draw(st.lists(DAYS, max_size=8, unique=True))
    first = draw(DAYS.filter(lambda day: day < date(2026, 12, 20)))
    long = [first + timedelta(days=i) for i in range(draw(st.integers(1, 9)))]
    plain_off = [d for d in days if d not in long and not week[WEEKDAYS[d.weekday()]]]
    with_hours = [day for day in WEEKDAYS if week[day]]
    return {
        "name": "office",
        "first_day": str(FIRST),
        "last_day": str(LAST),
        "working_hours": week,
        "holidays": (
            {"first": str(long[0]), "last": str(long[-1]), "name": "long"},
            *(
                {"date": str(d), "name": f"h{d.day}"}
                for d in days
                if d not in long and d not in plain_off
            ),
        ),
        "workdays": tuple(
            {"date": str(d), "name": "swap", "hours_of": draw(st.sampled_from(with_hours))}
            for d in plain_off
        ),
    }


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def span_holds(span, hh_mm):
    start, end = span.split("-")
    return start <= hh_mm < end


def slow_day(document, day):
    """The hours and kind of a day, read from the file's lists one after the other."""
    text, weekday = str(day), WEEKDAYS[day.weekday()]
    for workday in document["workdays"]:
        if workday["date"] == text:
            return document["working_hours"][workday["hours_of"]], "swapped workday"
    for holiday in document["holidays"]:
        if holiday.get("date") == text or holiday.get("first", "~") <= text <= holiday.get(
            "last", ""
        ):
            return (), f"holiday {holiday['name']}"
    hours = document["working_hours"][weekday]
    kind = "workday" if hours else "weekend" if weekday in ("saturday", "sunday") else "day off"
    inside = document["first_day"] <= text <= document["last_day"]
    return hours, kind if inside else f"{kind} beyond the calendar"


def slow_at(document, zone, epoch_s):
    whole_s = epoch_s // 1
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole_s)
    local = utc.astimezone(ZoneInfo(zone))
    hh_mm = local.strftime("%H:%M")
    hours, kind = slow_day(document, local.date())
    working = any(span_holds(span, hh_mm) for span in hours)
    minute = int(hh_mm[:2]) * 60 + int(hh_mm[3:])
    return (local.date(), minute, local.isoweekday(), working, kind)


moments = st.one_of(
    st.floats(moment("2025-12-25 00:00"), moment("2027-01-08 00:00")),
    st.builds(lambda at, by: at + by, st.sampled_from(CHANGES), st.floats(-90_000, 90_000)),
    st.floats(-1e9, 4e9),
)


@LAW
@given(documents(), st.sampled_from(ZONES), st.lists(moments, min_size=1, max_size=20))
def test_every_moment_is_what_a_slow_reading_of_the_file_says(document, zone, many):
    calendar = compiled(document, zone=zone)
    for epoch_s in many:
        for at in (epoch_s, epoch_s // 60 * 60, epoch_s // 60 * 60 + 59.999):
            due = slow_at(document, zone, at)
            assert calendar.at(at) == due
            assert calendar.at(at) == due  # and as remembered


@LAW
@given(documents(), st.dates(date(2025, 12, 1), date(2027, 2, 1)))
def test_a_working_day_is_one_with_hours(document, day):
    calendar = compiled(document)
    hours, _ = slow_day(document, day)
    assert calendar.working_day(day) == bool(hours)
    assert [f"{clock(a)}-{clock(b)}" for a, b in calendar.hours(day)] == list(hours)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(ZONES[:4]), st.dates(FIRST, LAST) | st.sampled_from([date(2026, 11, 1)]))
def test_a_day_shows_as_many_minutes_as_it_lasts(zone, day):
    calendar = compiled(OFFICE, NIGHT, zone=zone)
    start = moment(f"{day} 00:00", zone)
    end = moment(f"{day + timedelta(days=1)} 00:00", zone)
    seconds = range(0, int(end - start), 60)
    shown = [calendar.at(start + s) for s in seconds]
    assert {one.date for one in shown} == {day}
    assert calendar.at(start - 1).date != day != calendar.at(end).date
    assert sum(one.working for one in shown) == (end - start) / 60
    # Clocks change at night, so an office's day is as long as ever.
    usual = compiled(OFFICE, zone=zone)
    at_work = sum(usual.at(start + s).working for s in seconds)
    assert at_work == sum(end - start for start, end in usual.hours(day))


CHANGED = [date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4)]


@LAW
@given(documents(), st.sampled_from(ZONES), DAYS | st.sampled_from(CHANGED))
def test_an_open_day_is_the_moments_that_work(document, zone, day):
    calendar = compiled(document, zone=zone)
    spans, seconds = calendar.open_day(day)
    start, end = calendar.moment(day, 0), calendar.moment(day, 1440)
    for at in (start + 60 * minute for minute in range(int(end - start) // 60)):
        assert calendar.at(at).date == day
        assert calendar.at(at).working is any(a <= at < b for a, b in spans)
    assert seconds == sum(b - a for a, b in spans)
    assert list(spans) == sorted(spans)
    assert calendar.open_day(day) == (spans, seconds)  # and as remembered
