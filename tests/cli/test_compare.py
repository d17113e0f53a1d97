"""`wangge compare`: two lists in, the subjects whose grids differ out, under pseudonyms."""

import csv
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from task_town import KEY, Desk, write_town
from typer.testing import CliRunner

from cli.main import app
from incidents.tasks.pseudonym import Pseudonyms

NAMES = Pseudonyms(KEY.encode())


@pytest.fixture
def files(tmp_path):
    (tmp_path / "key").write_text(KEY)
    return tmp_path


def compare(files, first, second, *options):
    for name, rows in (("a.csv", first), ("b.csv", second)):
        text = "id,grid\n" + "".join(f"{subject},{grid}\n" for subject, grid in rows)
        (files / name).write_bytes(text.encode(errors="surrogateescape"))
    named = ["--subject", "id", "--grid", "grid", "--key", str(files / "key"), *options]
    return CliRunner().invoke(app, ["compare", str(files / "a.csv"), str(files / "b.csv"), *named])


def pairs(found):
    read = csv.DictReader(io.StringIO(found.stdout))
    return {(row["pseudonym"], row["grid"], row["other_grid"]) for row in read}


def test_a_subject_in_two_grids_is_asked_for_in_both(files):
    found = compare(
        files, [("ann", "g1"), ("bob", "g1"), ("cat", "g1")], [("ann", "g2"), ("bob", "g1")]
    )
    assert found.exit_code == 0
    assert pairs(found) == {(NAMES.of("ann"), "g1", "g2"), (NAMES.of("ann"), "g2", "g1")}
    assert "3 subjects: 1 differ, 1 agree, 1 only in" in found.stderr


def test_no_id_is_printed(files):
    people = [f"3201061990010112{n:02}" for n in range(50)]
    found = compare(files, [(one, "g1") for one in people], [(one, "g2") for one in people])
    assert len(pairs(found)) == 100
    assert not any(one in found.output for one in people)


def test_the_order_of_what_is_printed_tells_nothing_of_the_lists(files):
    people = [f"p{n}" for n in range(300)]
    found = compare(files, [(one, "g1") for one in people], [(one, "g2") for one in people])
    printed = [row["pseudonym"] for row in csv.DictReader(io.StringIO(found.stdout))][::2]
    assert printed == [NAMES.of(one) for one in sorted(people, key=NAMES.digest)]


def test_repeats_are_told_with_their_lines_and_the_first_counts(files):
    found = compare(files, [("ann", "g1"), ("ann", "g2"), ("bob", "g1")], [("ann", "g1")])
    assert found.exit_code == 1
    assert pairs(found) == set()
    assert "a.csv: 1 lines repeat a subject; its first line counts: 3\n" in found.stderr
    assert "1 lines at fault" in found.stderr


@pytest.mark.parametrize("row", [("", "g1"), ("bob", ""), ("bob", "g" * 65), ("bob", "\udcc4")])
def test_a_line_without_subject_or_grid_is_told_with_its_number(files, row):
    found = compare(files, [("ann", "g1"), row], [("ann", "g2")])
    assert found.exit_code == 1
    assert len(pairs(found)) == 2
    assert "a.csv: 1 lines have no subject, or no grid of 1 to 64 characters: 3\n" in found.stderr


def test_it_refuses_to_run_without_a_key(files, monkeypatch):
    monkeypatch.delenv("WANGGE_SUBJECT_KEY", raising=False)
    (files / "key").unlink()
    assert compare(files, [], []).exception.code == "settings.subject_key"


def test_what_it_prints_pipes_into_an_import_and_means_the_same_subjects(
    files, tmp_path, monkeypatch
):
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))
    desk = Desk(tmp_path, write_town(tmp_path / "town"))
    printed = compare(files, [("ann-0001", "g1")], [("ann-0001", "g3")]).stdout
    assert desk.take(printed).stdout == "2 imported + 0 duplicate + 0 rejected = 2 rows\n"
    assert desk.take(["ann-0001,g1\n"]).stdout.startswith("0 imported + 1 duplicate")


LISTS = st.lists(
    st.tuples(st.sampled_from([f"p{n}" for n in range(30)]), st.sampled_from(["g1", "g2", "g 3"])),
    max_size=40,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LISTS, LISTS, st.integers(0, 5))
def test_it_finds_what_two_dictionaries_find_whatever_the_order(files, first, second, seed):
    kept = [dict(reversed(side)) for side in (first, second)]
    differ = {
        (NAMES.of(one), *grids)
        for one in kept[0].keys() & kept[1].keys()
        for grids in [(kept[0][one], kept[1][one]), (kept[1][one], kept[0][one])]
        if grids[0] != grids[1]
    }
    found = compare(files, first, second)
    assert pairs(found) == differ
    faults = sum(len(side) for side in (first, second)) - sum(len(side) for side in kept)
    assert f"{faults} lines at fault" in found.stderr
    shuffled = [list(side.items()) for side in kept]
    for side in shuffled:
        random.Random(seed).shuffle(side)
    assert compare(files, *shuffled).stdout == found.stdout
