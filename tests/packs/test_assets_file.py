"""``assets.csv``: where every sensor is, as columns, and every fault with its line.

``broken_assets/<fault>.csv`` has one fault.
"""

import math
from pathlib import Path

import pytest

from messages.errors import PackError
from packs.assets import NO_DATUM, read_assets
from packs.table import DATUMS

HERE = Path(__file__).parent / "broken_assets"
FAULTS = {
    "code_and_position": (2, "wrong_value"),
    "control_character": (2, "wrong_value"),
    "device_twice": (4, "duplicate_row"),
    "empty_device": (3, "missing_value"),
    "lat_without_lon": (2, "missing_value"),
    "missing_column": (1, "missing_column"),
    "not_utf8": (2, "not_utf8"),
    "nowhere": (2, "missing_value"),
    "position_without_datum": (2, "missing_value"),
    "too_few_values": (2, "wrong_row"),
    "too_long": (2, "wrong_value"),
    "unknown_column": (1, "unknown_column"),
    "unknown_datum": (2, "wrong_value"),
}


def test_every_broken_file_is_tested():
    assert sorted(file.stem for file in HERE.glob("*.csv")) == sorted(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file_line_and_mend(fault):
    file = HERE / f"{fault}.csv"
    with pytest.raises(PackError) as caught:
        read_assets(file)
    line, code = FAULTS[fault]
    assert (caught.value.file, caught.value.line) == (str(file), line)
    assert caught.value.code == f"pack.{code}"
    assert caught.value.mend


def test_rows_become_columns(tmp_path):
    file = tmp_path / "assets.csv"
    file.write_text(
        "device_id,code,lon,lat,datum,name,sensor\n"
        "smoke-1,G1,,,,楼道烟感,smoke\n"
        "level-1,,118.8,32.05,bd09,,water_level\n"
    )
    assets = read_assets(file)
    assert len(assets) == 2
    assert assets.device_ids == ("smoke-1", "level-1")
    assert assets.codes == ("G1", "")
    assert math.isnan(assets.lon[0]) and math.isnan(assets.lat[0])
    assert (assets.lon[1], assets.lat[1]) == (118.8, 32.05)
    assert assets.datum.tolist() == [NO_DATUM, DATUMS.index("bd09")]
    assert assets.names == ("楼道烟感", "")
    assert assets.sensors == ("smoke", "water_level")
    assert assets.lines.tolist() == [2, 3]


def test_a_register_of_codes_alone_needs_two_columns(tmp_path):
    file = tmp_path / "assets.csv"
    file.write_text("device_id,code\nsmoke-1,G1\n")
    assert read_assets(file).codes == ("G1",)


def test_an_empty_register_has_no_rows(tmp_path):
    file = tmp_path / "assets.csv"
    file.write_text("device_id,code\n")
    assert len(read_assets(file)) == 0


def test_a_hundred_thousand_rows_are_read(tmp_path):
    file = tmp_path / "assets.csv"
    rows = (f"dev-{i},,118.{i:06},32.0,gcj02\n" for i in range(100_000))
    file.write_text("device_id,code,lon,lat,datum\n" + "".join(rows))
    assets = read_assets(file)
    assert len(assets) == 100_000
    assert assets.lon.nbytes + assets.lat.nbytes == 1_600_000
