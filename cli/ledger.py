"""``wangge ledger``: what became of everything that was read, and the proof of it."""

from __future__ import annotations

import time
from typing import Annotated

import orjson
import typer
from rich.table import Table

from cli.options import Brokers, Namespace, Run
from cli.up_display import wide_console
from messages.errors import SettingsError
from messages.topics import Topics
from sinks.run_folder import RunFolder
from streams.ledger_proof import EVER, PartitionProof, Within, prove

COLUMNS = ("read", "routed", "merged", "quarantined", "dead", "ignored", "discarded", "waiting")


def ledger(
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Exit 1 unless every offset has one outcome.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a partition.")] = False,
    days: Annotated[
        float,
        typer.Option(help="Of a city: what was read in so many days. Dead letters are kept for 7."),
    ] = 6.0,
    older_than: Annotated[
        float, typer.Option(help="Leave out what was read in the last so many seconds.")
    ] = 0.0,
) -> None:
    """Show the ledger per input partition: every event read has one outcome.

    It is computed from the published records themselves, not from counters.

    In a city at work some events always wait: --older-than 60 leaves those out.
    """
    now = time.time()
    within = Within(until=now - older_than) if older_than > 0 else EVER
    if run is not None:
        folder = RunFolder.open(run)
        bodies = [folder.bodies(folder.stream(n)) for n in ("ledger", "decisions", "dead")]
    elif brokers:
        from streams.cluster.topic_reader import read_all

        topics = Topics(namespace or "wangge")
        bodies = [read_all(brokers, t) for t in (topics.ledger, topics.decisions, topics.dead)]
        within = within._replace(since=now - days * 86_400)
    else:
        raise SettingsError("ledger", "neither a run nor a broker", mend="pass --run or --brokers")
    proofs = prove(*bodies, within=within)
    if json:
        for proof in proofs:
            typer.echo(orjson.dumps(proof.as_row()))
    else:
        wide_console().print(table(proofs))
    if verify and not (proofs and all(proof.balances for proof in proofs)):
        faults = sum(not proof.balances for proof in proofs)
        typer.echo(
            f"the ledger does not balance in {faults} of {len(proofs)} partitions"
            if proofs
            else "nothing was read: there is no ledger to verify",
            err=True,
        )
        raise typer.Exit(1)
    if verify:
        typer.echo(f"verified: {sum(p.read for p in proofs):,} offsets, one outcome each", err=True)


def table(proofs: list[PartitionProof]) -> Table:
    """The proofs by topic, with a total and a word on each line."""
    shown = Table(title="Ledger", title_justify="left")
    shown.add_column("lane")
    for column in (*COLUMNS, "balances"):
        shown.add_column(column, justify="right", no_wrap=True)
    by_topic: dict[str, list[PartitionProof]] = {}
    for proof in proofs:
        by_topic.setdefault(proof.topic, []).append(proof)
    for topic, found in [*by_topic.items(), ("total", proofs)]:
        if topic == "total":
            shown.add_section()
        shown.add_row(topic.rpartition(".")[2], *_cells(found))
    return shown


def _cells(proofs: list[PartitionProof]) -> list[str]:
    counts = {
        "read": sum(p.read - p.absent for p in proofs),
        "waiting": sum(p.waiting for p in proofs),
    }
    numbers = [counts.get(c, sum(p.outcomes[c] for p in proofs)) for c in COLUMNS]
    fine = all(p.balances for p in proofs)
    return [f"{n:,}" for n in numbers] + ["[green]yes[/]" if fine else "[red]NO[/]"]
