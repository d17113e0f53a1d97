from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.tasks.quota import Day, Recheck, Roster, Waiting

TODAY = date(2026, 11, 26)
LAW = settings(max_examples=150, deadline=None)
GROUNDS = {"g1": ("s1", "d1"), "g2": ("s1", "d1"), "g3": ("s2", "d1"), "g4": ("s3", "d2")}
ROSTER = Roster.of(
    {"g1": ("w1", "w5"), "g2": ("w2",), "g3": ("w3",), "g4": ("w4",), "g9": ("w9",)}, GROUNDS
)


def queue(n, due=TODAY):
    return [Waiting(due, f"t{i:03}") for i in range(n)]


def ids(released):
    return [one.task_id for one in released]


def test_the_earliest_due_come_first_then_by_id():
    tasks = [*queue(3, TODAY + timedelta(days=1)), Waiting(TODAY, "z")]
    assert ids(Day(3, {}).release(tasks, "w1")) == ["z", "t000", "t001"]


def test_what_the_worker_was_given_before_on_that_day_counts():
    assert ids(Day(3, {"w1": 2}).release(queue(5), "w1")) == ["t000"]
    assert Day(3, {"w1": 9}).release(queue(5), "w1") == []


def test_the_first_of_a_grid_s_staff_works_and_all_of_a_street_are_its_people():
    assert ROSTER.workers["g1"] == "w1"
    assert ROSTER.people["d1", "s1"] == ("w1", "w2", "w5")
    assert ROSTER.people[("d1",)] == ("w1", "w2", "w3", "w5")
    assert "g7" not in Roster.of({"g7": ()}, GROUNDS).workers


def test_a_worker_s_grids_are_told_together():
    roster = Roster.of({"g2": ("w1",), "g1": ("w1",), "g3": ("w0",)}, GROUNDS)
    assert list(roster.grids().items()) == [("w0", ["g3"]), ("w1", ["g1", "g2"])]


def test_a_re_check_goes_to_the_district_where_the_street_has_nobody_else():
    task = Recheck(TODAY, "t", "d1", "s2", "w3")
    (given_,) = Day(5, {}).rechecks([task], ROSTER)
    assert given_.worker in {"w1", "w2", "w5"}


def test_a_re_check_waits_where_there_is_nobody_else_or_nobody_with_quota_left():
    assert not list(Day(5, {}).rechecks([Recheck(TODAY, "t", "d2", "s3", "w4")], ROSTER))
    full = dict.fromkeys(("w1", "w2", "w3", "w5"), 5)
    assert not list(Day(5, full).rechecks([Recheck(TODAY, "t", "d1", "s1", "w1")], ROSTER))


def test_the_re_checks_of_a_street_are_shared_out_among_its_people():
    tasks = [Recheck(TODAY, f"t{i}", "d1", "s1", "w9") for i in range(300)]
    counts = Counter(one.worker for one in Day(300, {}).rechecks(tasks, ROSTER))
    assert set(counts) == {"w1", "w2", "w5"}
    assert min(counts.values()) > 60


@LAW
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200)), max_size=80, unique=True),
    st.integers(1, 9),
    st.randoms(use_true_random=False),
)
def test_a_queue_is_released_day_by_day_in_one_order_until_nothing_waits(drawn, quota, random):
    left = [Waiting(TODAY + timedelta(days=late), f"t{late}-{i:03}") for late, i in drawn]
    order = [one.task_id for one in sorted(left)]
    gone = []
    for _ in range(len(left) // quota + 1):
        random.shuffle(left)
        released = ids(Day(quota, {}).release(left, "w1"))
        assert len(released) == min(quota, len(left))
        gone += released
        left = [one for one in left if one.task_id not in released]
    assert not left
    assert gone == order


RECHECKS = st.lists(
    st.builds(
        Recheck,
        st.just(TODAY),
        st.integers(0, 10**6).map("t{}".format),
        st.just("d1"),
        st.sampled_from(["s1", "s2"]),
        st.sampled_from(["w1", "w2", "w3", "w5"]),
    ),
    max_size=60,
    unique_by=lambda one: one.task_id,
)


@LAW
@given(RECHECKS, st.integers(1, 20), st.integers(0, 3))
def test_no_re_check_goes_to_the_first_person_nor_beyond_anybody_s_quota(tasks, quota, used):
    day = Day(quota, {"w1": used})
    by = {one.task_id: one.by for one in tasks}
    released = list(day.rechecks(tasks, ROSTER))
    counts = Counter(one.worker for one in released)
    assert all(by[one.task_id] != one.worker for one in released)
    assert all(n <= quota - used * (who == "w1") for who, n in counts.items())
    assert len({one.task_id for one in released}) == len(released)
