"""A rolling upgrade and its way back: a release takes over what its neighbours have left."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from desk_at_hand import Desk, said
from release_on_record import Night, last_said, night_of

from streams.desk.judge import DeskBatch, judge
from streams.restore import VERSION_KEY, put_together

RECORDED = sorted((Path(__file__).parent / "releases").glob("*.jsonl"))
TOLD = ("status", "unit", "priority", "seq", "count", "events", "clocks", "timeline")
"""What a takeover may not change of a case."""


@pytest.fixture(scope="module")
def night(nanjing):
    return night_of(nanjing)


def goes_on(night, city):
    """What comes of the second half of a night on this release."""
    desk = Desk(city)
    desk.state = put_together(night.kept)
    end = night.first + len(night.rest)
    batch = DeskBatch(desk.force, 0, night.rest, range(night.first, end), end, desk.ns)
    return judge(desk.state, batch, 0.0)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_night_that_an_earlier_release_began_ends_as_it_would_have_ended_it(file, nanjing):
    night = Night.read(file)
    unit = goes_on(night, nanjing)
    cases = last_said([unit])
    assert {name: {one: body[one] for one in TOLD} for name, body in cases.items()} == {
        name: {one: night.cases[name][one] for one in TOLD} for name in cases
    }
    assert len(cases) == 6
    assert not unit.stuck
    assert {one["outcome"] for one in unit.actions} == {"applied"}


def by_a_later_release(record):
    """A record of the state topic as a release after this one may write it."""
    key, value, tag = record
    if value is None:
        return record
    return key, orjson.dumps(later(orjson.loads(value))), tag


def later(found):
    """With something this release has not heard of in every object, and at the end of every list
    that stands for one."""
    if isinstance(found, dict):
        told = {name: later(value) for name, value in found.items()}
        return told if is_a_map(found) else {**told, "not_heard_of": {"at": 1}}
    if isinstance(found, list):
        return [later(one) for one in found] + (["not heard of"] if is_an_object(found) else [])
    return found


def is_a_map(found):
    """Its names are data: codes, ids, units."""
    return not found.keys() & {"v", "number", "name", "level"}


def is_an_object(found):
    """A list of unlike things is an object without names."""
    return len({type(one) for one in found}) > 1


def test_what_a_later_release_has_written_is_read_as_far_as_it_is_understood(night, nanjing):
    later_night = night._replace(kept=[by_a_later_release(one) for one in night.kept])
    ours, theirs = goes_on(night, nanjing), goes_on(later_night, nanjing)
    assert not theirs.stuck
    for name in ("decisions", "incidents", "entries", "actions"):
        assert said([theirs], name) == said([ours], name)


def test_records_of_a_kind_that_only_a_later_release_knows_are_kept_for_it(night, nanjing):
    key, value = b"omens:1", orjson.dumps({"v": 1, "due": 1.0})
    _, _, tag = next(one for one in night.kept if one[0] != VERSION_KEY)
    unit = goes_on(night._replace(kept=[(key, value, tag), *night.kept]), nanjing)
    assert not [write for write in unit.writes if write.kind == "omens"]


def test_a_night_is_the_same_after_it_was_written_to_a_file(night, tmp_path):
    night.write(tmp_path / "night.jsonl")
    assert Night.read(tmp_path / "night.jsonl") == night
