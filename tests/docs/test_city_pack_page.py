"""docs/city-pack.md holds a whole pack: it loads, it routes, and its error is the real one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import orjson
import pytest
from doc_pages import ROOT, blocks

from messages.errors import PackError
from packs.load import load
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch
from streams.posting.source_rows import RowError, rows_to_events

PAGE = ROOT / "docs" / "city-pack.md"
RECEIVED = 1_795_420_900.0  # 2026-11-23T16:01:40+08:00, a minute after the last row


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's pack, as files."""
    for language in ("yaml", "geojson"):
        for block in blocks(PAGE, language):
            file = tmp_path / "pack" / block.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
    return tmp_path / "pack"


def _bodies(folder: Path) -> list[object]:
    rows = csv.DictReader(io.StringIO(blocks(PAGE, "csv")[0].text))
    return list(rows_to_events(rows, load(folder).sources["hotline"]))


def test_the_example_is_a_whole_pack(folder, tmp_path):
    city = City.load(folder, tmp_path / "cache")
    assert [str(unit) for unit in city.units if unit.kind == "street"] == [
        "street:990101001",
        "street:990101002",
    ]


def test_its_csv_goes_where_the_page_says(folder, tmp_path):
    city = City.load(folder, tmp_path / "cache")
    bodies = [orjson.dumps(body) for body in _bodies(folder) if isinstance(body, dict)]
    batch = one_batch("wangge.in.reports", bodies, RECEIVED)
    first, second = decide("reports", batch, InForce.of(city), {}, RECEIVED).decisions
    assert (first["unit"], first["copies"]) == ("dept:drainage", ("street:990101001",))
    assert (second["unit"], second["copies"]) == ("linkage:119", ("city",))


def test_its_test_ticket_is_skipped(folder):
    last = _bodies(folder)[-1]
    assert isinstance(last, RowError)
    assert last.code == "row.skipped"


def test_its_error_is_what_the_loader_says(folder, monkeypatch):
    taxonomy = folder / "taxonomy.yaml"
    lines = taxonomy.read_text("utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if "0403" in line)
    lines[at] = lines[at].replace("priority:", "priorty:")
    taxonomy.write_text("".join(lines), "utf-8")
    monkeypatch.chdir(folder)
    with pytest.raises(PackError) as caught:
        load(Path())
    assert str(caught.value) == blocks(PAGE, "text")[0].text.rstrip()
