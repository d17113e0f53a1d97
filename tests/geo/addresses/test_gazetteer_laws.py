"""What holds for every text, also for hostile ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_city import chinese_city, english_city

from geo.addresses import Gazetteer
from geo.addresses.codes import holds

ENTRIES = [*chinese_city(), *english_city()]
GAZETTEER = Gazetteer.build(ENTRIES, city_names=("样例市",))
AGAIN = Gazetteer.build(ENTRIES, city_names=("样例市",))
NAMES = [entry.name for entry in ENTRIES]

pieces = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map(lambda name: name[:2]),
    st.sampled_from(NAMES).map(lambda name: name[1:]),
    st.sampled_from(["社区", "区", "街道", "路12号", "附近", "市", ", ", " ", "(", "十二号", "和"]),
    st.text(max_size=6),
)
addresses = st.lists(pieces, max_size=8).map("".join)


@given(st.text(max_size=600))
def test_no_text_raises(text):
    GAZETTEER.find(text)


@given(addresses)
def test_the_same_address_gives_the_same_match(address):
    assert GAZETTEER.find(address) == AGAIN.find(address)


@given(addresses)
def test_what_is_found_is_one_territory_and_its_codes_are_the_winner_s(address):
    found = GAZETTEER.find(address)
    sure = (found.district, found.street, found.community, found.grid)
    if found.verdict == "found":
        (candidate,) = found.candidates
        assert holds(candidate.entry.codes, sure)
    else:
        for candidate in found.candidates:
            if found.district is not None and candidate.entry.district is not None:
                assert candidate.entry.district == found.district
    if found.verdict == "none":
        assert found.candidates == ()


@given(addresses)
def test_candidates_are_few_in_order_and_of_different_territories(address):
    candidates = GAZETTEER.find(address).candidates
    scores = [candidate.score for candidate in candidates]
    assert len(candidates) <= 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({candidate.entry.codes for candidate in candidates}) == len(candidates)


@given(addresses)
def test_an_address_with_another_district_in_it_is_never_found_elsewhere(address):
    for district in ("青禾区", "白渡区"):
        found = GAZETTEER.find(f"{district}，{address}")
        if found.verdict == "found":
            assert found.district == ("990100" if district == "青禾区" else "990101")


@pytest.mark.parametrize(
    "text",
    [
        "区" * 512,
        "社区" * 256,
        "1" * 512,
        "一" * 512,
        "和" * 512,
        "😀" * 512,
        "\x00" * 512,
        "ﷺ" * 512,
        "a " * 256,
        "青禾区" * 170,
        "".join(NAMES)[:512],
        ",".join(NAMES)[:512],
        "青禾区" + "梅" * 500,
        "(" * 256 + ")" * 256,
        "路" * 512,
        "号" * 512,
        "near " * 100,
    ],
)
def test_a_hostile_text_is_not_slow(text):
    start = time.process_time()
    for _ in range(5):
        GAZETTEER.find(text)
    assert time.process_time() - start < 0.25
