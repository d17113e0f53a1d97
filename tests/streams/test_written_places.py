"""Events placed by their address or by the asset register, and what happens when words disagree."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from event_bodies import NOW, report, wire
from small_city import at, edit, write_city

from messages.decision import Decision
from messages.errors import PackError
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch, understand

ADDRESSES = """\
name,kind,code,parent,lon,lat,datum,aliases
兰花社区,community,C21,S2,,,,
桂花社区,community,C31,S3,,,,
兰花社区,community,C41,S4,,,,
湖滨广场,place,,,118.7050,32.0050,wgs84,
"""
ASSETS = """\
device_id,code,lon,lat,datum
smoke-1,,118.7450,32.0050,wgs84
smoke-2,C21,,,
smoke-3,S4,,,
smoke-9,,100.0,20.0,wgs84
"""
TAXONOMY = """
sensors:
  - {code: smoke, name: 烟感, category: "0000", states: {alarm: P1, fault: P4, cleared: P4}}
"""


def write_registers(folder, addresses=ADDRESSES, assets=ASSETS):
    write_city(folder)
    edit(
        folder / "city.yaml",
        "boundaries:",
        "addresses: addresses.csv\nassets: assets.csv\nboundaries:",
    )
    (folder / "addresses.csv").write_text(addresses, "utf-8")
    (folder / "assets.csv").write_text(assets, "utf-8")
    taxonomy = folder / "taxonomy.yaml"
    taxonomy.write_text(taxonomy.read_text("utf-8") + TAXONOMY, "utf-8")
    return folder


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = write_registers(tmp_path_factory.mktemp("registers") / "town")
    return City.load(folder, tmp_path_factory.mktemp("cache"))


def decided(city, body, lane="reports"):
    found = decide(lane, one_batch(f"wangge.in.{lane}", wire(body), NOW), InForce.of(city), {}, NOW)
    (decision,) = found.decisions
    Decision.from_json(orjson.dumps(decision, option=orjson.OPT_UTC_Z))
    return decision


def ticket(address, **fields):
    return report(source="reports", position=None, address=address, **fields)


def alarm(device, **fields):
    body = report(
        device, source="reports", text="", device_id=device, sensor="smoke", state="alarm"
    )
    body |= {"kind": "alarm", "position": at(0.5), **fields}
    return {name: value for name, value in body.items() if value is not None}


# By address ----------------------------------------------------------------------------


def test_a_ticket_without_a_position_is_placed_by_its_address(city):
    decision = decided(city, ticket("东湖区石桥街道兰花社区12号"))
    place = decision["place"]
    assert (place["method"], place["street"], place["community"]) == ("address", "S2", "C21")
    assert "grid" not in place
    assert decision["unit"] == "street:S2"
    assert "兰花社区" in decision["reasons"][0]["text"]


def test_a_place_of_the_register_with_a_position_leads_to_its_grid(city):
    assert decided(city, ticket("湖滨广场"))["place"]["grid"] == "G1"


def test_a_community_that_is_not_in_the_named_district_is_never_put_into_either(city):
    decision = decided(city, ticket("东湖区桂花社区"))  # which lies in the other district
    place = decision["place"]
    assert decision["route"] == "triage"
    assert decision["unit"] == "city"
    assert {choice.get("district") for choice in place["choices"]} == {"D1", "D2"}


def test_two_communities_of_one_name_are_both_choices_and_no_district_is_guessed(city):
    decision = decided(city, ticket("兰花社区3栋"))
    place = decision["place"]
    assert place["method"] == "unlocated"
    assert "district" not in place
    assert [c["community"] for c in place["choices"]] == ["C21", "C41"]
    assert decision["unit"] == "city"
    assert decision["reasons"][0]["code"] == "ambiguous_address"


def test_within_a_district_the_ambiguous_ticket_goes_to_the_district(tmp_path):
    both = ADDRESSES.replace("C41,S4", "C41,S1")
    city = City.load(write_registers(tmp_path / "town", both), tmp_path / "cache")
    decision = decided(city, ticket("东湖区兰花社区"))
    assert (decision["route"], decision["unit"]) == ("triage", "district:D1")
    assert {c["street"] for c in decision["place"]["choices"]} == {"S1", "S2"}


def test_an_address_that_names_nothing_known_leaves_the_event_unlocated(city):
    decision = decided(city, ticket("某地"))
    assert decision["place"]["method"] == "unlocated"
    assert decision["reasons"][0]["code"] == "no_position"


def test_a_position_outside_the_city_gives_way_to_an_address_inside(city):
    body = report(source="reports", position=at(500), address="东湖区石桥街道")
    assert decided(city, body)["place"]["street"] == "S2"


def test_an_address_that_agrees_changes_nothing(city):
    decision = decided(city, report(source="reports", position=at(2.5), address="石桥街道"))
    assert decision["place"]["method"] == "inside"
    assert decision["second_place"] is None


def test_an_address_and_a_position_that_disagree_are_flagged_with_both_places(city):
    body = report(source="reports", position=at(0.5), address="西山区竹林街道")
    decision = decided(city, body)
    assert decision["unit"] == "street:S1"
    assert decision["reasons"][0]["code"] == "places_disagree"
    assert decision["second_place"]["street"] == "S4"
    assert decision["second_place"]["method"] == "address"


# By the asset register -----------------------------------------------------------------


def test_a_device_is_where_the_register_has_it_and_not_where_it_says(city):
    decision = decided(city, alarm("smoke-1"), "alarms")
    assert (decision["place"]["method"], decision["place"]["grid"]) == ("asset", "G5")
    assert decision["reasons"][0]["code"] == "places_disagree"
    assert decision["second_place"]["grid"] == "G1"


def test_a_device_needs_no_position_of_its_own(city):
    decision = decided(city, alarm("smoke-1", position=None), "alarms")
    assert decision["place"]["street"] == "S3"
    assert decision["second_place"] is None


def test_a_device_may_be_registered_by_a_street_or_by_a_community_of_the_register(city):
    assert decided(city, alarm("smoke-3", position=None), "alarms")["place"]["street"] == "S4"
    place = decided(city, alarm("smoke-2", position=None), "alarms")["place"]
    assert (place["street"], place["community"]) == ("S2", "C21")


@pytest.mark.parametrize("device", ["smoke-9", "smoke-unknown"])
def test_a_device_that_the_register_does_not_place_is_where_its_message_says(city, device):
    assert decided(city, alarm(device), "alarms")["place"]["grid"] == "G1"


def test_a_device_s_address_is_compared_with_the_register_too(city):
    decision = decided(city, alarm("smoke-1", position=None, address="东湖区柳岸街道"), "alarms")
    assert decision["place"]["street"] == "S3"
    assert decision["second_place"]["street"] == "S1"


def test_a_position_that_was_no_help_is_told_beside_the_address_that_was(city):
    body = report(source="reports", position=at(500), address="东湖区石桥街道")
    assert "position is no help: outside" in decided(city, body)["reasons"][0]["text"]


def test_an_unknown_address_is_told(city):
    assert "address is unknown" in decided(city, ticket("某地"))["reasons"][0]["text"]


@pytest.mark.parametrize("how", ["address", "device by code", "device by position"])
def test_who_answers_for_a_cell_is_found_however_the_cell_is(tmp_path, how):
    addresses = ADDRESSES + "星辰大厦,place,G4,,,,,\n"
    assets = ASSETS + "by-code,G4,,,\nby-position,,118.7350,32.0050,wgs84\n"
    folder = write_registers(tmp_path / "town", addresses, assets)
    edit(folder / "city.yaml", "  layers:", "  responsible: responsible.csv\n  layers:")
    (folder / "responsible.csv").write_text("code,parent\nG4,S3\n")
    zone = City.load(folder, tmp_path / "cache")
    body, lane = ticket("星辰大厦"), "reports"
    if how != "address":
        body, lane = alarm(how.removeprefix("device ").replace(" ", "-"), position=None), "alarms"
    decision = decided(zone, body, lane)
    assert decision["place"]["grid"] == "G4"
    assert decision["place"]["responsible"] == {"district": "D2", "street": "S3"}
    assert decision["unit"] == "street:S3"


def test_a_registered_device_lies_in_the_layers_of_where_it_is_registered(tmp_path):
    """Without a position, and with a wrong one."""
    assets = ASSETS + "by-position,,118.7350,32.0050,wgs84\n"
    folder = write_registers(tmp_path / "town", ADDRESSES, assets)
    layer = "{layer: schools, name: 学校, name_en: Schools, file: s.csv, datum: wgs84, radius_m: 9}"
    edit(folder / "city.yaml", "boundaries:", f"layers: [{layer}]\nboundaries:")
    (folder / "s.csv").write_text("name,lon,lat\n一中,118.7350,32.0050\n", "utf-8")
    town = City.load(folder, tmp_path / "cache")
    for position in (None, {"lon": 118.71, "lat": 32.01, "datum": "wgs84"}):
        decision = decided(town, alarm("by-position", position=position), "alarms")
        assert decision["consulted"]["layers"] == ["schools"]


def test_one_code_on_two_levels_is_refused_where_a_register_goes_by_it(tmp_path):
    folder = write_registers(tmp_path / "town")
    for level, old in (("street", '"code":"S4"'), ("grid", '"parent":"S4"')):
        file = folder / "boundaries" / f"{level}.geojson"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, old.replace("S4", "D1")), "utf-8")
    with pytest.raises(PackError) as refused:
        City.load(folder, tmp_path / "cache")
    assert refused.value.code == "pack.code_ambiguous"


# What does not fit ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("register", "old", "new", "code", "line"),
    [
        ("addresses", "C31,S3", "C31,S9", "pack.parent_unknown", 3),
        ("addresses", "118.7050", "100.0", "pack.outside", 5),
        ("assets", "smoke-3,S4", "smoke-3,S9", "pack.code_unknown", 4),
        ("assets", "smoke-3,S4", "smoke-1,S4", "pack.duplicate_row", 4),
    ],
)
def test_a_row_that_does_not_fit_the_boundaries_is_refused(
    tmp_path, register, old, new, code, line
):
    texts = {"addresses": ADDRESSES, "assets": ASSETS}
    texts[register] = texts[register].replace(old, new, 1)
    folder = write_registers(tmp_path / "town", **texts)
    with pytest.raises(PackError) as refused:
        City.load(folder, tmp_path / "cache")
    assert (refused.value.code, refused.value.line) == (code, line)
    assert refused.value.file.endswith(f"{register}.csv")


class _Poisoned:
    """A gazetteer with a fault that one address brings out."""

    def __init__(self, gazetteer):
        self._gazetteer = gazetteer

    def find(self, address):
        if address == "毒":
            raise ZeroDivisionError("a fault of ours")
        return self._gazetteer.find(address)


def test_an_address_on_which_the_gazetteer_fails_is_a_dead_letter_and_the_others_go_on(city):
    (ground,) = city.grounds
    poisoned = replace(ground, gazetteer=_Poisoned(ground.gazetteer))
    faulty = replace(city, grounds=(poisoned,))
    bodies = [ticket("石桥街道", event_id=f"r-{i}") for i in range(5)] + [ticket("毒")]
    found = understand(
        "reports", one_batch("wangge.in.reports", wire(*bodies), NOW), InForce.of(faulty)
    )
    assert [b["place"]["street"] for b in found.desk] == ["S2"] * 5
    (dead,) = found.dead
    assert (dead["code"], dead["origin"]["offset"]) == ("event.undecided", 5)


def test_a_hostile_address_takes_no_other_event_along(city):
    bodies = [
        ticket("区" * 500, event_id="a"),
        ticket("\u202e号号🏙" * 60, event_id="b"),
        ticket("石桥街道", event_id="c"),
    ]
    records = one_batch("wangge.in.reports", wire(*bodies), NOW)
    found = understand("reports", records, InForce.of(city))
    assert len(found.desk) + len(found.quarantined) == 3
