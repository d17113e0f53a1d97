"""Boundaries move: an event belongs to the street that it happened in, on that day."""

from __future__ import annotations

import re
import shutil
from datetime import datetime

import orjson
import pytest
from event_bodies import report, wire
from small_city import at, edit, layers, write_city

from cli.new_pack import geojson
from messages.errors import PackError, SettingsError
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch, understand

BEFORE = datetime.fromisoformat("2026-06-30T23:59:59.9+08:00").timestamp()
AFTER = datetime.fromisoformat("2026-07-01T00:00:00+08:00").timestamp()
DISPUTED = at(4.25)
"""In G5, S3, D2 until July; since then in G4, S2, D1."""

LAYERS = """\
      layers:
        - {{level: district, file: boundaries/{0}/district.geojson, code: code, name: name}}
        - {{level: street, file: boundaries/{0}/street.geojson, code: code, name: name}}
        - {{level: grid, file: boundaries/{0}/grid.geojson, code: code, name: name}}
"""
SETS = f"""\
boundaries:
  sets:
    - name: spring
      valid_to: "2026-07-01"
{LAYERS.format("spring")}\
    - name: summer
      valid_from: "2026-07-01"
{LAYERS.format("summer")}"""


def write_sets(folder, sets=SETS):
    """The small city; on the first of July the border between the districts moved east."""
    write_city(folder)
    for name, middle in (("spring", 4.0), ("summer", 4.5)):
        (folder / "boundaries" / name).mkdir()
        for one in layers(middle):
            (folder / "boundaries" / name / f"{one.level}.geojson").write_bytes(geojson(one))
    text = (folder / "city.yaml").read_text("utf-8")
    _, _, rest = text.partition("\n\n")
    head = text.partition("boundaries:")[0]
    tail = rest[rest.index("shards:") :]
    (folder / "city.yaml").write_text(head + sets + "\n" + tail, "utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sets(tmp_path_factory.mktemp("sets") / "town")


@pytest.fixture(scope="module")
def city(folder, tmp_path_factory):
    return City.load(folder, tmp_path_factory.mktemp("cache"))


def place(city, occurred_at, *, received_at=None, position=DISPUTED):
    body = report(at=occurred_at + 300, source="reports", position=position)
    records = one_batch("wangge.in.reports", wire(body), received_at or occurred_at + 60)
    (found,) = understand("reports", records, InForce.of(city)).desk
    return found["place"], found["boundaries"]


def test_an_event_is_located_by_the_set_valid_when_it_occurred(city):
    spring, summer = (ground.version for ground in city.grounds)
    before, after = place(city, BEFORE), place(city, AFTER)
    assert (before[0]["street"], before[1]) == ("S3", spring)
    assert (after[0]["street"], after[1]) == ("S2", summer)
    assert before[0]["boundaries"] == spring


def test_yesterdays_report_on_the_day_after_the_move_goes_to_yesterdays_street(city):
    body = report(at=BEFORE + 300, source="reports", position=DISPUTED)
    records = one_batch("wangge.in.reports", wire(body), AFTER + 3600)
    decided = decide("reports", records, InForce.of(city), {}, AFTER + 3600)
    assert [entry["unit"] for entry in decided.entries] == ["street:S3"]


def test_a_batch_of_events_from_both_sides_of_the_move_is_located_event_by_event(city):
    bodies = [
        report(f"r-{i}", at=(BEFORE if i % 3 else AFTER) + 300, source="reports", position=DISPUTED)
        for i in range(60)
    ]
    found = understand(
        "reports", one_batch("wangge.in.reports", wire(*bodies), AFTER), InForce.of(city)
    ).desk
    assert [b["place"]["street"] for b in found] == ["S3" if i % 3 else "S2" for i in range(60)]


def test_a_replay_can_name_the_set(folder, tmp_path):
    named = City.load(folder, tmp_path, "spring")
    assert place(named, AFTER)[0]["street"] == "S3"
    assert place(named, BEFORE)[0]["street"] == "S3"


def test_a_set_that_the_pack_does_not_have_is_refused_and_the_others_are_named(folder, tmp_path):
    with pytest.raises(SettingsError, match="spring, summer") as refused:
        City.load(folder, tmp_path, "autumn")
    assert refused.value.code == "settings.boundaries"


def test_units_of_all_sets_have_queues(city):
    assert len({str(unit) for unit in city.units}) == len(city.units) == 1 + 2 + 4


def test_before_the_first_set_the_one_valid_at_arrival_is_taken(tmp_path):
    sets = SETS.replace(
        '      valid_to: "2026-07-01"',
        '      valid_from: "2026-01-01"\n      valid_to: "2026-07-01"',
    )
    city = City.load(write_sets(tmp_path / "town", sets), tmp_path / "cache")
    clock_at_zero = datetime.fromisoformat("2001-01-01T00:00:00+08:00").timestamp()
    records = one_batch(
        "wangge.in.reports",
        wire(report(at=clock_at_zero, source="reports", position=DISPUTED, text="着火")),
        AFTER + 60,
    )
    assert city.ground_at(clock_at_zero, AFTER + 60).name == "summer"
    assert city.ground_at(clock_at_zero, clock_at_zero).name == "spring"
    found = understand("reports", records, InForce.of(city))
    assert found.quarantined[0]["place"]["street"] == "S2"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('valid_to: "2026-07-01"', 'valid_to: "2026-07-02"', "list the sets by time"),
        ('      valid_to: "2026-07-01"\n', "", "list the sets by time"),
        ("name: summer", "name: spring", "a name of its own"),
        ('valid_from: "2026-07-01"', 'valid_from: "July"', "valid_from"),
        ('valid_from: "2026-07-01"', 'valid_from: "2026-13-01"', "in quotes"),
        ("  sets:", "  recipe: boundaries/recipe.yaml\n  sets:", "layers, a recipe, or sets"),
    ],
)
def test_sets_that_contradict_each_other_are_refused_with_their_line(tmp_path, old, new, says):
    folder = write_sets(tmp_path / "town")
    edit(folder / "city.yaml", old, new)
    with pytest.raises(PackError) as refused:
        City.load(folder, tmp_path / "cache")
    assert says in str(refused.value)
    assert refused.value.line > 1


