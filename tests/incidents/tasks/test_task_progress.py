from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.tasks.outcome import State
from incidents.tasks.progress import Share, progress
from messages.task import Outcome


def test_each_street_has_its_line_and_the_whole_is_the_last():
    lines = progress(
        [
            Share("d1", "s2", "waiting", None, 5),
            Share("d1", "s1", "released", None, 2),
            Share("d1", "s1", "agreed", "absent", 3),
            Share("d1", "s1", "contradicted", "confirmed", 1),
            Share("d1", "s1", "recheck_released", "corrected", 4),
            Share("d1", "s1", "unresolved", "unreachable", 6),
        ]
    )
    first, second, whole = (one._asdict() for one in lines)
    assert first == {
        "district": "d1", "street": "s1", "total": 16, "waiting": 0, "released": 2,
        "confirmed": 1, "absent": 3, "corrected": 4, "unreachable": 6, "recheck_open": 4,
        "rechecked": 4, "unresolved": 6, "agreement": 0.75,
    }  # fmt: skip
    assert (second["street"], second["waiting"], second["agreement"]) == ("s2", 5, None)
    assert (whole["street"], whole["total"]) == ("", 21)


def test_a_line_that_does_not_add_up_says_so():
    (_, whole) = progress([Share("d", "s", "done", None, 1)])
    assert not whole.balances


SHARES = st.builds(
    lambda street, state, outcome, n: Share(
        "d", street, state, None if state in ("waiting", "released") else outcome, n
    ),
    st.sampled_from("abc"),
    st.sampled_from(get_args(State)),
    st.sampled_from(get_args(Outcome)),
    st.integers(0, 1000),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SHARES, max_size=30))
def test_every_task_is_in_one_column_of_its_street_and_of_the_whole(shares):
    *streets, whole = progress(shares)
    assert all(one.balances for one in (*streets, whole))
    assert whole.total == sum(one.tasks for one in shares)
    for column in range(2, 12):
        assert whole[column] == sum(one[column] for one in streets)
