"""``wangge topics``: the topics of a city on a real broker."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.options import Brokers, Namespace
from packs.load import load
from streams.boundaries.load import load_sets
from streams.cluster.topic_setup import Diff, apply
from streams.cluster.topology import topic_plan, units_of
from streams.settings import Settings

app = typer.Typer(help="The topics of a city on an Apache Kafka.", no_args_is_help=True)


@app.callback()
def _topics() -> None:
    """The topics of a city on an Apache Kafka."""


@app.command("apply")
def apply_topics(
    pack: Annotated[Path, typer.Argument(help="City pack folder.")],
    brokers: Brokers = None,
    namespace: Namespace = None,
    input_partitions: Annotated[
        int, typer.Option(min=1, help="Partitions of each input lane.")
    ] = 4,
    replication: Annotated[
        int,
        typer.Option(
            min=-1,
            help="Copies of each topic; -1: the broker's default; 0: three, of which two must be "
            "written, where there are three brokers.",
        ),
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make the topics that are missing; report those that differ, and change none of them.

    Exit code 1 when a topic exists with other partitions or settings.
    """
    settings = Settings.read(brokers=brokers, namespace=namespace)
    city = load(pack)
    sets = load_sets(city, settings.cache)
    plan = topic_plan(
        settings.topics,
        shards=city.city.shards.count,
        units=units_of(city, [layer for one in sets for layer in one.layers]),
        input_partitions=input_partitions,
    )
    diff = apply(plan, settings.brokers, dry_run=dry_run, replication=replication)
    if json:
        sys.stdout.write(orjson.dumps(asdict(diff)).decode() + "\n")
    else:
        _print(diff)
    raise typer.Exit(1 if diff.differing else 0)


def _print(diff: Diff) -> None:
    if diff.differing:
        table = Table("topic", "what", "wanted", "found", title="exist otherwise, left as they are")
        for one in diff.differing:
            table.add_row(one.topic, one.what, one.wanted, one.found)
        Console().print(table)
    copies = (
        "as many copies as the broker makes by default"
        if diff.copies < 0
        else (
            f"{diff.copies} copies" + (f", {diff.written} of them written" if diff.written else "")
        )
    )
    sys.stdout.write(f"each topic: {copies}\n")
    verb = "made" if diff.applied else "would make"
    sys.stdout.write(
        f"{verb} {len(diff.missing)} topics; {diff.unchanged} as planned; "
        f"{len({one.topic for one in diff.differing})} differ\n"
    )
    if not diff.applied:
        sys.stdout.write("".join(f"  {name}\n" for name in diff.missing))
