"""`wangge locate`: rows in, the same rows with their territory out."""

import csv
import io
import json
import time

import numpy as np
import pytest
import shapely
import typer
from typer.testing import CliRunner

from cli.city_option import DEFAULT_PACK
from cli.locate import locate
from cli.new_pack import write_pack
from geo.datum import from_wgs84
from geo.layer import BoundaryLayer

app = typer.Typer()
app.command()(locate)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """One district, two streets side by side at 118 to 118.2 E, 32 to 32.1 N."""
    folder = tmp_path_factory.mktemp("towns") / "town"
    whole = np.array([shapely.box(118.0, 32.0, 118.2, 32.1)])
    halves = np.array(
        [shapely.box(118.0, 32.0, 118.1, 32.1), shapely.box(118.1, 32.0, 118.2, 32.1)]
    )
    layers = [
        BoundaryLayer("district", ("D",), ("D",), (None,), whole),
        BoundaryLayer("street", ("W", "E"), ("西", "东"), ("D", "D"), halves),
    ]
    write_pack(folder, layers, name="town", time_zone="UTC")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path_factory.getbasetemp() / "locate-cache"))


def run(city, text, *options, file="-"):
    body = text if isinstance(text, bytes) else text.encode()
    return CliRunner().invoke(app, [str(file), "--city", str(city), *options], input=body)


def rows(result):
    return list(csv.reader(io.StringIO(result.stdout)))


def added(city, text, *options):
    return [row[-5:] for row in rows(run(city, text, *options))[1:]]


def test_the_same_rows_come_out_with_five_columns_more(town):
    found = run(town, 'id,lat,note,lon\n7,32.05,"a, ""b""",118.15\n')
    assert found.exit_code == 0
    assert rows(found) == [
        ["id", "lat", "note", "lon", "grid", "street", "district", "method", "distance_m"],
        ["7", "32.05", 'a, "b"', "118.15", "", "E", "D", "inside", "0"],
    ]


def test_a_position_near_the_city_says_how_far_it_is(town):
    # 0.001° of latitude is 110.9 m at 32° N.
    assert added(town, "lon,lat\n118.05,31.999\n") == [["", "W", "D", "nearest", "110.9"]]


def test_a_position_far_away_is_unlocated(town):
    assert added(town, "lon,lat\n-71,42\n") == [["", "", "", "unlocated", ""]]


@pytest.mark.parametrize(
    "position",
    ["x,32", ",", "118.05", "nan,32", "inf,32", "181,32", "118.05,-91", "1_18,32", "0x76,32"],
)
def test_a_row_without_degrees_is_kept_as_invalid(town, position):
    found = run(town, f"lon,lat\n{position}\n118.05,32.05\n")
    assert [row[-2] for row in rows(found)[1:]] == ["invalid", "inside"]
    assert found.exit_code == 1


def test_a_row_too_long_loses_nothing_and_keeps_the_columns_in_place(town):
    found = rows(run(town, "lon,lat\n118.05,32.05,more,and more\n"))
    assert found[1] == ["118.05", "32.05", "", "W", "D", "inside", "0", "more", "and more"]


def test_bytes_that_are_not_utf8_come_out_as_they_went_in(town):
    found = run(town, b"lon,lat,note\n118.05,32.05,\xc4\xcf\xbe\xa9\n")
    assert b"\xc4\xcf\xbe\xa9" in found.stdout_bytes


def test_a_byte_order_mark_is_not_part_of_the_first_column(town):
    assert run(town, b"\xef\xbb\xbflon,lat\n118.05,32.05\n").exit_code == 0


def test_the_datum_is_the_one_that_was_said(town):
    (lon,), (lat,) = from_wgs84([118.0999], [32.05], "gcj02")
    text = f"lon,lat\n{lon},{lat}\n"
    assert added(town, text, "--datum", "gcj02")[0][1] == "W"
    assert added(town, text, "--datum", "wgs84")[0][1] == "E"


def test_other_columns_may_hold_the_position(town):
    assert added(town, "x,y\n118.05,32.05\n", "--lon", "x", "--lat", "y")[0][1] == "W"


def test_json_gives_one_object_a_row(town):
    found = run(town, "lon,lat,a,a\n118.05,32.05,1,2\nx,y,3,4,5\n", "--json")
    assert [json.loads(line) for line in found.stdout.splitlines()] == [
        {"lon": "118.05", "lat": "32.05", "a": "1", "a_2": "2", "grid": None, "street": "W",
         "district": "D", "method": "inside", "distance_m": 0.0},
        {"lon": "x", "lat": "y", "a": "3", "a_2": "4", "_more": ["5"], "grid": None,
         "street": None, "district": None, "method": "invalid", "distance_m": None},
    ]  # fmt: skip


def test_the_summary_counts_every_row_on_standard_error(town):
    found = run(town, "lon,lat\n118.05,32.05\nx,y\n-71,42\n")
    assert "3 rows: 1 inside, 0 nearest, 1 unlocated, 1 invalid; datum wgs84" in found.stderr


def test_a_header_alone_gives_a_header(town):
    assert rows(run(town, "lon,lat\n")) == [
        ["lon", "lat", "grid", "street", "district", "method", "distance_m"]
    ]


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", [], "settings.column"),
        ("x,y\n1,2\n", [], "settings.column"),
        ("lon,lat,lon\n1,2,3\n", [], "settings.column"),
        ("lon,lat\n1,2\n", ["--datum", "nad27"], "settings.datum"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_mend(town, text, options, code):
    refused = run(town, text, *options).exception
    assert refused.code == code
    assert refused.mend


def test_a_file_that_is_not_there_is_refused(town, tmp_path):
    assert run(town, "", file=tmp_path / "no.csv").exception.code == "settings.file"


def test_a_hundred_thousand_rows_take_less_than_five_seconds(tmp_path):
    random = np.random.default_rng(7)
    lon, lat = random.uniform(118.5, 119.1, 100_000), random.uniform(31.5, 32.5, 100_000)
    file = tmp_path / "points.csv"
    lines = (f"{i},{x:.6f},{y:.6f}\n" for i, (x, y) in enumerate(zip(lon, lat, strict=True)))
    file.write_text("id,lon,lat\n" + "".join(lines))
    run(DEFAULT_PACK, "lon,lat\n")  # warms the cache
    began = time.perf_counter()
    found = run(DEFAULT_PACK, "", "--datum", "gcj02", file=file)
    assert time.perf_counter() - began < 5
    assert found.stdout.count("\n") == 100_001
