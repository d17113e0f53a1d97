"""How often an address as tickets write it is found, and that it is never put elsewhere.

``pytest -s`` prints the figures. The second gazetteer is a real one, and used only where it is.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest
from address_variants import (
    decidable,
    other_forms,
    score,
    slips,
    targets_of,
    verbatim,
    wrong_district,
)
from invented_city import chinese_city, english_city

from geo.addresses import AddressEntry, Gazetteer

# Beside the checkout, where its makers keep it; a clone has none and skips.
REAL = Path(__file__).parents[4] / "shared/data/nanjing/nanjing_gazetteer_5level.csv"


def real_city() -> list[AddressEntry]:
    rows = list(csv.DictReader(REAL.open(encoding="utf-8")))
    above = {row["code"]: row["parent"] for row in rows}
    entries = []
    for row in rows:
        code, parent = row["code"], row["parent"]
        if row["level"] == "county" and row["virtual"] == "f":
            entries.append(AddressEntry(row["name"], "district", code))
        elif row["level"] == "town":
            entries.append(AddressEntry(row["name"], "street", parent, code))
        elif row["level"] == "village":
            entries.append(AddressEntry(row["name"], "community", above[parent], parent, code))
    return entries


CITIES = {
    "invented": (chinese_city, "样例市", ("样例市", "江苏省")),
    "english": (english_city, "Sampleton", ("Sampleton",)),
    "real": (real_city, "南京市", ("南京市", "江苏省")),
}


@pytest.fixture(
    scope="module",
    params=[pytest.param(c, marks=pytest.mark.slow) if c == "real" else c for c in CITIES],
)
def city(request):
    make, name, names = CITIES[request.param]
    if request.param == "real" and not REAL.exists():
        pytest.skip("the real gazetteer is not here")
    entries = make()
    return request.param, Gazetteer.build(entries, city_names=names), targets_of(entries, name)


def figures(city, what, variants):
    name, gazetteer, _ = city
    result = score(gazetteer, variants)
    sys.stdout.write(f"\n{name:9} {what:44} {result}")
    return result


def test_a_full_name_is_always_found(city):
    result = figures(city, "full names, district and street", verbatim(city[2]))
    assert result.right == 1.0


def test_a_full_name_without_its_street_is_found_or_left_open(city):
    result = figures(city, "full names, district", verbatim(city[2], street=False))
    assert result.right >= 0.97
    assert result.counts["beside"] == result.counts["wrong"] == 0


def test_a_full_name_alone_is_found_or_left_open(city):
    result = figures(city, "full names alone", verbatim(city[2], street=False, district=False))
    assert result.counts["beside"] == result.counts["wrong"] == 0


def test_other_forms_of_a_name_are_found(city):
    result = figures(city, "other forms and noise", other_forms(city[2]))
    assert result.right >= 0.95
    assert result.counts["wrong"] == 0


@pytest.mark.parametrize("core_only", [False, True], ids=["full name", "core"])
@pytest.mark.parametrize("missing", ["", "district", "street"])
def test_a_slip_is_understood_where_a_territory_is_named(city, missing, core_only):
    parts = {missing: False} if missing else {}
    what = f"slip in the {'core' if core_only else 'full name'}, {missing or 'nothing'} left out"
    result = figures(city, what, slips(city[2], core_only=core_only, **parts))
    clear = figures(
        city, "  where one name is nearest", decidable(city[2], core_only=core_only, **parts)
    )
    assert clear.right >= 0.95
    assert result.counts["wrong"] == clear.counts["wrong"] == 0
    if not core_only and missing != "street":
        assert result.right >= 0.95


@pytest.mark.parametrize("core_only", [False, True], ids=["full name", "core"])
def test_a_slip_without_a_territory_never_leads_to_another_district(city, core_only):
    variants = slips(city[2], core_only=core_only, district=False, street=False)
    result = figures(city, "slip, neither district nor street", variants)
    assert result.counts["wrong"] == 0


def test_a_name_in_a_district_where_it_is_not_is_never_found(city):
    _, gazetteer, targets = city
    found = [
        address
        for address, _ in wrong_district(targets)
        if gazetteer.find(address).verdict != "ambiguous"
    ]
    assert found == []
