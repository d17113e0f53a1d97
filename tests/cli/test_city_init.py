"""`wangge city init`: from nested GeoJSON layers to a pack that loads."""

import json
from pathlib import Path

import pytest
import shapely
from typer.testing import CliRunner

import packs
from cli.city import app
from geo.index import GridIndex
from streams.boundaries.load import load_layers
from streams.city import City

BOSTON = Path(__file__).parents[2].parent / "shared" / "data" / "boston"


def geojson(file, shapes, **named):
    features = [
        {
            "type": "Feature",
            "properties": {"id": code, "label": named.get(code, f"{code} street")},
            "geometry": shapely.geometry.mapping(shape),
        }
        for code, shape in shapes.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


@pytest.fixture
def wards(tmp_path):
    return geojson(
        tmp_path / "wards.geojson", {"W": shapely.box(0, 0, 2, 1), "E": shapely.box(2, 0, 3, 1)}
    )


@pytest.fixture
def blocks(tmp_path):
    return geojson(
        tmp_path / "blocks.geojson", {f"B{x}": shapely.box(x, 0, x + 1, 1) for x in range(3)}
    )


def run(*arguments):
    return CliRunner().invoke(app, ["init", *map(str, arguments)])


def test_a_pack_is_made_that_decides(tmp_path, wards, blocks):
    made = run(
        tmp_path / "town",
        "--level", f"street={blocks}:id:label", "--level", f"district={wards}:id",
        "--name", "Uptown", "--time-zone", "Europe/Rome",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    city = City.load(tmp_path / "town", tmp_path / "cache")
    assert (city.pack.city.name, city.pack.city.time_zone) == ("Uptown", "Europe/Rome")
    index = city.grounds[0].index
    territory = index.territories[index.locate_one(2.5, 0.5, "wgs84")]
    assert (territory.district, territory.street, territory.street_name) == ("E", "B2", "B2 street")


def test_every_district_has_a_shard_that_is_not_the_unlocated_one(tmp_path, wards, blocks):
    run(tmp_path / "town", "--level", f"district={wards}:id", "--level", f"street={blocks}:id")
    shards = packs.load(tmp_path / "town").city.shards
    assert set(shards.districts) == {"W", "E"}
    assert shards.unlocated not in shards.districts.values()


@pytest.mark.parametrize(
    ("level", "route"), [("district", "district"), ("street", "street"), ("grid", "city")]
)
def test_one_level_is_enough_and_routes_to_what_there_is(tmp_path, blocks, level, route):
    assert run(tmp_path / "town", "--level", f"{level}={blocks}:id").exit_code == 0
    pack = packs.load(tmp_path / "town")
    load_layers(pack, tmp_path / "cache")
    assert pack.routing.nodes[-1].to == route


def test_a_level_may_be_left_out_between_two(tmp_path, wards, blocks):
    run(tmp_path / "town", "--level", f"district={wards}:id", "--level", f"grid={blocks}:id")
    layers, version = load_layers(packs.load(tmp_path / "town"), tmp_path / "cache")
    index = GridIndex.build(layers, city="town", tolerance_m=0, version=version)
    assert {(t.grid, t.district) for t in index.territories} == {
        ("B0", "W"),
        ("B1", "W"),
        ("B2", "E"),
    }


def test_an_orphan_is_named_and_nothing_is_written(tmp_path, wards, blocks):
    geojson(blocks, {"B0": shapely.box(0, 0, 1, 1), "LOST": shapely.box(50, 0, 51, 1)})
    made = run(
        tmp_path / "town", "--level", f"district={wards}:id", "--level", f"street={blocks}:id"
    )
    assert made.exit_code == 1
    assert "LOST" in made.stderr
    assert not (tmp_path / "town").exists()


def test_an_orphan_may_be_allowed(tmp_path, wards, blocks):
    geojson(blocks, {"B0": shapely.box(0, 0, 1, 1), "LOST": shapely.box(50, 0, 51, 1)})
    made = run(
        tmp_path / "town", "--allow-orphans",
        "--level", f"district={wards}:id", "--level", f"street={blocks}:id",
    )  # fmt: skip
    assert made.exit_code == 0
    assert "LOST" in made.stderr
    layers, _ = load_layers(packs.load(tmp_path / "town"), tmp_path / "cache")
    assert layers[-1].parents == ("W", None)


def test_an_ambiguous_parent_is_reported(tmp_path, wards, blocks):
    geojson(blocks, {"MID": shapely.box(1.4, 0, 2.4, 1)})
    made = run(
        tmp_path / "town", "--level", f"district={wards}:id", "--level", f"street={blocks}:id"
    )
    assert made.exit_code == 0
    assert "MID" in made.stderr
    assert "ambiguous_parent" in made.stderr


def test_a_file_may_have_a_colon_in_its_name(tmp_path, wards):
    odd = wards.rename(tmp_path / "a:b.geojson")
    assert run(tmp_path / "town", "--level", f"district={odd}:id:label").exit_code == 0
    assert (tmp_path / "town" / "city.yaml").exists()


def test_the_result_can_be_read_by_a_program(tmp_path, wards):
    made = run(tmp_path / "town", "--level", f"district={wards}:id", "--json")
    assert json.loads(made.stdout)["layers"] == {"district": 2}


def test_a_folder_that_holds_something_is_left_alone(tmp_path, wards):
    made = run(tmp_path, "--level", f"district={wards}:id")
    assert made.exception.code == "settings.folder"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--level", "ward={wards}:id"], "settings.level"),
        (["--level", "district={wards}"], "settings.level"),
        (["--level", "district={wards}:"], "settings.level"),
        (["--level", "district=nowhere.geojson:id"], "settings.level"),
        (["--level", "district={wards}:id", "--level", "district={wards}:id"], "settings.level"),
        (["--level", "district={wards}:id", "--crs", "street=EPSG:2249"], "settings.crs"),
        (["--level", "district={wards}:id", "--crs", "EPSG:2249"], "settings.crs"),
        (["--level", "district={wards}:id", "--datum", "district=nad27"], "settings.datum"),
        (["--level", "district={wards}:id", "--time-zone", "Mars"], "settings.time_zone"),
        (["--level", "district={wards}:ident"], "boundary.property_unknown"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_with_a_mend(tmp_path, wards, options, code):
    refused = run(tmp_path / "town", *(o.format(wards=wards) for o in options)).exception
    assert refused.code == code
    assert refused.mend
    assert not (tmp_path / "town").exists()


@pytest.mark.skipif(not BOSTON.is_dir(), reason="the shared Boston data are not there")
class TestBoston:
    """The real files: wards in degrees, precincts in feet that do not say so."""

    levels = (
        "--level", f"district={BOSTON / 'wards.geojson'}:WARD",
        "--level", f"street={BOSTON / 'precincts.geojson'}:WARD_PRECINCT",
    )  # fmt: skip

    def test_the_precincts_are_refused_without_their_crs(self, tmp_path):
        refused = run(tmp_path / "boston", *self.levels).exception
        assert refused.code == "boundary.crs_undeclared"
        assert "--crs street=EPSG:2249" in refused.mend

    def test_the_one_precinct_outside_every_ward_is_named(self, tmp_path):
        made = run(tmp_path / "boston", *self.levels, "--crs", "street=EPSG:2249")
        assert made.exit_code == 1
        assert [line for line in made.stderr.splitlines() if "[orphan]" in line] == [
            "street 0115: lies in no district: none touches it [orphan]"
        ]

    def test_every_other_precinct_lies_in_the_ward_that_its_code_begins_with(self, tmp_path):
        made = run(
            tmp_path / "boston", *self.levels, "--crs", "street=EPSG:2249", "--allow-orphans"
        )
        assert made.exit_code == 0
        layers, _ = load_layers(packs.load(tmp_path / "boston"), tmp_path / "cache")
        wards = dict(zip(layers[1].codes, layers[1].parents, strict=True))
        assert wards.pop("0115") is None
        assert {code: str(int(code[:2])) for code in wards} == wards
