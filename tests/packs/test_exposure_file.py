"""The CSV of an exposure layer: its places as columns, and every fault with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.errors import PackError
from packs.city import CityFile
from packs.document import read
from packs.exposure import MAX_RADIUS_M, read_exposure
from packs.layers import ExposureLayer
from packs.yaml_file import parse

NANJING = Path(__file__).parents[2] / "cities" / "nanjing"
SCHOOLS = ExposureLayer(
    layer="schools", name="学校", file="layers/schools.csv", datum="gcj02", radius_m=150.0
)
HEADER = "name,lon,lat,radius_m\n"
FAULTS = {
    "empty_file": ("", 1, "empty_file"),
    "missing_column": ("name,lon\n样例一小,118.8\n", 1, "missing_column"),
    "column_of_a_datum": ("name,lon,lat,datum\n样例一小,118.8,32,wgs84\n", 1, "unknown_column"),
    "too_few_values": (HEADER + "样例一小,118.8,32\n", 2, "wrong_row"),
    "no_name": (HEADER + "样例一小,118.8,32,\n,118.9,32,\n", 3, "missing_value"),
    "long_name": (HEADER + "样" * 129 + ",118.8,32,\n", 2, "wrong_value"),
    "control_character": (HEADER + "样例\a小,118.8,32,\n", 2, "wrong_value"),
    "no_position": (HEADER + "样例一小,,,100\n", 2, "missing_value"),
    "lon_without_lat": (HEADER + "样例一小,118.8,,\n", 2, "missing_value"),
    "lat_without_lon": (HEADER + "样例一小,,32,\n", 2, "missing_value"),
    "swapped": (HEADER + "样例一小,32,118.8,\n", 2, "wrong_value"),
    "lon_of_words": (HEADER + "样例一小,东,32,\n", 2, "wrong_value"),
    "not_a_number": (HEADER + "样例一小,nan,32,\n", 2, "wrong_value"),
    "radius_of_words": (HEADER + "样例一小,118.8,32,100m\n", 2, "wrong_value"),
    "radius_of_nothing": (HEADER + "样例一小,118.8,32,0\n", 2, "wrong_value"),
    "negative_radius": (HEADER + "样例一小,118.8,32,-1\n", 2, "wrong_value"),
    "radius_not_a_number": (HEADER + "样例一小,118.8,32,nan\n", 2, "wrong_value"),
    "radius_of_a_district": (HEADER + "样例一小,118.8,32,5000.1\n", 2, "wrong_value"),
    "twice": (HEADER + "甲,1,2,\n乙,1,2,\n甲,1.0,2,90\n", 4, "duplicate_row"),
}


def read_text(folder, text, layer=SCHOOLS):
    file = folder / layer.file
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return read_exposure(folder, layer)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file_line_and_mend(fault, tmp_path):
    text, line, code = FAULTS[fault]
    with pytest.raises(PackError) as caught:
        read_text(tmp_path, text)
    assert (caught.value.file, caught.value.line) == (str(tmp_path / SCHOOLS.file), line)
    assert caught.value.code == f"pack.{code}"
    assert caught.value.mend


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PackError) as caught:
        read_exposure(tmp_path, SCHOOLS)
    assert (caught.value.code, caught.value.file) == (
        "pack.missing_file",
        str(tmp_path / SCHOOLS.file),
    )


def test_rows_become_columns(tmp_path):
    rows = read_text(tmp_path, HEADER + "样例一小,118.8,32.05,\n样例二小, 118.9 ,31.5,90.5\n")
    assert len(rows) == 2
    assert rows.file == tmp_path / SCHOOLS.file
    assert rows.names == ("样例一小", "样例二小")
    assert rows.lon.tolist() == [118.8, 118.9]
    assert rows.lat.tolist() == [32.05, 31.5]
    assert rows.radius_m.tolist() == [150.0, 90.5]


def test_without_a_column_of_radii_every_place_has_the_layers(tmp_path):
    rows = read_text(tmp_path, "lat,lon,name\n32.05,118.8,样例一小\n32.06,118.8,样例二小\n")
    assert rows.radius_m.tolist() == [150.0, 150.0]
    assert rows.lon.tolist() == [118.8, 118.8]


def test_one_name_may_stand_at_two_places(tmp_path):
    rows = read_text(tmp_path, HEADER + "样例一小,118.8,32,\n样例一小,118.801,32,\n")
    assert rows.names == ("样例一小", "样例一小")


def test_a_layer_may_have_no_places_yet(tmp_path):
    rows = read_text(tmp_path, HEADER)
    assert len(rows) == len(rows.lon) == len(rows.lat) == len(rows.radius_m) == 0


places = st.tuples(
    st.floats(-180, 180), st.floats(-90, 90), st.none() | st.floats(0.001, MAX_RADIUS_M)
)


@given(st.lists(places, max_size=20))
@settings(max_examples=50, deadline=None)
def test_what_was_written_is_read_to_the_last_digit(tmp_path_factory, rows):
    text = "".join(f"样例{i},{x!r},{y!r},{r or ''}\n" for i, (x, y, r) in enumerate(rows))
    found = read_text(tmp_path_factory.mktemp("pack"), HEADER + text)
    assert found.lon.tolist() == [x for x, _, _ in rows]
    assert found.lat.tolist() == [y for _, y, _ in rows]
    assert found.radius_m.tolist() == [r or 150.0 for _, _, r in rows]


def test_a_layers_largest_radius_is_a_rows_largest_radius():
    (limit,) = (
        part.le for part in ExposureLayer.model_fields["radius_m"].metadata if hasattr(part, "le")
    )
    assert limit == MAX_RADIUS_M


@pytest.mark.parametrize(
    ("slug", "count", "radius_m"),
    [("schools", 60, 150), ("hospitals", 20, 200), ("underpasses", 30, 80)],
)
def test_nanjings_layers_are_read_and_every_name_says_that_it_is_a_sample(slug, count, radius_m):
    city = parse(read(NANJING / "city.yaml"), CityFile)
    (layer,) = (one for one in city.layers if one.layer == slug)
    rows = read_exposure(NANJING, layer)
    assert (len(rows), layer.radius_m) == (count, radius_m)
    assert len(set(rows.names)) == count
    assert all(name.startswith("样例") for name in rows.names)
