"""What the README and the demo itself send a newcomer to."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import orjson
import pytest
from command_tree import take
from doc_pages import ROOT, blocks, code, table, typed_commands
from rich.console import Console

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.up_display import next_commands
from drills.ordinary_day import OrdinaryDay, events
from messages.event import Report
from messages.topics import Topics
from messages.unit import Unit
from packs.load import load
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.city import City
from streams.cluster.topology import topic_plan, units_of
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch

README = ROOT / "README.md"
DEMO = re.search(r"up --events (\d+) ", (ROOT / "Makefile").read_text())


@pytest.fixture(scope="module")
def city() -> City:
    return City.load(DEFAULT_PACK, cache_folder())


@pytest.fixture
def run(tmp_path) -> RunFolder:
    """A run with one routed decision and one street's queue."""
    folder = RunFolder.create(tmp_path / "demo-run")
    decision = {"event_id": "1-1", "outcome": "routed", "priority": "P1"}
    folder.stream("decisions").write_bytes(orjson.dumps(decision) + b"\n")
    folder.queue(Unit("street", "320106003")).write_bytes(b"{}\n")
    return folder


def test_the_event_that_the_readme_explains_is_routed_in_the_demo(city):
    assert DEMO is not None, "the demo's size is no longer in the Makefile"
    typed = next(c for c in typed_commands(README) if c[1] == "explain" and "--run" in c)
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    start = datetime.now(UTC)
    day = events(OrdinaryDay.of(pack), pack, layers[-1], count=int(DEMO[1]), seed=1, start=start)
    posted = next(event for event in day if event.event_id == typed[2])
    batch = one_batch(f"wangge.in.{posted.lane}", [posted.body], start.timestamp())
    decided = decide(posted.lane, batch, InForce.of(city), {}, start.timestamp())
    assert [d["outcome"] for d in decided.decisions] == ["routed"]


def test_the_event_that_the_readme_posts_lies_on_the_queues_it_watches(city):
    now = datetime.now(UTC)
    text = next(b.text for b in blocks(README, "sh") if "my-event.ndjson <<" in b.text)
    line = next(found for found in text.splitlines() if found.startswith("{"))
    body = line.replace("$(date +%s)", "1").replace("$(date -Iseconds)", now.isoformat())
    Report.from_json(body)
    batch = one_batch("wangge.in.reports", [body.encode()], now.timestamp())
    units = {
        e["unit"] for e in decide("reports", batch, InForce.of(city), {}, now.timestamp()).entries
    }
    watched = {c[c.index("--queue") + 1] for c in typed_commands(README) if c[1] == "watch"}
    assert watched <= units


def test_every_command_that_the_demo_prints_at_its_end_parses(run, monkeypatch):
    monkeypatch.setattr("sys.argv", [str(ROOT / ".venv" / "bin" / "wangge"), "up"])
    shown = io.StringIO()
    next_commands(Console(file=shown, width=200), run)
    printed = [line.split() for line in shown.getvalue().splitlines() if line.startswith("  ")]
    assert len(printed) == 3
    for program, *arguments in printed:
        assert program.endswith("wangge")
        take(arguments)


def test_the_readme_counts_the_topics_of_the_demonstration_city():
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    units = units_of(pack, layers)
    plan = topic_plan(Topics("wangge"), shards=pack.city.shards.count, units=units)
    assert f"# {len(plan)} topics for the demonstration city" in README.read_text("utf-8")


def test_the_folders_of_the_readme_are_those_of_the_checkout():
    said = {code(row[0]).rstrip("/") for row in table(README, "folder")}
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"cities"}
    assert said == found - {"tests"}
