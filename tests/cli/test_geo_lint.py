"""`wangge geo lint`: exit codes, the report, the JSON document and the pictures."""

import builtins
import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from cli.geo import app
from cli.main import main

PACKS = Path(__file__).parents[1] / "geo" / "lint" / "packs"
SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def run(*arguments):
    return CliRunner().invoke(app, ["lint", *map(str, arguments)])


def document(pack):
    (one,) = json.loads(run(PACKS / pack, "--json").stdout)["sets"]
    return one


# Exit codes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "code"),
    [("clean", 0), ("overlap_rounding", 0), ("overlap_sliver", 1), ("overlap", 1)],
)
def test_errors_and_warnings_make_exit_code_1_and_infos_do_not(pack, code):
    assert run(PACKS / pack).exit_code == code
    assert run(PACKS / pack, "--json").exit_code == code


@pytest.mark.parametrize("fault", ["unreadable_file", "not_json", "not_geojson"])
def test_a_file_that_nothing_can_be_said_about_is_named_and_is_exit_code_2(fault, capsys):
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["wangge", "geo", "lint", str(PACKS / fault)])
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert f"boundary.{fault}" in told
    assert "street.geojson" in told
    assert "mend:" in told


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["nowhere"], "pack.missing_folder"),
        ([PACKS], "pack.missing_file"),
        ([PACKS / "clean", "--map", "map.pdf"], "settings.map"),
        ([PACKS / "clean", "--map", "no/such/folder/map.html"], "settings.map"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_with_a_mend(options, code):
    refused = run(*options).exception
    assert refused.code == code
    assert refused.mend


def test_only_the_city_file_of_a_pack_must_be_there():
    assert [file.name for file in (PACKS / "clean").glob("*.yaml")] == ["city.yaml"]
    assert document("clean")["version"] is None


# The text report -----------------------------------------------------------------------


def test_the_report_names_fault_place_and_mend():
    told = run(PACKS / "overlap").stdout
    assert "error: overlap 重叠 [overlap] (1)" in told
    assert re.search(r"street S00 and S10 overlap: 11\d,\d{3} m², at most \d\d m wide", told)
    assert re.search(r"@ 118\.72\d+,31\.9\d+", told)
    assert "mend: give the shared area to one of the two" in told
    assert "1 error, 0 warnings, 0 info" in told


def test_a_clean_city_is_told_so():
    assert "clean" in run(PACKS / "clean").stdout


def test_five_examples_of_a_code_are_shown_unless_all_are_asked_for(tmp_path):
    pack = shutil.copytree(PACKS / "parent_missing", tmp_path / "town")
    file = pack / "street.geojson"
    body = json.loads(file.read_text())
    for feature in body["features"][:7]:
        feature["properties"].pop("parent", None)
    file.write_text(json.dumps(body))
    short, full = run(pack).stdout, run(pack, "--all").stdout
    assert short.count("names no district") == 5
    assert "… and 2 more" in short
    assert full.count("names no district") == 7
    assert "more" not in full


def test_a_control_character_of_a_file_does_not_reach_the_terminal(tmp_path):
    pack = shutil.copytree(PACKS / "overlap", tmp_path / "town")
    file = pack / "street.geojson"
    file.write_text(file.read_text().replace('"S00"', '"S\\u001b[2J"'))
    assert "\x1b" not in run(pack).stdout


# JSON ----------------------------------------------------------------------------------


def test_the_keys_of_the_document_are_stable():
    body = json.loads(run(PACKS / "gap", "--json").stdout)
    assert set(body) == {"pack", "sets"}
    (one,) = body["sets"]
    assert list(one) == [
        *("name", "valid_from", "valid_to", "version"),
        *("layers", "findings", "summary"),
    ]
    assert one["layers"] == {
        "district": {"features": 2, "usable": 2},
        "street": {"features": 8, "usable": 8},
    }
    assert one["summary"] == {
        "clean": False,
        "error": 1,
        "warning": 0,
        "info": 0,
        "codes": {"gap": 1},
    }
    (finding,) = one["findings"]
    assert list(finding) == [
        *("code", "severity", "level", "territories", "text"),
        *("mend", "lon", "lat", "count", "measures"),
    ]


def test_metres_and_square_metres_are_numbers():
    (finding,) = document("gap")["findings"]
    assert finding["measures"]["area_m2"] == pytest.approx(13_300, rel=0.01)
    assert finding["measures"]["width_m"] == pytest.approx(6, rel=0.05)
    assert (finding["lon"], finding["lat"]) == (
        pytest.approx(118.72, abs=1e-3),
        pytest.approx(31.91),
    )


def test_an_unusable_feature_is_counted():
    assert document("geometry_missing")["layers"]["street"] == {"features": 9, "usable": 8}


def test_every_dated_set_is_looked_at(tmp_path):
    pack = shutil.copytree(PACKS / "clean", tmp_path / "town")
    shutil.copy(PACKS / "overlap" / "street.geojson", pack / "older.geojson")
    layers = "layers: [{level: street, file: FILE, code: code}]"
    (pack / "city.yaml").write_text(
        f"""\
schema_version: 1
code: town
name: Town
time_zone: Asia/Shanghai
boundaries:
  sets:
    - {{name: older, valid_to: "2026-07-01", {layers.replace("FILE", "older.geojson")}}}
    - {{name: newer, valid_from: "2026-07-01", {layers.replace("FILE", "street.geojson")}}}
"""
    )
    found = run(pack, "--json")
    assert found.exit_code == 1
    older, newer = json.loads(found.stdout)["sets"]
    assert (older["name"], older["valid_to"], older["summary"]["clean"]) == (
        "older",
        "2026-07-01",
        False,
    )
    assert (newer["name"], newer["summary"]["clean"]) == ("newer", True)
    page = tmp_path / "map.html"
    run(pack, "--map", page)
    assert page.read_text("utf-8").count("<section") == 2


# Pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", ["overlap", "hostile_code", "clean", "crs_undeclared", "far_away"])
def test_the_page_asks_for_nothing_from_anywhere(pack, tmp_path):
    page = tmp_path / "map.html"
    run(PACKS / pack, "--map", page)
    text = page.read_text("utf-8")
    assert not re.search(
        r"https?:|//[a-z]|url\(|@import|src=|<link|<iframe|<img", text, re.IGNORECASE
    )
    assert "default-src 'none'" in text


def test_a_code_that_is_html_is_text_on_the_page(tmp_path):
    page = tmp_path / "map.html"
    run(PACKS / "hostile_code", "--map", page)
    text = page.read_text("utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert text.count("<script>") == 1


def test_the_name_of_a_city_is_text_on_the_page(tmp_path):
    pack = shutil.copytree(PACKS / "clean", tmp_path / "town")
    city = pack / "city.yaml"
    city.write_text(city.read_text().replace("name: Town", 'name: "</title><script>1</script>"'))
    page = tmp_path / "map.html"
    run(pack, "--map", page)
    assert "<script>1" not in page.read_text("utf-8")


def test_the_page_speaks_chinese_and_english_and_leads_to_every_finding(tmp_path):
    page = tmp_path / "map.html"
    run(PACKS / "parent_uncovered", "--map", page)
    text = page.read_text("utf-8")
    assert "空白区 gap inside the parent" in text
    assert "区 district" in text
    marks = set(re.findall(r'<g class="mark [a-z]+" data-mark="(\d+)"', text))
    assert marks == set(re.findall(r'<button data-mark="(\d+)"', text)) == {"0", "1"}


def test_a_png_is_a_picture_of_some_colours(tmp_path):
    file = tmp_path / "map.png"
    run(PACKS / "overlap", "--map", file)
    image = Image.open(io.BytesIO(file.read_bytes()))
    assert (image.format, image.size) == ("PNG", (1800, 1200))
    colours = {colour for _, colour in image.getcolors(1 << 24)}
    assert (200, 30, 30) in colours  # the error
    assert (31, 41, 51) in colours  # the districts
    assert 5_000 < file.stat().st_size < 1_000_000


def test_without_pillow_a_png_is_refused_with_what_to_install(tmp_path, monkeypatch):
    found = builtins.__import__

    def without(name, *rest, **named):
        if name.split(".")[0] == "PIL":
            raise ImportError(name)
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    refused = run(PACKS / "overlap", "--map", tmp_path / "map.png").exception
    assert refused.code == "settings.map_extra"
    assert "wangge[map]" in refused.mend


# Real data -----------------------------------------------------------------------------


def hand_written(folder, source, *layers):
    """A pack of real files with nothing but a city.yaml."""
    folder.mkdir()
    for _, file, _ in layers:
        shutil.copy(source / file, folder / file)
    listed = "".join(
        f"    - {{level: {level}, file: {file}, {rest}}}\n" for level, file, rest in layers
    )
    (folder / "city.yaml").write_text(
        "schema_version: 1\ncode: town\nname: Town\ntime_zone: Asia/Taipei\nboundaries:\n"
        f"  layers:\n{listed}"
    )
    return folder


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared real data are not there")
class TestRealCities:
    def test_taipei_has_one_invalid_ring(self, tmp_path):
        pack = hand_written(
            tmp_path / "taipei",
            SHARED / "taipei",
            ("district", "taipei_towns.geojson", "code: TOWNCODE"),
            ("community", "taipei_villages.geojson", "code: VILLCODE, parent: TOWNCODE"),
        )
        (one,) = json.loads(run(pack, "--json").stdout)["sets"]
        rings = [f for f in one["findings"] if f["code"] == "ring_invalid"]
        assert [ring["territories"] for ring in rings] == [["63000080037"]]
        assert one["summary"]["error"] == 0

    def test_boston_s_precincts_are_told_their_crs_and_their_orphan(self, tmp_path):
        pack = hand_written(
            tmp_path / "boston",
            SHARED / "boston",
            ("district", "wards.geojson", "code: WARD"),
            ("street", "precincts.geojson", "code: WARD_PRECINCT"),
        )
        (one,) = json.loads(run(pack, "--json").stdout)["sets"]
        errors = {f["code"]: f for f in one["findings"] if f["severity"] == "error"}
        assert set(errors) == {"crs_undeclared", "orphan"}
        assert errors["crs_undeclared"]["measures"]["guessed_crs"] == "EPSG:2249"
        assert errors["orphan"]["territories"] == ["0115"]
