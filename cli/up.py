"""``wangge up``: a whole practice city on this machine, with nothing installed but Wangge."""

from __future__ import annotations

import contextlib
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.live import Live

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.ledger import table as ledger_table
from cli.options import BoundarySetName, Namespace
from cli.up_display import Board, next_commands, wide_console
from drills.ordinary_day import OrdinaryDay, Posted, events
from drills.practice_ground import PracticeGround
from geo.layer import BoundaryLayer, finest
from packs.load import load
from packs.pack import Pack
from sinks.run_folder import RunFolder
from streams.boundaries.load import chosen_set, load_sets
from streams.embedded.stack import PRACTICE_GROUND
from streams.ledger_proof import prove

FOREVER = 1_000_000_000


def up(
    city: Annotated[
        Path, typer.Option("--city", help="City pack folder.", envvar="WANGGE_PACK")
    ] = DEFAULT_PACK,
    seconds: Annotated[
        float | None, typer.Option("--for", help="Feed for this many seconds, then end.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--events", help="Feed this many events, then end.", min=1)
    ] = None,
    rate: Annotated[
        float, typer.Option(help="Events a second; 0 posts as fast as they are read.", min=0)
    ] = 400.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same day.")] = 1,
    run: Annotated[
        Path | None, typer.Option(help="Keep everything that comes out in this folder.")
    ] = None,
    namespace: Namespace = None,
    boundaries: BoundarySetName = None,
    feed: Annotated[bool, typer.Option(help="Post practice events.")] = True,
    web_port: Annotated[
        int | None, typer.Option(help="Worker's health and metrics port on loopback.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON summary at the end, nothing else.")
    ] = False,
) -> None:
    """Start the embedded stack and one worker, feed it an ordinary day, show what happens.

    Ends on Ctrl-C, after --for or after --events: then everything posted is decided, the ledger is
    proved, and the exit code is 0 if nothing was lost, else 1.
    """
    console = wide_console(stderr=json, quiet=json)
    console.print(f"[yellow]{PRACTICE_GROUND}[/]\n")
    pack = load(city)
    with console.status("Building the city (once; then it comes from the cache) …"):
        began = time.monotonic()
        sets = load_sets(pack, cache_folder())
    current = chosen_set(sets, boundaries, time.time())
    layers, cells = current.layers, finest(current.layers)
    console.print(
        f"{pack.city.name}: {len(cells):,} {cells.level} cells, boundaries {current.version}, "
        f"pack {pack.version}, {time.monotonic() - began:.1f} s"
    )
    with contextlib.ExitStack() as stack:
        stopped = stack.enter_context(_interrupted())
        folder = run or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wangge-run-")))
        target = RunFolder.create(folder)
        ground = PracticeGround(
            pack,
            [layer for one in sets for layer in one.layers],
            current.version,
            target,
            cache=cache_folder(),
            boundary_set=boundaries,
            web_port=web_port,
            namespace=namespace or "wangge",
        )
        with ground:
            ground.wait_ready()
            console.print(
                f"Kafka {ground.settings.brokers}  Redis {ground.settings.redis}  "
                f"health http://127.0.0.1:{ground.settings.web_port}/-/ready\n"
            )
            day = _day(pack, cells, count, seed) if feed else iter(())
            _follow(console, ground, Board(pack, layers), day, rate or None, seconds, stopped)
            ground.settle()
        _report(console, ground, run, as_json=json)


def _day(pack: Pack, cells: BoundaryLayer, count: int | None, seed: int) -> Iterator[Posted]:
    """``count`` events, or no end of them, the times moving on with the clock."""
    chunk, made = 20_000, 0
    ordinary = OrdinaryDay.of(pack)
    while made < (count or FOREVER):
        size = min(chunk, (count or FOREVER) - made)
        yield from events(
            ordinary,
            pack,
            cells,
            count=size,
            seed=seed + made // chunk,
            start=datetime.now(UTC) - timedelta(minutes=5),
        )
        made += size


def _follow(
    console: Console,
    ground: PracticeGround,
    board: Board,
    day: Iterator[Posted],
    rate: float | None,
    seconds: float | None,
    stopped: Callable[[], bool],
) -> None:
    """Feed and show, until the day, the time or the user's patience ends."""
    began, shown = time.monotonic(), 0.0
    with Live(console=console, refresh_per_second=4) as live:
        posted = 0
        for posted in ground.feed(day, rate):
            elapsed = time.monotonic() - began
            if elapsed - shown > 0.25:
                shown = elapsed
                live.update(board.render(ground, posted, elapsed))
            if stopped() or (seconds is not None and elapsed >= seconds):
                break
        else:
            while posted == 0 and not stopped() and time.monotonic() - began < (seconds or 1e9):
                ground.worker.check()
                time.sleep(0.1)
                live.update(board.render(ground, 0, time.monotonic() - began))
        ground.settle()
        live.update(board.render(ground, posted, time.monotonic() - began))


@contextlib.contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """A function that tells whether SIGINT or SIGTERM has come; the first one ends the feed."""
    seen: list[int] = []
    before = {
        s: signal.signal(s, lambda number, _: seen.append(number))
        for s in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield lambda: bool(seen)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(console: Console, ground: PracticeGround, run: Path | None, *, as_json: bool) -> None:
    """The ledger, the feeder's own list and what to do next; exit 1 when something is amiss."""
    folder = ground.run
    proofs = prove(*(folder.bodies(folder.stream(n)) for n in ("ledger", "decisions", "dead")))
    found = ground.account()
    fine = found.complete and all(proof.balances for proof in proofs)
    if as_json:
        summary = {
            "posted": found.posted,
            "outcomes": dict(found.outcomes),
            "lost": len(found.lost),
            "doubled": len(found.doubled),
            "balances": fine,
            "run": str(run) if run else None,
        }
        typer.echo(orjson.dumps(summary))
    else:
        console.print()
        console.print(ledger_table(proofs))
        console.print(f"The feeder's own list: {found}")
        console.print("[green]The ledger balances.[/]" if fine else "[red]It does not balance.[/]")
        if run is not None:
            next_commands(console, folder)
    if not fine:
        raise typer.Exit(1)
