"""`wangge shards`: who judges a district, and a district that moves, without a broker."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from desk_record_run import case, write_run
from typer.testing import CliRunner

from cli.main import app
from messages.errors import PackError
from packs.load import load

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "streams"))
from small_city import write_city

PLACE = {"method": "inside", "city": "town", "district": "D1", "street": "S1"}


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """The small city: D1 on shard 0, D2 on shard 1, what has no place on shard 2."""
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))
    for name in ("WANGGE_PACK", "WANGGE_BROKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return write_city(tmp_path / "town")


def shards(*arguments):
    return CliRunner().invoke(app, ["shards", *map(str, arguments)])


def rows(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_shard_is_shown_with_its_districts(pack):
    found = rows(shards("show", pack, "--json"))
    assert [(row["shard"], row["districts"], row["unlocated"]) for row in found] == [
        (0, ["D1"], False),
        (1, ["D2"], False),
        (2, [], True),
    ]
    assert {row["open"] for row in found} == {None}


def test_a_person_reads_names(pack):
    result = shards("show", pack)
    assert "D1 东湖区" in result.output
    assert "(without a place)" in result.output


def test_open_cases_are_counted_where_they_are_kept(pack, tmp_path):
    states = [
        case("000-261123-0000001", place=PLACE),
        case("000-261123-0000002", place=PLACE),
        case("000-261123-0000002", place=PLACE, seq=2, status="closed"),
        case("001-261123-0000001", place=PLACE),
        case("002-261123-0000001", place={"method": "unlocated", "city": "town"}),
    ]
    run = write_run(tmp_path / "run", states=states)
    found = rows(shards("show", pack, "--run", run, "--json"))
    assert [row["open"] for row in found] == [1, 1, 1]
    assert [row["elsewhere"] for row in found] == [{}, {"0": 1}, {}]


def test_a_move_is_shown_and_changes_nothing(pack):
    before = (pack / "city.yaml").read_bytes()
    result = shards("move", "D1", pack, "--to", 1)
    assert result.exit_code == 0
    assert "D1 东湖区: shard 0 → 1" in result.output
    assert "nothing was changed: --apply does it" in result.output
    assert (pack / "city.yaml").read_bytes() == before


def test_a_move_that_is_applied_is_written_and_the_next_step_said(pack):
    result = shards("move", "D1", pack, "--to", 1, "--apply")
    assert result.exit_code == 0
    assert f"next: wangge pack activate {pack}" in result.output
    assert load(pack).city.shards.districts == {"D1": 1, "D2": 1}


def test_a_move_again_is_no_change(pack):
    shards("move", "D1", pack, "--to", 1, "--apply")
    before = (pack / "city.yaml").read_bytes()
    (row,) = rows(shards("move", "D1", pack, "--to", 1, "--apply", "--json"))
    assert (row["from"], row["to"], row["open_elsewhere"]) == (1, 1, None)
    assert (pack / "city.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("district", "to", "code"),
    [("D9", 1, "pack.unknown_territory"), ("D1", 3, "pack.unknown_shard")],
)
def test_what_cannot_be_is_refused(pack, district, to, code):
    error = shards("move", district, pack, "--to", to, "--apply").exception
    assert isinstance(error, PackError)
    assert error.code == code


def test_a_new_district_without_a_row_is_refused_with_the_row_to_add(pack):
    file = pack / "city.yaml"
    file.write_text(file.read_text().replace('    "D2": 1\n', ""))
    error = shards("move", "D1", pack, "--to", 1).exception
    assert isinstance(error, PackError)
    assert (error.code, error.mend) == (
        "pack.no_shard",
        'add "D2": 0 (or another shard) to districts',
    )
