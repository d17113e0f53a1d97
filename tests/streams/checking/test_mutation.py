"""Whether golden tests would notice a wrong tree."""

import pytest
from small_city import edit

from packs.golden import read_golden
from streams.checking.golden import check_golden
from streams.checking.mutation import check_mutants, judge_mutants


@pytest.fixture
def judged(town, load):
    def judge():
        city = load(town)
        return list(judge_mutants(city, check_golden(city, *read_golden(town)).held))

    return judge


def fates(judged, fate):
    return {(one.mutant.route, one.mutant.change) for one in judged if one.fate == fate}


def test_the_sound_pack_s_tests_notice_all_but_what_nobody_could(judged):
    found = judged()
    assert fates(found, "survived") == set()
    assert fates(found, "refused") == {
        ("night-light", "swapped with the next"),
        ("rest", "deleted"),
    }
    assert fates(found, "equivalent")
    assert ("school-water", "swapped with the next") in fates(found, "equivalent")


def test_a_test_that_does_not_look_at_copies_notices_no_missing_copy(town, judged):
    edit(town / "tests.yaml", "early-fire, priority: P2, copies: [street]", "early-fire")
    assert fates(judged(), "survived") == {("early-fire", "without the copy to street")}


def test_a_test_that_is_missing_is_told_by_the_event_that_it_would_need(town, load):
    at_noon = '12:00", expect: {queue: street, route: rest}'
    edit(town / "tests.yaml", at_noon, '11:00", expect: {queue: dept:water}')
    city = load(town)
    result = check_mutants(city, check_golden(city, *read_golden(town)).held)
    assert result.score >= 0.95
    (found,) = result.findings
    assert (found.code, found.severity, found.line) == ("check.mutant_survived", "note", 11)
    assert "'school-water' without working" in found.text
    assert "in layer schools" in found.mend
    assert "outside working time" in found.mend


def test_too_few_killed_are_findings(town, load):
    city = load(town)
    held = check_golden(city, *read_golden(town)).held
    result = check_mutants(city, held[:5])
    assert result.score < 0.95
    assert {one.severity for one in result.findings} == {"finding"}
