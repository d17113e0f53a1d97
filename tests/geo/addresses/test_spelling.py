"""Texts that look different and are written alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.numerals import han_number, house_number
from geo.addresses.spelling import LONGEST, spell


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("梅坞 社区", "梅坞社区"),
        ("梅坞　社区", "梅坞社区"),
        ("长堤路１２号", "长堤路12号"),
        ("Long  ROAD", "long road"),
        ("Ｌｏｎｇ Rd.", "long road"),
        ("Sub-District", "subdistrict"),
        ("12号A座", "12号a座"),
        ("科技(城)园", "科技城园"),
        ("\x00梅\u200b坞", "梅坞"),
        ("😀", ""),
    ],
)
def test_one_spelling(written, text):
    assert spell(written).text == text


def test_a_comma_and_a_bracket_part_and_a_blank_does_not():
    assert spell("青禾区，梅坞 社区(3栋)") == ("青禾区梅坞社区3栋", (3, 7))


@given(st.text(max_size=700))
def test_a_spelling_is_its_own_spelling(written):
    once = spell(written).text
    assert len(once) <= 2 * LONGEST
    assert spell(once).text == once[:LONGEST].strip() or len(once) > LONGEST


@given(st.text(max_size=100))
def test_breaks_lie_within_the_text_in_order(written):
    text, breaks = spell(written)
    assert list(breaks) == sorted(set(breaks))
    assert all(0 < part < len(text) for part in breaks)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二〇三", 203),
        ("一百零五", 105),
        ("两千三百", 2300),
    ],
)
def test_a_chinese_numeral_has_a_value(numeral, value):
    assert han_number(numeral) == value


@pytest.mark.parametrize(
    ("after", "number"),
    [
        ("12号", 12),
        ("12", 12),
        (" 12 3", 12),
        ("甲12号", 12),
        ("十二弄", 12),
        ("no 12", 12),
        ("123456", None),
        ("1号线", None),
        ("一号线", None),
        ("附近", None),
        ("", None),
    ],
)
def test_a_house_number_stands_behind_its_road(after, number):
    assert house_number("长堤路" + after, 0, 3) == number


def test_an_english_number_may_stand_in_front():
    assert house_number("12 long road", 3, 12) == 12
    assert house_number("12长堤路", 2, 5) is None
