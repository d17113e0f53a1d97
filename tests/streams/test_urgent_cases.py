"""A P1 is everybody's at once: street, district, city, a linkage service; in one unit of work."""

from __future__ import annotations

from itertools import product

import pytest
from event_bodies import NOW, report, wire

from rules.route import Facts
from streams.control.in_force import InForce
from streams.desk.opening import hears
from streams.pipeline import decide, one_batch

PLACE = {"method": "inside", "district": "320106", "street": "320106003", "city": "320100"}
LEVELS = {"street:320106003", "district:320106", "city"}


def test_every_p1_reaches_every_level_and_a_linkage_service_whatever_its_route(nanjing):
    layers, modes = ((), ("schools",)), ((), *((mode,) for mode in nanjing.pack.modes))
    for category, layer, mode, working in product(
        nanjing.pack.taxonomy.categories, layers, modes, (True, False)
    ):
        facts = Facts(
            *(category.code, "P1", "report", "suishoupai", "320106", "320106003"),
            life_safety=category.life_safety,
            layers=layer,
            modes=mode,
            working=working,
        )
        routed = nanjing.router.route(facts)
        units = {routed.unit, *hears("P1", PLACE, routed, nanjing)}
        assert units >= LEVELS, (category.code, layer, mode)
        assert any(unit.startswith("linkage:") for unit in units), (category.code, layer, mode)


@pytest.mark.parametrize("priority", ["P2", "P3", "P4"])
def test_less_urgent_cases_are_told_to_whom_their_route_says(nanjing, priority):
    routed = nanjing.router.route(Facts("2101", priority, "report", "app", "320106", "320106003"))
    assert hears(priority, PLACE, routed, nanjing) == list(routed.copies)


def test_all_of_them_hear_in_one_unit_of_work_and_in_one_step(nanjing):
    fire = report(text="居民楼冒烟起火 有人被困")
    found = decide(
        "reports", one_batch("x.in.reports", wire(fire), NOW), InForce.of(nanjing), {}, NOW
    )
    (unit,) = found.units.values()
    assert {entry["entry_id"] for entry in unit.entries} == {
        f"{unit.incidents[0]['incident_id']}:1"
    }
    told = {entry["unit"].partition(":")[0] for entry in unit.entries}
    assert told >= {"street", "district", "city", "linkage"}