def test_a_day_and_its_first_minute_are_one_moment(tmp_path):
    sets = SETS.replace('valid_to: "2026-07-01"', 'valid_to: "2026-07-01 00:00"')
    city = City.load(write_sets(tmp_path / "town", sets), tmp_path / "cache")
    assert city.grounds[0].valid.until == city.grounds[1].valid.since == AFTER


def test_a_day_without_quotes_is_told_what_to_do(tmp_path):
    folder = write_sets(tmp_path / "town")
    edit(folder / "city.yaml", 'valid_from: "2026-07-01"', "valid_from: 2026-07-01")
    with pytest.raises(PackError, match="quoted") as refused:
        City.load(folder, tmp_path / "cache")
    assert refused.value.code == "pack.wrong_type"


def test_a_district_of_an_old_set_still_needs_its_shard(tmp_path):
    folder = write_sets(tmp_path / "town")
    for level in ("district", "street"):
        file = folder / "boundaries" / "spring" / f"{level}.geojson"
        file.write_text(file.read_text("utf-8").replace('"D2"', '"D9"'), "utf-8")
    with pytest.raises(PackError, match="D9"):
        City.load(folder, tmp_path / "cache")


def test_a_second_city_of_the_same_files_has_the_same_versions(folder, city, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    again = City.load(copy, tmp_path / "cache")
    assert [g.version for g in again.grounds] == [g.version for g in city.grounds]
    assert re.fullmatch(r"[0-9a-f]{16}\+[0-9a-f]{16}", city.boundaries)


def test_the_place_of_an_old_set_obeys_the_contract(city):
    from messages.place import Place

    Place.from_json(orjson.dumps(place(city, BEFORE)[0]))
