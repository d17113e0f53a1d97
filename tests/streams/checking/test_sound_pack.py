"""The pack that the faults are made from has none."""


def test_it_is_clean(town, checked):
    report = checked(town)
    assert [str(one) for one in report.found] == []


def test_what_was_counted_is_told(town, checked):
    figures = checked(town).figures
    assert figures["routes"] == figures["reached"] == 9
    # 4 streets, 2 districts and nowhere; 4 categories; 4 priorities; working or not; flood or not
    assert figures["routings"] == 7 * 4 * 4 * 2 * 2
    assert figures["golden_tests"] == figures["golden_held"] == 24
