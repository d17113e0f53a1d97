"""The demonstration city can be trusted."""

from datetime import date

import pytest

from packs.golden import read_golden
from streams.checking.check import check
from streams.checking.golden import check_golden
from streams.checking.reachable import check_reach

TODAY = date(2026, 11, 25)


def test_every_route_of_the_demonstration_city_is_reached(nanjing):
    findings, verdicts = check_reach(nanjing)
    assert [str(one) for one in findings] == []
    assert {one.verdict for one in verdicts} == {"reached"}


def test_its_golden_tests_hold_and_reach_every_route_and_every_mode(nanjing):
    file, document = read_golden(nanjing.pack.folder)
    found = check_golden(nanjing, file, document)
    assert [str(one) for one in [*found.findings, *found.untested]] == []
    assert len(found.held) == len(file.tests) >= 90


@pytest.mark.slow
def test_it_is_clean_and_its_golden_tests_notice_wrong_trees(nanjing):
    report = check(nanjing, TODAY, mutate=True)
    assert [str(one) for one in report.findings] == []
    assert report.figures["mutation_score"] >= 0.95
    assert report.figures["routings"] >= 268_000
