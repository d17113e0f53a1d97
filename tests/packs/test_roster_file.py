"""``roster.yaml``: who is on duty when, and every fault of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

import packs
from messages.errors import PackError
from packs.roster import Duty, RosterFile

HERE = Path(__file__).parent
NANJING = HERE.parents[1] / "cities" / "nanjing"
DAY = {"shift": "08:00-20:00", "name": "day"}
NIGHT = {"shift": "20:00-08:00", "name": "night"}


def roster(*duties):
    return RosterFile.model_validate({"schema_version": 1, "offices": {"city": duties}})


@pytest.mark.parametrize(
    ("minute", "name"),
    [(0, "night"), (479, "night"), (480, "day"), (1199, "day"), (1200, "night"), (1439, "night")],
)
def test_a_shift_runs_from_its_start_to_before_its_end_also_past_midnight(minute, name):
    assert [duty.name for duty in roster(DAY, NIGHT).on_duty("city", minute)] == [name]


def test_the_whole_day_is_one_shift():
    whole = Duty(shift="00:00-24:00", name="always")
    assert all(whole.at(minute) for minute in range(1440))


def test_two_may_be_on_duty_at_once_and_an_office_that_is_not_named_has_nobody():
    found = roster(DAY, DAY | {"name": "second"})
    assert [duty.name for duty in found.on_duty("city", 600)] == ["day", "second"]
    assert found.on_duty("dept:gas", 600) == ()
    assert found.on_duty("city", 60) == ()


@pytest.mark.parametrize(
    "shift", ["08:00", "8:00-20:00", "08:00-25:00", "24:00-08:00", "08:00-08:00"]
)
def test_what_is_no_shift_is_refused(shift):
    with pytest.raises(ValidationError):
        roster(DAY | {"shift": shift})


@pytest.mark.parametrize(
    ("office", "more", "code"),
    [
        ("dept:nobody", "", "pack.unknown_department"),
        ("linkage:911", "", "pack.unknown_linkage"),
        ("city", ", next: city", "pack.unknown_office"),
        ("city", ', next: "street:S1"', "pack.unknown_office"),
    ],
)
def test_an_office_that_is_no_unit_and_a_next_that_is_none_are_named_with_their_line(
    tmp_path, office, more, code
):
    folder = Path(shutil.copytree(HERE / "sound", tmp_path / "pack"))
    (folder / "roster.yaml").write_text(
        "schema_version: 1\noffices:\n"
        f'  "{office}":\n    - {{shift: "08:00-20:00", name: x{more}}}\n'
    )
    with pytest.raises(PackError) as caught:
        packs.load(folder)
    assert caught.value.code == code
    assert caught.value.file == str(folder / "roster.yaml")
    assert caught.value.line == (4 if more else 3)


def test_a_pack_needs_no_roster():
    assert packs.load(HERE / "sound").roster is None


def test_somebody_is_on_duty_at_every_minute_in_every_office_of_nanjing():
    found = packs.load(NANJING).roster
    assert {"city", "district:320106"} <= found.offices.keys()
    assert all(found.on_duty(office, m) for office in found.offices for m in range(1440))
