"""What ``wangge up`` shows: counts per level, the busiest streets, a few decisions with reasons."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter, deque
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from drills.practice_ground import PracticeGround
from geo.boundaries import BoundaryLayer
from packs.pack import Pack
from sinks.run_folder import RunFolder

LEVELS = ("street", "district", "city", "dept", "linkage")
LEVEL_NAMES = {
    "street": "streets 街镇",
    "district": "districts 区",
    "city": "city 市 (triage)",
    "dept": "departments 部门",
    "linkage": "linkage 联动 110/119/120",
}
PRIORITY_STYLE = {"P1": "bold red", "P2": "red", "P3": "yellow", "P4": "dim"}
TAIL_BYTES = 400_000
WIDTH = 120
SHOWN_STREETS, SHOWN_DECISIONS = 8, 5


def wide_console(*, stderr: bool = False, quiet: bool = False) -> Console:
    """The terminal; into a pipe or a log, wide enough for the tables."""
    piped = not sys.stdout.isatty()
    return Console(stderr=stderr, quiet=quiet, highlight=False, width=WIDTH if piped else None)


class Board:
    """The live board of one practice run."""

    def __init__(self, pack: Pack, layers: tuple[BoundaryLayer, ...]) -> None:
        self._names = {
            f"{layer.level}:{code}": name
            for layer in layers
            if layer.level in ("district", "street")
            for code, name in zip(layer.codes, layer.names, strict=True)
        }
        self._names |= {f"dept:{d.code}": d.name for d in pack.city.departments}
        self._categories = {c.code: c.name for c in pack.taxonomy.categories}
        self._recent: deque[dict[str, Any]] = deque(maxlen=SHOWN_DECISIONS)

    def render(self, ground: PracticeGround, posted: int, elapsed: float) -> Group:
        """The board as it stands."""
        counts = ground.recorder.counts
        queues = Counter(
            {
                str(ground.topics.unit_of(topic)): n
                for topic, n in counts.items()
                if topic.startswith(ground.topics.queues_prefix)
            }
        )
        decided = counts.get(ground.topics.decisions, 0)
        line = (
            f"{elapsed:5.1f} s   posted {posted:,}   decided {decided:,}   "
            f"incidents {counts.get(ground.topics.incidents, 0):,}   "
            f"quarantined {counts.get(ground.topics.quarantine, 0):,}   "
            f"dead {counts.get(ground.topics.dead, 0):,}"
        )
        side = Table.grid(padding=(0, 4))
        side.add_row(self._levels(queues), self._busiest(queues))
        return Group(Text(line, style="bold"), Text(), side, Text(), self._decisions(ground.run))

    def _levels(self, queues: Counter[str]) -> Table:
        shown = Table(title="Queue entries by level", title_justify="left")
        shown.add_column("level")
        shown.add_column("queues", justify="right")
        shown.add_column("entries", justify="right")
        for level in LEVELS:
            found = [n for unit, n in queues.items() if unit.partition(":")[0] == level]
            shown.add_row(LEVEL_NAMES[level], f"{len(found)}", f"{sum(found):,}")
        return shown

    def _busiest(self, queues: Counter[str]) -> Table:
        shown = Table(title="Busiest streets", title_justify="left")
        for column in ("street", "queue"):
            shown.add_column(column)
        shown.add_column("entries", justify="right")
        streets = Counter({u: n for u, n in queues.items() if u.startswith("street:")})
        for unit, n in streets.most_common(SHOWN_STREETS):
            shown.add_row(self._names.get(unit, ""), unit, f"{n:,}")
        return shown

    def _decisions(self, run: RunFolder) -> Table:
        known = {body["event_id"] for body in self._recent}
        fresh = _sample(run.stream("decisions"))
        self._recent.extend(body for body in fresh if body["event_id"] not in known)
        shown = Table(title="Routed just now, and why", title_justify="left", expand=True)
        shown.add_column("", width=2)
        shown.add_column("what", no_wrap=True)
        shown.add_column("to", no_wrap=True)
        shown.add_column("because", ratio=1)
        for body in self._recent:
            priority = body.get("priority", "")
            unit = body["unit"]
            shown.add_row(
                Text(priority, style=PRIORITY_STYLE.get(priority, "")),
                self._categories.get(body["category"], body["category"]),
                f"{unit} {self._names.get(unit, '')}".strip(),
                "; ".join(reason["text"] for reason in body["reasons"]),
            )
        return shown


def _sample(path: Path) -> list[dict[str, Any]]:
    """One routed decision of each priority from the file's end, most urgent first."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        size = path.stat().st_size
        file.seek(max(0, size - TAIL_BYTES))
        lines = file.read().split(b"\n")[1:-1] if size > TAIL_BYTES else file.read().split(b"\n")
    found: dict[str, dict[str, Any]] = {}
    for line in reversed(lines):
        if b'"outcome":"routed"' in line:
            body = orjson.loads(line)
            found.setdefault(body["priority"], body)
            if len(found) == 4:
                break
    return [found[priority] for priority in sorted(found)]


def next_commands(console: Console, run: RunFolder) -> None:
    """Three commands that work on the folder just written."""
    decisions = [d for d in run.bodies(run.stream("decisions")) if d["outcome"] == "routed"]
    wangge = "wangge" if shutil.which("wangge") else os.path.relpath(sys.argv[0])
    console.print(f"\nEverything that came out is in [bold]{run.folder}/[/]. Next:")
    if decisions:
        first = min(decisions, key=lambda d: d["priority"])
        console.print(f"  {wangge} explain {first['event_id']} --run {run.folder}")
    console.print(f"  {wangge} ledger --verify --run {run.folder}")
    streets = [u for u in run.queues() if u.kind == "street"]
    if streets:
        busiest = max(streets, key=lambda u: run.queue(u).stat().st_size)
        console.print(f"  {wangge} watch --queue {busiest} --run {run.folder}")
