"""When reports and readings must wait: by how long the desk takes, and by how much lies there."""

from __future__ import annotations

import pytest

from streams.backpressure import DESK_SECONDS, FEW, Backlog


@pytest.fixture
def backlog():
    return Backlog(limit=4000, whole=1000)


def works(backlog, rate, waiting, seconds=5, shards=4):
    """A desk that has judged so many a second for a while, and has so many before it."""
    for second in range(seconds):
        spread = dict.fromkeys(range(shards), waiting // shards)
        backlog.found(spread, int(rate * second), float(second))


def test_a_few_events_never_wait(backlog):
    backlog.sent([0] * FEW)
    assert not backlog.full


def test_a_desk_of_which_nothing_is_known_takes_a_few_only(backlog):
    backlog.sent([0] * (FEW + 1))
    assert backlog.full


@pytest.mark.parametrize("rate", [1000, 2000, 8000])
def test_what_is_judged_in_time_may_lie_there_and_no_more(backlog, rate):
    works(backlog, rate, int(rate * DESK_SECONDS) - 8)
    assert not backlog.full
    backlog.sent(range(16))
    assert backlog.full


def test_what_is_judged_makes_room(backlog):
    works(backlog, 2000, int(2000 * DESK_SECONDS))
    backlog.sent([0] * 100)
    assert backlog.full
    backlog.judged(0, 200)
    assert not backlog.full


def test_one_shard_far_behind_is_enough_however_fast_the_desk_is(backlog):
    works(backlog, 100_000, 0)
    backlog.sent([3] * 4001)
    assert backlog.full


def test_a_desk_that_rests_is_not_taken_for_a_slow_one_at_once(backlog):
    works(backlog, 2000, 0)
    backlog.found({}, 8000, 5.0)  # nothing came for a second
    backlog.sent([0] * (FEW + 300))
    assert not backlog.full


def test_how_fast_it_once_was_is_forgotten(backlog):
    works(backlog, 2000, 0)
    backlog.found({}, 8000, 65.0)
    backlog.sent([0] * 1000)
    assert backlog.full


def test_judging_more_than_was_known_to_wait_leaves_no_room_below_nothing(backlog):
    backlog.judged(1, 50)
    backlog.sent([1] * (FEW + 1))
    assert backlog.full


def test_pieces_are_small_while_it_is_full_and_whole_again_after(backlog):
    works(backlog, 1200, 4000)
    assert backlog.piece == 140
    for second in range(5, 9):
        backlog.found({}, 1200 * second, float(second))
    assert backlog.piece == 1000


def test_a_slow_desk_is_still_given_something(backlog):
    works(backlog, 10, 4000)
    assert backlog.piece == FEW // 3
