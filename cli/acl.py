"""``wangge acl``: who may do what on a city's Kafka."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cli.options import Namespace
from packs.load import load
from streams.boundaries.load import load_sets
from streams.cluster.access import Grant, access_plan
from streams.cluster.access_setup import AccessDiff, BrokerAccess
from streams.cluster.topology import units_of
from streams.settings import Settings


def acl(
    pack: Annotated[Path, typer.Argument(help="City pack folder.")],
    brokers: Annotated[
        str | None, typer.Option(help="Compare with this Kafka, as host:port,host:port.")
    ] = None,
    namespace: Namespace = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Add what is missing; needs --brokers.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(help="With --apply: take away what names of the namespace may do beyond it."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the ACLs of a city; with --brokers, what its Kafka has otherwise.

    Exit code 1 when it has something otherwise, and it was not put right.
    """
    if (apply and brokers is None) or (prune and not apply):
        raise typer.BadParameter("--apply needs --brokers, and --prune needs --apply")
    settings = Settings.read(brokers=brokers, namespace=namespace)
    city = load(pack)
    sets = load_sets(city, settings.cache)
    units = units_of(city, [layer for one in sets for layer in one.layers])
    plan = access_plan(settings.topics, units=units, sources=city.sources.values())
    if brokers is None:
        _print_plan(plan, as_json=json)
        return
    access = BrokerAccess(brokers)
    diff = access.compare(plan, settings.topics)
    _print_diff(diff, applied=apply, pruned=prune, as_json=json)
    if apply:
        access.add(diff.missing)
    if prune:
        access.remove(diff.beyond)
    left = (() if apply else diff.missing) + (() if prune else diff.beyond)
    raise typer.Exit(1 if left else 0)


def _print_plan(plan: Sequence[Grant], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write("".join(f"{orjson.dumps(asdict(grant)).decode()}\n" for grant in plan))
        return
    _print_grants(plan)
    sys.stdout.write(f"{len(plan)} ACLs; everything else is denied\n")


def _print_diff(diff: AccessDiff, *, applied: bool, pruned: bool, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(asdict(diff)).decode() + "\n")
        return
    for said, grants in (
        ("is added" if applied else "is missing", diff.missing),
        ("is taken away" if pruned else "is there beyond the plan", diff.beyond),
    ):
        if grants:
            sys.stdout.write(f"{said}:\n")
            _print_grants(grants)
    sys.stdout.write(
        f"{len(diff.missing)} {'added' if applied else 'missing'}; "
        f"{len(diff.beyond)} {'taken away' if pruned else 'beyond the plan'}; "
        f"{diff.unchanged} as planned; {diff.others} of others left alone\n"
    )


def _print_grants(grants: Iterable[Grant]) -> None:
    for who, of_one in groupby(grants, key=lambda grant: grant.principal):
        sys.stdout.write(f"{who}\n")
        for one in of_one:
            name = f"{one.name}*" if one.prefix else one.name
            kind = one.resource.lower().replace("_", " ")
            verb = one.operation.lower().replace("_", " ")
            sys.stdout.write(f"  {verb:<16} {kind:<16} {name}\n")
