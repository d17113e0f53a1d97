"""Calendars for the tests of limits, and a slow, obvious reading of the four clocks."""

from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from packs.calendars import CalendarsFile
from packs.hours import WEEKDAYS
from rules.calendar import Calendar

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
OFFICE = {
    "name": "office",
    "first_day": "2026-01-01",
    "last_day": "2026-12-31",
    "working_hours": dict.fromkeys(WEEKDAYS[:5], ("08:00-12:00", "14:00-18:00")),
    "holidays": (
        {"first": "2026-09-25", "last": "2026-09-27", "name": "中秋节"},
        {"first": "2026-10-01", "last": "2026-10-07", "name": "国庆节"},
    ),
    "workdays": (
        {"date": "2026-09-20", "name": "国庆节"},
        {"date": "2026-10-10", "name": "国庆节"},
    ),
}
"""Autumn 2026 as the State Council's General Office set it (see Nanjing's calendars.yaml)."""


def compiled(document=OFFICE, zone=SHANGHAI):
    file = CalendarsFile.model_validate({"schema_version": 1, "calendars": (document,)})
    return Calendar.compile(file.whole()[document["name"]], zone)


office = compiled()


def moment(text, zone=SHANGHAI, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def shown(epoch_s, zone=SHANGHAI):
    """``2026-10-01 09:30:00``, as the city's clocks show it."""
    return str(datetime.fromtimestamp(epoch_s, ZoneInfo(zone)).replace(tzinfo=None))


# Calendars by chance, around the change of clocks in New York: 2026-03-08 and 2026-11-01.

WEEKS = (date(2026, 2, 23), date(2026, 9, 21), date(2026, 10, 19))
HOURS = (
    (),
    ("08:00-12:00", "14:00-18:00"),
    ("09:00-16:00",),
    ("00:00-24:00",),
    ("01:30-02:30", "22:00-24:00"),
    ("00:00-01:20", "08:00-08:07", "08:09-09:00"),
)


@st.composite
def documents(draw, monday):
    """A calendar with a holiday and swapped workdays in the three weeks from a Monday on."""
    week = {day: draw(st.sampled_from(HOURS)) for day in WEEKDAYS}
    week["monday"] = draw(st.sampled_from(HOURS[1:]))
    first = draw(st.integers(0, 20))
    length = draw(st.integers(1, 8))
    off = [monday + timedelta(days=first + i) for i in range(length)]
    days = [monday + timedelta(days=i) for i in range(21)]
    free = [day for day in days if day not in off and not week[WEEKDAYS[day.weekday()]]]
    swaps = draw(st.lists(st.sampled_from(free), unique=True, max_size=3)) if free else []
    with_hours = [day for day in WEEKDAYS if week[day]]
    return OFFICE | {
        "working_hours": week,
        "holidays": ({"first": str(off[0]), "last": str(off[-1]), "name": "long"},),
        "workdays": tuple(
            {"date": str(day), "name": "swap", "hours_of": draw(st.sampled_from(with_hours))}
            for day in swaps
        ),
    }


@st.composite
def cities(draw):
    """A calendar, and the moment at which its three weeks begin."""
    monday = draw(st.sampled_from(WEEKS))
    zone = draw(st.sampled_from((SHANGHAI, NEW_YORK)))
    document = draw(st.just(OFFICE) | documents(monday))
    return compiled(document, zone), moment(str(monday), zone)


# The clocks, minute by minute. Moments are whole minutes.


def slow_elapsed(clock, start, end, calendar):
    if end <= start:
        return 0.0
    if clock == "continuous":
        return end - start
    if clock == "natural_day":
        return (_slow_wall(end, calendar) - _slow_wall(start, calendar)) / 1440
    minutes = [calendar.at(at) for at in _minutes(start, end)]
    worked = [local.date for local in minutes if local.working]
    if clock == "working_hours":
        return len(worked) * 60.0
    return sum(worked.count(day) / _slow_length(day, calendar) for day in set(worked))


def _minutes(start, end):
    return (start + 60 * i for i in range(ceil((end - start) / 60)))


def _slow_wall(epoch_s, calendar):
    """The latest minute that the wall has shown, up to that moment or in the three hours before."""
    at = [calendar.at(epoch_s - 60 * i) for i in range(181)]
    latest = max(local.date.toordinal() * 1440 + local.minute for local in at[1:]) + 1
    return max(latest, at[0].date.toordinal() * 1440 + at[0].minute)


def _slow_length(day, calendar):
    """The working minutes of a day, found by asking for every minute near it."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC")).timestamp()
    near = (calendar.at(at) for at in _minutes(noon - 36 * 3600, noon + 36 * 3600))
    return sum(local.working and local.date == day for local in near)
