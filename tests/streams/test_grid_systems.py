"""Special grids go before the others; responsible parents are routed by, from their day on."""

from __future__ import annotations

from datetime import datetime

import pytest
from event_bodies import report, wire
from small_city import at, box, edit, write_city, write_features

from messages.errors import PackError
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch, understand

NOW = datetime.fromisoformat("2026-08-01T12:00:00+08:00").timestamp()
GRIDS = (
    "    - {level: grid, file: boundaries/grid.geojson, code: code, name: name, parent: parent}\n"
)


def write_special(folder):
    """The small city with a station (special grid) over the border of G2 and G3, in S2."""
    write_city(folder)
    write_features(folder / "boundaries" / "special.geojson", {"STATION": (box(1.5, 2.6), "S2")})
    special = GRIDS.replace("grid.geojson", "special.geojson").replace(
        "level: grid", "level: grid, system: special"
    )
    edit(folder / "city.yaml", GRIDS, GRIDS + special)
    return folder


def write_responsible(folder, rows):
    write_city(folder)
    edit(folder / "city.yaml", "  layers:", "  responsible: responsible.csv\n  layers:")
    (folder / "responsible.csv").write_text(f"code,parent,valid_from,valid_to,reason\n{rows}")
    return folder


def decided(city, position, occurred_at=NOW):
    body = report(at=occurred_at + 300, source="reports", position=position)
    records = one_batch("wangge.in.reports", wire(body), occurred_at + 60)
    found = decide("reports", records, InForce.of(city), {}, occurred_at + 60)
    (decision,) = found.decisions
    return decision


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    folder = write_special(tmp_path_factory.mktemp("special") / "town")
    return City.load(folder, tmp_path_factory.mktemp("cache"))


def test_a_special_grid_goes_before_a_smaller_management_grid(station):
    place = decided(station, at(1.75))["place"]
    assert (place["grid"], place["system"], place["overrides"]) == ("STATION", "special", "G2")
    assert place["street"] == "S2"


def test_beside_a_special_grid_the_management_grid_has_its_own(station):
    place = decided(station, at(1.25))["place"]
    assert place["grid"] == "G2"
    assert "system" not in place
    assert "overrides" not in place


def test_the_reason_says_which_grid_is_overridden(station):
    assert "special grid over G2" in decided(station, at(1.75))["reasons"][0]["text"]


def test_an_event_of_a_special_grid_goes_to_its_parent_s_queue(station):
    assert decided(station, at(1.75))["unit"] == "street:S2"


def test_a_special_grid_of_no_street_is_its_lower_grid_s_street_s(tmp_path):
    folder = write_city(tmp_path / "town")
    write_features(folder / "boundaries" / "special.geojson", {"RIVER": (box(0.2, 7.8), None)})
    special = GRIDS.replace("grid.geojson", "special.geojson").replace(
        "level: grid", "level: grid, system: special"
    )
    edit(folder / "city.yaml", GRIDS, GRIDS + special)
    city = City.load(folder, tmp_path / "cache")
    decision = decided(city, at(5.5))
    assert (decision["place"]["grid"], decision["place"]["overrides"]) == ("RIVER", "G6")
    assert (decision["place"]["street"], decision["unit"]) == ("S3", "street:S3")
    assert decision["incident_id"].startswith(f"{city.pack.city.shards.districts['D2']:03d}-")


def test_a_code_in_two_systems_is_refused(tmp_path):
    folder = write_special(tmp_path / "town")
    file = folder / "boundaries" / "special.geojson"
    file.write_text(file.read_text().replace("STATION", "G2"))
    with pytest.raises(Exception, match="two systems") as refused:
        City.load(folder, tmp_path / "cache")
    assert refused.value.code == "boundary.code_duplicate"


def test_a_street_cannot_be_of_a_special_system(tmp_path):
    folder = write_city(tmp_path / "town")
    edit(folder / "city.yaml", "level: street", "level: street, system: special")
    with pytest.raises(PackError, match="only a layer of grids"):
        City.load(folder, tmp_path / "cache")


@pytest.fixture(scope="module")
def zone(tmp_path_factory):
    """G4 lies in S2 of D1; from July to September S3 of D2 answers for it. So does D2 for G1."""
    folder = write_responsible(
        tmp_path_factory.mktemp("zone") / "town",
        "G4,S3,2026-07-01,2026-10-01,new zone\nG1,D2,,,\nG4,S4,2026-10-01,,\n",
    )
    return City.load(folder, tmp_path_factory.mktemp("cache"))


def test_routing_follows_the_responsible_parent_and_statistics_the_administrative_one(zone):
    decision = decided(zone, at(3.5))
    assert decision["unit"] == "street:S3"
    place = decision["place"]
    assert (place["district"], place["street"]) == ("D1", "S2")
    assert place["responsible"] == {"district": "D2", "street": "S3"}
    assert "responsible is S3 松坡街道 (new zone)" in decision["reasons"][0]["text"]


def test_a_responsible_parent_is_dated(zone):
    june = datetime.fromisoformat("2026-06-30T23:00:00+08:00").timestamp()
    october = datetime.fromisoformat("2026-10-01T00:00:00+08:00").timestamp()
    assert decided(zone, at(3.5), june)["unit"] == "street:S2"
    assert decided(zone, at(3.5), october)["unit"] == "street:S4"


def test_a_district_may_answer_for_a_cell_itself(zone):
    decision = decided(zone, at(0.5))
    assert decision["unit"] == "district:D2"
    assert decision["place"]["responsible"] == {"district": "D2"}


def test_cells_without_a_row_are_their_street_s(zone):
    assert "responsible" not in decided(zone, at(5.5))["place"]


def test_the_shard_stays_that_of_the_district_it_lies_in(zone):
    body = report(at=NOW + 300, source="reports", position=at(3.5))
    (found,) = understand("reports", one_batch("t", wire(body), NOW), InForce.of(zone)).desk
    assert found["shard"] == zone.pack.city.shards.districts["D1"]


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ("G4,S3,,,\nG9,S3,,,\n", "pack.unknown_territory", 3),
        ("G4,S9,,,\n", "pack.unknown_territory", 2),
        ("G4,G3,,,\n", "pack.unknown_territory", 2),
        ("G4,S3,2026-01-01,2026-06-01,\nG4,S4,2026-05-01,,\n", "pack.responsible_twice", 3),
        ("G4,S3,2026-06-01,2026-01-01,\n", "pack.wrong_value", 2),
        ("G4,S3,tomorrow,,\n", "pack.wrong_value", 2),
        ("G4,,,,\n", "pack.missing_value", 2),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(tmp_path, rows, code, line):
    folder = write_responsible(tmp_path / "town", rows)
    with pytest.raises(PackError) as refused:
        City.load(folder, tmp_path / "cache")
    assert (refused.value.code, refused.value.line) == (code, line)
    assert refused.value.file.endswith("responsible.csv")
