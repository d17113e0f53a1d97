"""``addresses.csv``: what a row says, and every fault with its line.

``broken_addresses/<fault>.csv`` has one fault.
"""

import re
from pathlib import Path

import pytest

import packs.addresses
from messages.errors import PackError
from packs.addresses import AddressRow, read_addresses
from packs.assets import read_assets

HERE = Path(__file__).parent / "broken_addresses"
HEADER = "name,kind,code,parent,lon,lat,datum,aliases,number_from,number_to,parity"
FAULTS = {
    "alias_twice": (2, "wrong_value"),
    "code_and_position": (2, "wrong_value"),
    "column_twice": (1, "duplicate_column"),
    "community_with_a_position": (2, "missing_value"),
    "datum_without_position": (2, "missing_value"),
    "empty_alias": (2, "missing_value"),
    "empty_file": (1, "empty_file"),
    "empty_kind": (2, "missing_value"),
    "empty_name": (3, "missing_value"),
    "lat_beyond_the_pole": (2, "wrong_value"),
    "letters_after_a_quote": (2, "wrong_row"),
    "lon_not_finite": (2, "wrong_value"),
    "lon_of_letters": (2, "wrong_value"),
    "lon_without_lat": (2, "missing_value"),
    "missing_column": (1, "missing_column"),
    "name_of_one_character": (3, "wrong_value"),
    "not_utf8": (3, "not_utf8"),
    "nowhere": (2, "missing_value"),
    "nul_character": (2, "wrong_row"),
    "number_with_a_letter": (2, "wrong_value"),
    "number_without_its_end": (2, "missing_value"),
    "number_zero": (2, "wrong_value"),
    "numbers_on_a_place": (2, "wrong_value"),
    "numbers_upside_down": (2, "wrong_value"),
    "open_quote": (2, "wrong_row"),
    "parent_of_a_road": (2, "wrong_value"),
    "parity_without_numbers": (2, "missing_value"),
    "position_without_datum": (2, "missing_value"),
    "same_row_twice": (4, "duplicate_row"),
    "too_few_values": (2, "wrong_row"),
    "too_many_values": (3, "wrong_row"),
    "unknown_column": (1, "unknown_column"),
    "unknown_datum": (2, "wrong_value"),
    "unknown_kind": (2, "wrong_value"),
    "unknown_parity": (2, "wrong_value"),
}


@pytest.fixture
def written(tmp_path):
    def write(*lines, encoding="utf-8"):
        file = tmp_path / "addresses.csv"
        file.write_text("\n".join(lines) + "\n", encoding=encoding)
        return file

    return write


def test_every_broken_file_is_tested():
    assert sorted(file.stem for file in HERE.glob("*.csv")) == sorted(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file_line_and_mend(fault):
    file = HERE / f"{fault}.csv"
    with pytest.raises(PackError) as caught:
        read_addresses(file)
    line, code = FAULTS[fault]
    assert (caught.value.file, caught.value.line) == (str(file), line)
    assert caught.value.code == f"pack.{code}"
    assert caught.value.mend


def test_a_row_may_have_a_code_or_a_position(written):
    file = written(
        HEADER,
        "梅坞社区,community,C9,S1,,,,梅坞村|梅坞新村,,,",
        "市一院,place,,,118.8,32.05,gcj02,,,,",
        "长堤路,road,S1,,,,,,1,99,odd",
    )
    assert read_addresses(file) == (
        AddressRow(2, "梅坞社区", ("梅坞村", "梅坞新村"), "community", "C9", "S1"),
        AddressRow(3, "市一院", (), "place", lon=118.8, lat=32.05, datum="gcj02"),
        AddressRow(4, "长堤路", (), "road", "S1", number_from=1, number_to=99, parity="odd"),
    )


def test_columns_may_be_left_out_and_come_in_any_order(written):
    (row,) = read_addresses(written("kind,code,name", "road,S1,长堤路"))
    assert (row.name, row.kind, row.code, row.parity) == ("长堤路", "road", "S1", "both")


def test_blanks_a_mark_of_byte_order_and_empty_lines_do_no_harm(written):
    file = written("name , kind,code", " 长堤路 ,road, S1", "", ",,", encoding="utf-8-sig")
    assert [row.name for row in read_addresses(file)] == ["长堤路"]


def test_the_line_is_where_a_row_of_several_lines_begins(written):
    file = written("name,kind,code", '"长堤', '路",road,S1', "梅坞,place,")
    with pytest.raises(PackError) as caught:
        read_addresses(file)
    assert caught.value.line == 4


def test_the_stretches_of_a_road_are_no_duplicates(written):
    file = written(HEADER, "长堤路,road,S1,,,,,,1,99,odd", "长堤路,road,S1,,,,,,2,98,even")
    assert len(read_addresses(file)) == 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PackError) as caught:
        read_addresses(tmp_path / "addresses.csv")
    assert caught.value.code == "pack.missing_file"


def test_a_folder_is_not_read(tmp_path):
    with pytest.raises(PackError) as caught:
        read_addresses(tmp_path)
    assert caught.value.code == "pack.unreadable_file"


def test_a_file_that_is_too_big_is_not_read(written, monkeypatch):
    monkeypatch.setattr(packs.addresses, "MAX_BYTES", 20)
    with pytest.raises(PackError) as caught:
        read_addresses(written("name,kind,code", "长堤路,road,S1"))
    assert caught.value.code == "pack.too_large"


def test_too_many_rows_are_refused(written, monkeypatch):
    monkeypatch.setattr(packs.addresses, "MAX_ROWS", 1)
    with pytest.raises(PackError) as caught:
        read_addresses(written("name,kind,code", "长堤路,road,S1", "水门街,road,S1"))
    assert (caught.value.code, caught.value.line) == ("pack.too_many_rows", 3)


def test_the_example_of_the_page_is_sound(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "addresses.md"
    blocks = re.findall(r"^```csv (\S+)\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    assert [name for name, _ in blocks] == ["addresses.csv", "assets.csv"]
    for name, text in blocks:
        (tmp_path / name).write_text(text)
    assert len(read_addresses(tmp_path / "addresses.csv")) == 6
    assert len(read_assets(tmp_path / "assets.csv")) == 2
