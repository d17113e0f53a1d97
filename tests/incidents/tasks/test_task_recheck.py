import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.tasks.recheck import agreement, rotation, sampled

LAW = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.5])
def test_the_sample_is_the_share(share):
    n = 20_000
    found = sum(sampled(f"t{i}", "salt", share) for i in range(n))
    # Five standard deviations of a binomial count.
    assert abs(found - n * share) < 5 * (n * share * (1 - share)) ** 0.5


def test_another_salt_is_another_sample():
    one, other = ({i for i in range(2000) if sampled(f"t{i}", s, 0.1)} for s in ("a", "b"))
    assert len(one & other) < len(one) / 2


@LAW
@given(st.text(max_size=30), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_only_adds_and_the_whole_is_all(task_id, one, other):
    low, high = sorted((one, other))
    assert sampled(task_id, "salt", high) or not sampled(task_id, "salt", low)
    assert sampled(task_id, "salt", 1)
    assert not sampled(task_id, "salt", 0)


@LAW
@given(st.text(max_size=30), st.lists(st.text(max_size=5), max_size=8))
def test_a_rotation_asks_everybody_once(task_id, people):
    assert sorted(rotation(task_id, people)) == sorted(people)


def test_agreement_is_of_those_who_compared():
    assert agreement(3, 1) == 0.75
    assert agreement(0, 0) is None
