"""``wangge shards``: which desk partition judges a district, and how many cases are open there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple, TypeAlias

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.desk_record import DeskRecord
from cli.options import Brokers, Namespace, Run
from cli.shard_move import move as run_move
from incidents.case import OPEN
from messages.incident import shard_of
from messages.model import Body
from packs.city import Shards
from packs.load import load
from streams.boundaries.load import load_layers
from streams.settings import Settings

app = typer.Typer(
    name="shards",
    help="Which desk partition judges a district's events, and moving a district.",
    no_args_is_help=True,
)
Pack: TypeAlias = Annotated[Path, typer.Argument(envvar="WANGGE_PACK", help="City pack folder.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.callback()
def _shards() -> None:
    """Which desk partition judges a district's events, and moving a district."""


class Row(NamedTuple):
    """One shard. ``open``: its open cases, None where nobody was asked. ``elsewhere``: of these
    the cases of districts whose events go to another shard by now, by that shard."""

    shard: int
    districts: tuple[str, ...]
    unlocated: bool
    open: int | None
    elsewhere: dict[int, int]


@app.command()
def show(
    pack: Pack = DEFAULT_PACK,
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    json: Json = False,
) -> None:
    """Show each shard's districts, and with --run or --brokers how many cases are open on it.

    A district that was moved leaves its open cases where they are until they end: they are shown
    with the shard that has the district now.
    """
    city = load(pack)
    record = None
    if run is not None or brokers is not None:
        record = DeskRecord.open("shards", run, brokers, namespace)
    rows = table(city.city.shards, record.incidents() if record is not None else None)
    if json:
        for row in rows:
            found = {**row._asdict(), "elsewhere": {str(k): v for k, v in row.elsewhere.items()}}
            typer.echo(orjson.dumps(found))
        return
    layers, _ = load_layers(city, cache_folder())
    names = {
        code: name
        for layer in layers
        if layer.level == "district"
        for code, name in zip(layer.codes, layer.names, strict=True)
    }
    _print(rows, names)


@app.command()
def move(
    district: Annotated[str, typer.Argument(help="Code of a district of the shard table.")],
    to: Annotated[int, typer.Option("--to", help="The shard that gets its events.")],
    pack: Pack = DEFAULT_PACK,
    brokers: Brokers = None,
    namespace: Namespace = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; else it is only shown.")] = False,
    json: Json = False,
) -> None:
    """Move a district to another shard: show the difference, and with --apply make it.

    Its open cases stay where they are until they end. With --brokers their places, and ids that
    were posted before, are handed over to the new shard; then the pack's city.yaml is written.
    The pack decides once it is activated. Running this again is harmless, and after the activation
    hands over what was opened meanwhile.
    """
    settings = Settings.read(brokers=brokers, namespace=namespace, pack=pack)
    with_brokers = brokers is not None
    run_move(district, to, settings, with_brokers=with_brokers, apply=apply, as_json=json)


def table(shards: Shards, incidents: Iterable[Body] | None) -> list[Row]:
    """A row per shard. ``incidents``: public states of cases, later ones behind earlier ones."""
    districts: dict[int, list[str]] = {}
    for code, shard in shards.districts.items():
        districts.setdefault(shard, []).append(code)
    latest = {body["incident_id"]: body for body in incidents or ()}
    counts: Counter[int] = Counter()
    elsewhere: dict[int, Counter[int]] = {}
    for body in latest.values():
        kept = shard_of(body["incident_id"])
        if body["status"] not in OPEN or kept is None:
            continue
        counts[kept] += 1
        now = shards.districts.get(body["place"].get("district") or "", kept)
        if now != kept:
            elsewhere.setdefault(kept, Counter())[now] += 1
    return [
        Row(
            shard,
            tuple(districts.get(shard, ())),
            shard == shards.unlocated,
            counts[shard] if incidents is not None else None,
            dict(sorted(elsewhere.get(shard, {}).items())),
        )
        for shard in range(shards.count)
    ]


def _print(rows: Sequence[Row], names: Mapping[str, str]) -> None:
    shown = Table(title=f"Shards · {len(rows)}", title_justify="left")
    for column in ("shard", "districts", "open cases", "of districts moved on"):
        shown.add_column(column, overflow="fold")
    for row in rows:
        districts = [f"{code} {names.get(code, '')}".rstrip() for code in row.districts]
        if row.unlocated:
            districts.append("(without a place)")
        moved = ", ".join(f"{count:,} to {shard}" for shard, count in row.elsewhere.items())
        number = "" if row.open is None else f"{row.open:,}"
        shown.add_row(str(row.shard), "\n".join(districts), number, moved)
    Console(highlight=False, markup=False).print(shown)
