import pytest

from rules.route import Facts
from rules.route.condition import Condition, ConditionError

EVENT = Facts("0403", "P2", "report", "app", "D1", layers=("school",), reports=4, score=75.0)


@pytest.mark.parametrize(
    "source",
    [
        "reports > 3",
        "category.startsWith('04') && score >= 70.0",
        "'school' in layers",
        "layers.exists(one, one == 'school')",
        "!(priority in ['P3', 'P4'])",
        "district == 'D1' ? true : false",
    ],
)
def test_a_condition_holds_on_the_facts_of_an_event(source):
    assert Condition.compile(source).holds(EVENT)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("reports >", "not CEL"),
        ("rain > 3", "no event has 'rain'"),
        ("category == 'x' && rain > 3", "no event has 'rain'"),
        ("reports + 1", "it answers 2, not true or false"),
        ("category > 3", "it fails on an event"),
        ("danger(category)", "it fails on an event"),
    ],
)
def test_a_condition_that_cannot_be_used_says_why(source, text):
    with pytest.raises(ConditionError, match=text):
        Condition.compile(source)


def test_a_name_in_a_text_is_no_name():
    assert Condition.compile("source == 'rain' || source == \"snow\"").holds(EVENT) is False


def test_a_value_that_the_event_lacks_is_a_no():
    assert Condition.compile("value > 1.0").holds(EVENT) is False


@pytest.mark.parametrize("source", ["layers[0] == 'school'", "10 / (reports - 4) > 1"])
def test_a_condition_that_fails_on_an_event_is_a_no(source):
    assert Condition.compile(source).holds(EVENT._replace(layers=())) is False


def test_a_condition_that_cannot_be_reckoned_is_refused_at_load():
    with pytest.raises(ConditionError, match="it fails on an event"):
        Condition.compile("10 / minute > 2")
