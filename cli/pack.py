"""``wangge pack``: keep packs in the store, and let one decide from a moment on."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.options import Brokers, Namespace
from cli.pack_store import Store
from messages.cloudevents import rfc3339_text
from messages.errors import PackError, SettingsError
from messages.model import Body
from messages.order import PackOrder
from messages.topics import Topics
from packs.city import CityFile
from packs.document import read
from packs.store import VERSION, PackStore
from packs.yaml_file import parse
from streams.city import City
from streams.cluster.brokers import Cluster, reach
from streams.control.fit import refuse_other_city, refuse_other_shards, refuse_without_topics
from streams.control.giving import give, standing_now
from streams.control.standing import Standing
from streams.settings import Settings

app = typer.Typer(help="Keep city packs in the store, and activate one.", no_args_is_help=True)

LEAD: Final = timedelta(seconds=10)
"""From the order to its effect: time enough for every worker to load the pack."""
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours"}

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
PackArgument = Annotated[
    str, typer.Argument(metavar="PACK", help="A pack's folder, or a version that is stored.")
]


@app.command("store")
def store_pack(pack: PackArgument, store: Store = None, json: Json = False) -> None:
    """Put a pack into the store, where every worker can load it; nothing is activated."""
    settings = Settings.read(store=store)
    kept = PackStore(settings.store)
    city = _load(pack, kept, settings)
    version = kept.put(city.pack.folder)
    found = {"pack": version, "boundaries": city.boundaries, "store": str(kept.folder)}
    _say(found, f"pack {version} is in {kept.folder}", as_json=json)


@app.command("activate")
def activate(
    pack: PackArgument,
    author: Annotated[str, typer.Option(help="Who orders it: an officer of authority.yaml.")],
    reason: Annotated[str, typer.Option(help="Why; it goes on the record.")],
    approver: Annotated[str | None, typer.Option(help="Another officer who approves.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When it begins to decide: ISO 8601, else the city's clock.")
    ] = None,
    lead: Annotated[
        str | None, typer.Option("--in", help="How soon, such as 30s, 5m or 2h; 10s if left out.")
    ] = None,
    new_units: Annotated[
        bool,
        typer.Option("--new-units", help="Its new units have topics that you are not shown."),
    ] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait for a worker's answer.")
    ] = 60.0,
    store: Store = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    json: Json = False,
) -> None:
    """Store a pack and let it decide on every event received from a moment on.

    It is loaded and compiled here first, as every worker will do; the one before it decides until
    then. Going back is the same command with the earlier version. Exit code 2 for a pack that
    cannot decide, 1 where the order is refused or no worker answers.
    """
    settings = Settings.read(store=store, brokers=brokers, namespace=namespace)
    kept, topics = PackStore(settings.store), settings.topics
    city = _load(pack, kept, settings)
    effective_at = _moment(at, lead, city, datetime.now(UTC))
    cluster = reach(settings.brokers)
    standing = standing_now(cluster, topics)
    _refuse_unfit(city, _running(standing, kept, settings), cluster, topics, new_units=new_units)
    version = kept.put(city.pack.folder)
    order = PackOrder(
        schema_version=1,
        order_id=f"pack-{version}-{uuid4().hex[:8]}",
        author=author,
        approver=approver,
        reason=reason,
        effective_at=effective_at,
        pack=version,
    )
    answer = give(order, cluster, topics, within=wait)
    accepted = answer is not None and answer.accepted
    begins = _begins(order, cluster, topics) if accepted else None
    found = {
        "pack": version,
        "order_id": order.order_id,
        "accepted": accepted,
        "active_from": begins.isoformat() if begins is not None else None,
        "code": "broker.nobody_reads" if answer is None else answer.code,
    }
    if begins is not None:
        local = begins.astimezone(ZoneInfo(city.pack.city.time_zone)).isoformat(timespec="seconds")
        _say(found, f"pack {version} decides on what is received from {local} on", as_json=json)
        return
    if json:
        _say(found, "", as_json=True)
    if answer is None:
        why = f"posted, but no worker has answered within {wait:g} s: it is checked when one runs"
    else:
        why = f"{answer.message} [{answer.code}]"
    sys.stderr.write(f"wangge: {order.order_id}: {why}\n")
    raise typer.Exit(1)


@app.command("list")
def list_packs(
    store: Store = None, brokers: Brokers = None, namespace: Namespace = None, json: Json = False
) -> None:
    """The stored packs; with --brokers also which of them is active, since when and by whom."""
    settings = Settings.read(store=store, brokers=brokers, namespace=namespace)
    standing = Standing()
    if brokers is not None:
        standing = standing_now(reach(settings.brokers), settings.topics)
    rows = _rows(PackStore(settings.store), standing, time.time())
    if json:
        sys.stdout.buffer.write(orjson.dumps(rows) + b"\n")
        return
    table = Table("pack", "stored", "state", "from", "by", "reason", box=None)
    for row in rows:
        by = " + ".join(name for name in (row["author"], row["approver"]) if name)
        stored = row["stored_at"] or "–"
        table.add_row(row["pack"], stored, row["state"], row["active_from"], by, row["reason"])
    Console(highlight=False, markup=False).print(table)


def _load(pack: str, store: PackStore, settings: Settings) -> City:
    """The pack loaded and compiled. Raises what a worker would refuse it for."""
    folder = Path(pack)
    if VERSION.fullmatch(pack) and not folder.is_dir():
        folder = store.get(pack)
    return City.load(folder, settings.cache, settings.boundaries)


def _moment(at: str | None, lead: str | None, city: City, now: datetime) -> datetime:
    """When the order takes effect. Raises ``settings.time`` for what is no time to come."""
    if at is not None and lead is not None:
        raise SettingsError("time", "--at and --in", mend="give one of the two")
    try:
        found = now + (LEAD if lead is None else _duration(lead)) if at is None else _time(at, city)
    except OverflowError:
        raise SettingsError("time", f"--in {lead} has no end", mend="name a time to come") from None
    if found < now:
        raise SettingsError(
            "time",
            f"{found.isoformat()} is over: what was decided since then stays decided",
            mend="name a time to come",
        )
    return found


def _time(text: str, city: City) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            "time", f"{text!r} is not a time", mend="write one such as 2026-07-01T08:00"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(city.pack.city.time_zone))


def _duration(text: str) -> timedelta:
    try:
        return timedelta(**{_UNITS[text[-1:]]: float(text[:-1])})
    except (KeyError, ValueError, OverflowError):
        raise SettingsError(
            "time", f"{text!r} is not a duration", mend="write one such as 30s, 5m or 2h"
        ) from None


def _begins(order: PackOrder, cluster: Cluster, topics: Topics) -> datetime:
    """From when on it holds: the worker may have taken it in later than it was to take effect."""
    on_record = standing_now(cluster, topics).orders.get(order.order_id, order)
    return datetime.fromtimestamp(on_record.applies_at, UTC)


def _running(standing: Standing, store: PackStore, settings: Settings) -> CityFile | None:
    """``city.yaml`` of the pack that was ordered last, else of the one in the settings; None where
    this machine has neither."""
    folder = settings.pack
    if standing.packs:
        try:
            folder = store.get(standing.packs[-1][1])
        except PackError:
            return None
    file = folder / "city.yaml"
    return parse(read(file), CityFile) if file.is_file() else None


def _refuse_unfit(
    city: City, running: CityFile | None, cluster: Cluster, topics: Topics, *, new_units: bool
) -> None:
    """Raise ``PackError`` for a pack that cannot follow what is running."""
    if running is not None:
        refuse_other_city(running.code, city)
        refuse_other_shards(running.shards.count, city)
    if topics.desk in cluster.partitions:
        refuse_other_shards(cluster.partitions[topics.desk], city)
    if not new_units:
        refuse_without_topics(city, topics, cluster.partitions)


def _rows(store: PackStore, standing: Standing, now: float) -> list[Body]:
    """A row per stored version that was never ordered, and one per order, by time."""
    orders = [order for order in standing.orders.values() if isinstance(order, PackOrder)]
    orders.sort(key=lambda order: (order.applies_at, order.order_id))
    begun = [order for order in orders if order.applies_at <= now]
    ordered = {order.pack for order in orders}
    stored = {version: _whole(store, version) for version in store.versions()}
    rows = [
        _row(version, store, "" if whole else "damaged")
        for version, whole in stored.items()
        if version not in ordered
    ]
    for order in orders:
        state = "active" if order in begun[-1:] else "over" if order in begun else "to come"
        if not stored.get(order.pack):
            state += ", damaged" if order.pack in stored else ", not stored"
        rows.append(_row(order.pack, store, state, order))
    return rows


def _row(version: str, store: PackStore, state: str, order: PackOrder | None = None) -> Body:
    at = store.stored_at(version)
    return {
        "pack": version,
        "stored_at": rfc3339_text(at) if at else None,
        "state": state,
        "active_from": rfc3339_text(order.applies_at) if order is not None else "",
        "order_id": order.order_id if order is not None else "",
        "author": order.author if order is not None else "",
        "approver": order.approver if order is not None else None,
        "reason": order.reason if order is not None else "",
    }


def _whole(store: PackStore, version: str) -> bool:
    try:
        store.get(version)
    except PackError:
        return False
    return True


def _say(found: Body, said: str, *, as_json: bool) -> None:
    sys.stdout.write((orjson.dumps(found).decode() if as_json else said) + "\n")
