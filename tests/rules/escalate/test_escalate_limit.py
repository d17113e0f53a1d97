"""A limit of time, as a pack writes it and as a snapshot keeps it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import PackError
from rules.escalate import Limit

UNITS = ("min", "h", "d", "working h", "working d")
texts = st.builds("{} {}".format, st.integers(1, 9999), st.sampled_from(UNITS))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("15 min", (900, "continuous")),
        ("4 h", (14_400, "continuous")),
        ("7 d", (7, "natural_day")),
        ("2 working h", (7200, "working_hours")),
        ("1 working d", (1, "working_days")),
    ],
)
def test_the_unit_says_the_clock(text, limit):
    assert Limit.parse(text) == limit


@pytest.mark.parametrize(
    "text", ["", "4", "h", "4h", "0 h", "-1 h", "1.5 h", "75 %", "2 working min", "4 h ", "٤ h"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(PackError, match="is no limit of time") as found:
        Limit.parse(text)
    assert found.value.code == "pack.bad_limit"


def test_a_share_is_on_the_same_clock():
    assert Limit.parse("3 working d").share(75) == (2.25, "working_days")
    assert Limit.parse("4 h").share(150) == (21_600, "continuous")


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (Limit.parse("3 working d").share(75), "2.25 working d"),
        (Limit.parse("4 h").share(75), "3 h"),
        (Limit.parse("1 h").share(75), "45 min"),
        (Limit.parse("2 working h").share(25), "0.5 working h"),
        (Limit.parse("20 d").share(150), "30 d"),
    ],
)
def test_a_share_reads_as_a_person_would_write_it(limit, text):
    assert str(limit) == text


@given(texts)
def test_what_a_pack_writes_is_read_back_from_its_text(text):
    limit = Limit.parse(text)
    assert Limit.parse(str(limit)) == limit


@given(texts, st.integers(1, 999))
def test_a_snapshot_of_a_limit_is_that_limit(text, percent):
    limit = Limit.parse(text).share(percent)
    body = limit.to_json()
    assert len(body) == 2
    found = Limit.from_json(json.loads(json.dumps(body)))
    assert found == limit
    assert type(found.amount) is float


def test_an_unknown_clock_in_a_snapshot_is_refused():
    with pytest.raises(KeyError, match="lunar_month"):
        Limit.from_json([1, "lunar_month"])
