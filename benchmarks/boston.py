"""``make boston DATA=FOLDER``: Boston's own 311 requests through the whole engine.

The city's export names the ward and the precinct that Boston itself assigned. This makes a pack
from the city's boundary files, posts every request to a practice ground with one worker, and
compares what the engine routed with what the city says. Exit 1 below 99 % of wards or 98 % of
precincts.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson

from cli.city_option import CITIES, cache_folder
from drills.ordinary_day import Posted
from drills.practice_ground import PracticeGround
from messages.model import Body
from packs.load import load
from packs.pack import Pack
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.posting.source_rows import RowError, rows_to_events

REQUESTS = "boston311_2022_sample4995.csv"
LEAST = {"ward": 0.99, "precinct": 0.98}


def main(data: Path) -> int:
    """Print the comparison; the exit code."""
    with tempfile.TemporaryDirectory(prefix="wangge-boston-") as name:
        folder = Path(name)
        pack = make_pack(data, folder / "boston")
        layers, version = load_layers(pack, cache_folder())
        run = RunFolder.create(folder / "run")
        rows = list(read_rows(data / REQUESTS))
        with PracticeGround(pack, layers, version, run, cache=cache_folder()) as ground:
            ground.wait_ready()
            for _ in ground.feed(posted(rows, pack)):
                pass
            ground.settle()
        found = ground.account()
        print(f"the feeder's own list: {found}")
        decisions = {d["event_id"]: d for d in run.bodies(run.stream("decisions"))}
        agreed = compare(rows, decisions)
    return 0 if agreed and found.complete else 1


def make_pack(data: Path, folder: Path) -> Pack:
    """A pack by ``wangge city init``, with the example's overlay. Refused without ``--crs``."""
    command = [
        *(sys.executable, "-m", "cli.main", "city", "init", str(folder), "--name", "Boston"),
        *("--time-zone", "America/New_York", "--allow-orphans"),
        *("--level", f"district={data / 'wards.geojson'}:WARD"),
        *("--level", f"street={data / 'precincts.geojson'}:WARD_PRECINCT"),
    ]
    refused = subprocess.run(command, capture_output=True, text=True)
    print(f"without --crs: exit {refused.returncode}: {refused.stderr.strip().splitlines()[0]}")
    if refused.returncode != 2 or "boundary.crs_undeclared" not in refused.stderr:
        sys.exit("a file in feet that does not say so must be refused")
    subprocess.run([*command, "--crs", "street=EPSG:2249"], check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(CITIES / "examples" / "boston311" / "overlay", folder, dirs_exist_ok=True)
    return load(folder)


def read_rows(file: Path) -> Iterator[dict[str, str]]:
    """The export's rows; of a column that appears twice, the last."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def posted(rows: list[dict[str, str]], pack: Pack) -> Iterator[Posted]:
    """The rows as records, by the pack's own source mapping."""
    source = pack.sources["boston311"]
    for found in rows_to_events(rows, source):
        if isinstance(found, RowError):
            print(f"row {found.row}: {found.code}: {found.message}")
            continue
        yield Posted(source.lane, found["event_id"], orjson.dumps(found))


def compare(rows: list[dict[str, str]], decisions: dict[str, Body]) -> bool:
    """Print how often the routed ward and precinct are the city's own; whether often enough."""
    outcomes: Counter[str] = Counter(d["outcome"] for d in decisions.values())
    print(f"{len(rows):,} requests: {dict(outcomes)}")
    enough = True
    for level, column, mine in (
        ("ward", "ward", lambda d: d["place"].get("district")),
        ("precinct", "precinct", lambda d: d["unit"].removeprefix("street:")),
    ):
        same = compared = 0
        for row in rows:
            theirs = city_s_code(level, row[column])
            decision = decisions.get(row["CASE_ENQUIRY_ID"])
            if theirs is None or decision is None or decision["place"]["method"] == "unlocated":
                continue
            compared += 1
            same += mine(decision) == theirs
        left_out = len(rows) - compared
        share = same / compared
        print(
            f"{level:9} {same:,} of {compared:,} as the city says = {share:.2%}"
            f"  (at least {LEAST[level]:.0%}; {left_out} without the city's word or a position)"
        )
        enough = enough and share >= LEAST[level]
    return enough


def city_s_code(level: str, text: str) -> str | None:
    """The export's ward (``5``, ``05``, ``Ward 5``) or precinct (``0306``) as our code."""
    text = text.strip()
    if not text:
        return None
    return text.split()[-1].lstrip("0") if level == "ward" else text.zfill(4)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make boston DATA=FOLDER  (wards.geojson, precincts.geojson, the 311 CSV)")
    sys.exit(main(Path(sys.argv[1])))
