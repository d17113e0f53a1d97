"""Another pack takes over while the worker runs, from one moment on, and a bad one does not."""

from __future__ import annotations

import shutil
import urllib.request
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import orjson
import pytest
import shapely
from typer.testing import CliRunner
from waiting import until

from cli.new_pack import write_pack
from cli.pack import app
from drills.ordinary_day import Posted
from drills.practice_ground import PracticeGround
from geo.layer import BoundaryLayer
from messages.order import Accepted, PackOrder
from packs.load import load
from packs.store import PackStore
from sinks.output import Output
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_boundaries
from streams.embedded.worker_process import WorkerProcess
from streams.posting.poster import Poster

pytestmark = [pytest.mark.broker, pytest.mark.slow]

AUTHORITY = """\
schema_version: 1
officers:
  - {officer: rules, name: 规则管理员, office: city, powers: [pack]}
"""
TO_STREET = "{route: default, to: street}"
_numbers = count(1)


def layer(level, code, parent):
    shape = np.array([shapely.box(118.7, 32.0, 118.8, 32.1)], dtype=object)
    return BoundaryLayer(level, (code,), (code,), (parent,), shape)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def running(folder):
    """The pack the worker is started with: one street, to which everything goes."""
    layers = [layer("district", "D1", None), layer("street", "S1", "D1"), layer("grid", "G1", "S1")]
    write_pack(folder / "town", layers, name="town", time_zone="Asia/Shanghai")
    (folder / "town" / "authority.yaml").write_text(AUTHORITY, "utf-8")
    return load(folder / "town")


def variant(folder, running, name, route):
    """The same pack with another route, in a folder of its own."""
    made = folder / name
    shutil.copytree(running.folder, made)
    file = made / "routing.yaml"
    assert TO_STREET in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(TO_STREET, route), "utf-8")
    return made


@pytest.fixture(scope="module")
def ground(running, folder):
    found = load_boundaries(running, folder / "cache")
    run = RunFolder.create(folder / "run")
    made = PracticeGround(running, found.layers, found.version, run, cache=folder / "cache")
    with made as ground:
        ground.wait_ready()
        yield ground


@pytest.fixture(autouse=True)
def elsewhere(folder, monkeypatch):
    """The command line as on the worker's machine."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WANGGE_CACHE", str(folder / "cache"))
    for name in ("WANGGE_STORE", "WANGGE_PACK", "WANGGE_BROKERS"):
        monkeypatch.delenv(name, raising=False)


def reports(number):
    for _ in range(number):
        event_id = f"e-{next(_numbers)}"
        body = {
            "schema_version": 1,
            "event_id": event_id,
            "source": "reports",
            "occurred_at": datetime.now(UTC).isoformat(),
            "position": {"lon": 118.75, "lat": 32.05, "datum": "wgs84"},
            "text": "路口井盖破损",
        }
        yield Posted("reports", event_id, orjson.dumps(body))


def decisions(ground, events, rate=None):
    """The decisions on these events, by the time they were received."""
    before = len(recorded(ground))
    for _ in ground.feed(events, rate):
        pass
    ground.settle()
    return sorted(recorded(ground)[before:], key=lambda d: d["received_at"])


def recorded(ground):
    return list(ground.run.bodies(ground.run.stream("decisions")))


def activate(ground, pack, *more):
    brokers = ground.settings.brokers
    given = ["--author", "rules", "--reason", "a test", "--brokers", brokers, "--json", *more]
    result = CliRunner().invoke(app, ["activate", str(pack), *given])
    return result, orjson.loads(result.stdout)


def refused(ground):
    """Refusals of packs by their code, as the worker's metrics page tells them."""
    url = f"http://127.0.0.1:{ground.settings.web_port}/metrics"
    with urllib.request.urlopen(url, timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    name = 'wangge_pack_refused_total{code="'
    pairs = (line.removeprefix(name).split('"} ') for line in lines if line.startswith(name))
    return {code: float(value) for code, value in pairs}


def test_an_activated_pack_decides_on_what_is_received_from_its_moment_on(ground, folder, running):
    other = variant(folder, running, "other", "{route: default, to: district}")
    result, told = activate(ground, other, "--in", "6s")
    assert result.exit_code == 0, result.output
    begins = datetime.fromisoformat(told["active_from"])
    found = decisions(ground, reports(400), rate=50.0)
    assert len(found) == 400
    units = {
        (datetime.fromisoformat(d["received_at"]) >= begins, d["pack"], d["unit"]) for d in found
    }
    assert units == {
        (False, running.version, "street:S1"),
        (True, told["pack"], "district:D1"),
    }


def test_a_worker_that_is_started_with_another_pack_obeys_what_was_activated(
    ground, folder, running
):
    other = variant(folder, running, "city", "{route: default, to: city}")
    result, told = activate(ground, other, "--in", "1s")
    assert result.exit_code == 0, result.output
    ground.worker.kill()
    ground.worker = WorkerProcess(ground.settings, folder / "second.log")
    begins = datetime.fromisoformat(told["active_from"])
    until(lambda: datetime.now(UTC) >= begins)
    found = decisions(ground, reports(5))
    assert {(d["pack"], d["unit"]) for d in found} == {(told["pack"], "city")}


def test_a_pack_that_cannot_be_loaded_is_refused_with_a_metric_and_the_old_one_goes_on(
    ground, folder, running
):
    bad = variant(folder, running, "bad", "{route: default, to: nowhere}")
    version = PackStore(ground.settings.store).put(bad)
    (before,) = {d["pack"] for d in decisions(ground, reports(3))}
    now = datetime.now(UTC)
    # On the record, as an older release might have let it.
    order = PackOrder(
        schema_version=1,
        order_id="k-bad",
        author="rules",
        reason="a test",
        effective_at=now,
        accepted=Accepted(at=now, pack=running.version),
        pack=version,
    )
    counted = sum(refused(ground).values())
    with Poster(ground.settings.brokers) as poster:
        poster.post([Output(ground.topics.control, b"k-bad", order.to_json())])
    until(lambda: sum(refused(ground).values()) == counted + 1)
    found = decisions(ground, reports(5))
    assert {d["pack"] for d in found} == {before}
    assert all(datetime.fromisoformat(d["received_at"]) > now for d in found)


def test_an_order_for_a_pack_that_cannot_decide_is_refused(ground, folder, running):
    bad = variant(folder, running, "worse", "{route: default, to: somewhere}")
    version = PackStore(ground.settings.store).put(bad)
    result = CliRunner().invoke(app, ["activate", str(bad), "--author", "rules", "--reason", "x"])
    assert result.exit_code != 0
    order = PackOrder(
        schema_version=1,
        order_id="k-worse",
        author="rules",
        reason="past the command line",
        effective_at=datetime.now(UTC) + timedelta(seconds=1),
        pack=version,
    )
    with Poster(ground.settings.brokers) as poster:
        poster.post([Output(ground.topics.orders, b"k-worse", order.to_json())])
    dead = ground.run.stream("dead")
    letters = until(
        lambda: [b for b in ground.run.bodies(dead) if b["code"].startswith("event.order")]
    )
    assert [letter["code"] for letter in letters] == ["event.order_unknown_pack"]


def test_every_pack_that_decided_is_in_the_store(ground):
    stored = set(PackStore(ground.settings.store).versions())
    assert {d["pack"] for d in recorded(ground)} <= stored
