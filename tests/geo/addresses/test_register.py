"""Rows of a pack's register become entries, or faults with their line."""

import pytest

from geo.addresses import AddressEntry, Numbers, entries_of
from packs.addresses import AddressRow

BOUNDARIES = {
    "D1": ("D1", None, None, None),
    "S1": ("D1", "S1", None, None),
    "G1": ("D1", "S1", None, "G1"),
}


def row(line=2, name="梅坞", kind="place", **values):
    return AddressRow(line=line, name=name, aliases=values.pop("aliases", ()), kind=kind, **values)


def test_a_row_gets_the_codes_of_its_territory():
    rows = [
        row(kind="road", code="S1", number_from=1, number_to=9, parity="odd", aliases=("坞路",))
    ]
    numbers = Numbers(1, 9, "odd")
    entry = AddressEntry("梅坞", "road", "D1", "S1", aliases=("坞路",), numbers=numbers)
    assert entries_of(rows, BOUNDARIES, {}) == ((entry,), ())


def test_a_row_with_a_position_gets_the_codes_that_were_looked_up():
    rows = [row(lon=118.8, lat=32.0, datum="gcj02")]
    entries, faults = entries_of(rows, BOUNDARIES, {2: BOUNDARIES["G1"]})
    assert (entries[0].codes, faults) == (("D1", "S1", None, "G1"), ())


def test_a_row_with_a_position_outside_the_city_gives_nothing():
    assert entries_of([row(lon=0.0, lat=0.0, datum="wgs84")], BOUNDARIES, {}) == ((), ())


def test_a_community_that_the_boundaries_do_not_have_lies_in_its_parent():
    rows = [
        row(2, kind="place", code="C9"),
        row(3, kind="grid", code="C9-1", parent="C9"),
        row(4, kind="community", code="C9", parent="S1"),
    ]
    entries, faults = entries_of(rows, BOUNDARIES, {})
    assert [entry.codes for entry in entries] == [
        ("D1", "S1", "C9", None),
        ("D1", "S1", "C9", "C9-1"),
        ("D1", "S1", "C9", None),
    ]
    assert faults == ()


def test_a_second_name_of_a_community_may_repeat_its_parent():
    rows = [
        row(2, name, kind="community", code="C9", parent="S1") for name in ("梅坞社区", "梅坞新村")
    ]
    assert entries_of(rows, BOUNDARIES, {})[1] == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (row(5, code="X"), "code_unknown"),
        (row(5, kind="community", code="X"), "code_unknown"),
        (row(5, kind="community", code="X", parent="Y"), "parent_unknown"),
        (row(5, kind="community", code="X", parent="G1"), "wrong_level"),
        (row(5, kind="street", code="D1"), "wrong_level"),
        (row(5, kind="community", code="C9", parent="D1"), "code_twice"),
    ],
)
def test_a_fault_has_the_row_s_line_and_the_others_go_on(wrong, code):
    good = row(4, kind="community", code="C9", parent="S1")
    entries, (fault,) = entries_of([good, wrong], BOUNDARIES, {})
    assert (fault.line, fault.code) == (5, code)
    assert fault.text and fault.mend
    assert len(entries) == 1
