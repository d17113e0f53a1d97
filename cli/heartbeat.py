"""``wangge heartbeat``: proves that the whole path works, and tells it to an outside URL."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import orjson
import typer
from prometheus_client import start_http_server

from cli.options import Brokers, Namespace
from messages.errors import BrokerError
from messages.topics import is_drill
from streams import metrics
from streams.boundaries.load import load_sets
from streams.city import City
from streams.cluster.brokers import reach
from streams.posting.heartbeat import At, Pulse, beat, places
from streams.settings import Settings

_TRIES = 3
_CALL_SECONDS = 10.0


def heartbeat(
    context: typer.Context,
    pack: Annotated[Path, typer.Argument(help="City pack folder.")],
    url: Annotated[
        str | None,
        typer.Option(
            envvar="WANGGE_HEARTBEAT_URL",
            show_envvar=True,
            help="Called after each beat that has come out; when the calls stop, it rings there.",
        ),
    ] = None,
    every: Annotated[float, typer.Option(min=1, help="Seconds from beat to beat.")] = 60.0,
    within: Annotated[float, typer.Option(min=1, help="Seconds within which it must be out.")] = 30,
    once: Annotated[bool, typer.Option("--once", help="One beat, then end.")] = False,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, help="Show the last beat to Prometheus on this port.")
    ] = None,
    metrics_bind: Annotated[str, typer.Option(help="The address it listens on.")] = "127.0.0.1",
    brokers: Brokers = None,
    namespace: Namespace = None,
    json: Annotated[bool, typer.Option("--json", help="Print each beat as JSON.")] = False,
) -> None:
    """Post an event for each shard that nobody has to act on, and see it decided.

    Runs until Ctrl-C. With --once: exit code 1 when a shard was silent, or the URL did not answer.
    """
    settings = Settings.read(brokers=brokers, namespace=namespace)
    if is_drill(settings.namespace) and _from_environment(context, "url"):
        sys.stderr.write("wangge: a drill does not call WANGGE_HEARTBEAT_URL; give it --url\n")
        url = None
    city = City.load(pack, settings.cache)
    newest = load_sets(city.pack, settings.cache)[-1]
    where = places(city, newest.layers[-1], time.time())
    if metrics_port is not None:
        start_http_server(metrics_port, metrics_bind)
    while True:
        began = time.monotonic()
        well = _beat(settings, where, url, within=within, as_json=json)
        if once:
            raise typer.Exit(0 if well else 1)
        time.sleep(max(0.0, every - (time.monotonic() - began)))


def _from_environment(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "ENVIRONMENT"


def _beat(
    settings: Settings,
    where: dict[int, At],
    url: str | None,
    *,
    within: float,
    as_json: bool,
) -> bool:
    try:
        pulse = beat(where, reach(settings.brokers), settings.topics, within=within)
    except BrokerError as error:
        sys.stderr.write(f"wangge: {error}\n")
        return False
    well = not pulse.silent
    called = None
    if well:
        metrics.HEARTBEAT.set_to_current_time()
        called = _called(url) if url else None
    _tell(pulse, len(where), called, as_json=as_json)
    return well and called is not False


def _called(url: str) -> bool:
    """Whether it answered. The address is a secret of its owner's, and is not printed."""
    for _ in range(_TRIES):
        try:
            with urllib.request.urlopen(url, timeout=_CALL_SECONDS):
                return True
        except (urllib.error.URLError, OSError, ValueError):
            continue
    return False


def _tell(pulse: Pulse, shards: int, called: bool | None, *, as_json: bool) -> None:
    if as_json:
        row = {"took_s": round(pulse.took, 3), "silent": pulse.silent, "called": called}
        sys.stdout.write(orjson.dumps(row).decode() + "\n")
    elif pulse.silent:
        names = ", ".join(map(str, pulse.silent))
        sys.stderr.write(f"wangge: silent after {pulse.took:.1f} s: shard {names}\n")
    else:
        more = {None: "", True: "; told", False: "; the URL did not answer"}[called]
        sys.stdout.write(f"{shards} shards answered within {pulse.took:.2f} s{more}\n")
    sys.stdout.flush()
