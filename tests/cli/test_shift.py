"""When a shift began: the latest such hour by the city's clocks, or a full time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.shift import began, instant
from messages.errors import SettingsError

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def epoch(text):
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2026-11-26T21:00+08:00", "2026-11-26T20:00+08:00"),
        ("2026-11-26T08:00+08:00", "2026-11-25T20:00+08:00"),
        ("2026-11-26T20:00+08:00", "2026-11-25T20:00+08:00"),
        ("2026-11-26T12:00:01+00:00", "2026-11-26T20:00+08:00"),
    ],
    ids=["today", "yesterday", "not now itself", "whatever zone now is told in"],
)
def test_an_hour_is_the_latest_one_before_now(now, found):
    assert began("20:00", epoch(now), SHANGHAI) == epoch(found)


def test_a_shift_over_a_change_of_clocks_begins_at_its_hour():
    now = epoch("2026-10-25T08:00+01:00")
    assert began("20:00", now, BERLIN) == epoch("2026-10-24T20:00+02:00")


@given(
    st.floats(0, 4e9), st.integers(0, 23), st.integers(0, 59), st.sampled_from([SHANGHAI, BERLIN])
)
def test_it_lies_before_now_and_at_most_a_long_day(now, hour, minute, zone):
    at = began(f"{hour:02}:{minute:02}", now, zone)
    assert 0 < now - at <= 26 * 3600


def test_a_full_time_is_taken_as_it_is():
    at = began("2026-11-26T20:00+08:00", epoch("2026-11-28T20:00+08:00"), BERLIN)
    assert at == epoch("2026-11-26T20:00+08:00")


@pytest.mark.parametrize("text", ["25:00", "20", "2026-11-26T20:00", "2026-11-29T20:00+08:00"])
def test_what_is_no_time_before_now_is_refused(text):
    with pytest.raises(SettingsError) as caught:
        began(text, epoch("2026-11-28T20:00+08:00"), SHANGHAI)
    assert caught.value.code == "settings.since"


def test_a_time_without_an_offset_is_refused_by_the_options_name():
    with pytest.raises(SettingsError) as caught:
        instant("now", "2026-11-26T20:00")
    assert caught.value.code == "settings.now"
