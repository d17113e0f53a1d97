"""The example that a user lays over a pack made by ``wangge city init``."""

import csv
import shutil
from pathlib import Path

import pytest

import packs
from rules.classify import Classifier
from streams.posting.source_rows import RowError, rows_to_events

REPO = Path(__file__).parents[2]
EXAMPLE = REPO / "cities" / "examples" / "boston311"
REAL = REPO.parent / "shared" / "data" / "boston" / "boston311_2022_sample4995.csv"
CITY = """\
schema_version: 1
code: boston
name: Boston
time_zone: America/New_York
boundaries: {layers: [{level: district, file: boundaries/district.geojson, code: code}]}
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boston")
    (folder / "city.yaml").write_text(CITY)
    shutil.copytree(EXAMPLE / "overlay", folder, dirs_exist_ok=True)
    return packs.load(folder)


def events(pack, file):
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(rows_to_events(csv.DictReader(lines), pack.sources["boston311"]))


def test_every_row_of_the_fixture_becomes_an_event(pack):
    found = events(pack, EXAMPLE / "requests.csv")
    assert len(found) == 16
    assert not any(isinstance(event, RowError) for event in found)


def test_the_fixture_has_the_columns_of_the_real_file():
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not there")
    with REAL.open(encoding="utf-8-sig") as real, (EXAMPLE / "requests.csv").open() as ours:
        assert next(csv.reader(real)) == next(csv.reader(ours))


def test_the_finer_of_boston_s_words_decides(pack):
    hints = {e["event_id"]: e.get("category_hint") for e in events(pack, EXAMPLE / "requests.csv")}
    assert hints["900000000003"] == "1061", "a knocked-down light is more than Street Lights"
    assert hints["900000000004"] == "1060"


def test_words_that_boston_never_used_leave_it_to_the_text(pack):
    classifier = Classifier.compile(pack.classify, pack.taxonomy, pack.sources)
    kite = events(pack, EXAMPLE / "requests.csv")[-1]
    found = classifier.classify(kite["text"], kite.get("category_hint"), "boston311")
    assert (found.category, found.by) == ("0000", "default")


def test_every_row_of_the_real_file_becomes_an_event_with_a_category(pack):
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not there")
    found = events(pack, REAL)
    assert len(found) == 4995
    assert all(
        event["category_hint"] in {c.code for c in pack.taxonomy.categories} for event in found
    )
    assert sum("position" not in event for event in found) == 32
