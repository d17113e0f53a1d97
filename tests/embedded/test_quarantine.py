"""Quarantine, from the screen to an officer's verdict, through the real broker and worker."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from typer.testing import CliRunner
from waiting import until

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.main import app
from drills.ordinary_day import Posted
from drills.practice_ground import PracticeGround
from packs.load import load
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.ledger_proof import prove

pytestmark = pytest.mark.broker
WITHIN_SECONDS = 30.0


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    pack = load(DEFAULT_PACK)
    layers, version = load_layers(pack, cache_folder())
    run = RunFolder.create(tmp_path_factory.mktemp("quarantine") / "run")
    with PracticeGround(pack, layers, version, run, cache=cache_folder()) as running:
        running.wait_ready()
        yield running


def wangge(ground, *arguments):
    brokers = ("--brokers", ground.settings.brokers)
    return CliRunner().invoke(app, ["quarantine", *arguments, *brokers])


def post(ground, event_id, text):
    body = {
        "schema_version": 1,
        "event_id": event_id,
        "source": "suishoupai",
        "occurred_at": datetime.now(UTC).isoformat(),
        "position": {"lon": 118.7825, "lat": 32.0655, "datum": "gcj02"},
        "text": text,
    }
    for _ in ground.feed([Posted("reports", event_id, orjson.dumps(body))], None):
        pass
    ground.settle()


def waiting(ground, *more):
    lines = wangge(ground, "list", "--json", *more).stdout.splitlines()
    return {one["event"]["event_id"]: one for one in map(orjson.loads, lines)}


def test_what_is_released_reaches_its_queue_and_what_is_discarded_does_not(ground):
    for event_id in ("ad-1", "ad-2"):
        post(ground, event_id, "日赚千元 加微信 abc12345 扫码进群")
    until(lambda: {"ad-1", "ad-2"} <= waiting(ground).keys())
    assert waiting(ground)["ad-1"]["reasons"][-1]["code"] == "advertisement"

    office = ("--author", "duty-320106", "--reason", "it is a complaint")
    released = wangge(ground, "release", "ad-1", *office, "--json")
    assert released.exit_code == 0, released.output
    found = orjson.loads(released.stdout)
    assert (found["outcome"], found["unit"]) == ("routed", "street:320106003")
    assert wangge(ground, "discard", "ad-2", *office).exit_code == 0

    assert not waiting(ground).keys() & {"ad-1", "ad-2"}
    verdicts = {name: one["verdict"] for name, one in waiting(ground, "--all").items()}
    assert (verdicts["ad-1"], verdicts["ad-2"]) == ("released", "discarded")
    again = wangge(ground, "release", "ad-1", *office)
    assert again.exit_code == 1
    assert "released before" in again.output


def test_a_record_is_shown_whole(ground):
    post(ground, "ad-3", "刷单日结 加微信 13812345678")
    until(lambda: "ad-3" in waiting(ground))
    shown = orjson.loads(wangge(ground, "show", "ad-3").stdout)
    assert shown["event"]["position"]["lon"] == 118.7825
    assert "13812345678" not in shown["event"]["text"]


def test_nobody_but_an_officer_decides(ground):
    refused = wangge(ground, "discard", "ad-3", "--author", "stranger", "--reason", "x")
    assert "stranger" in str(refused.exception)


def test_the_ledger_balances_with_verdicts_in_it(ground):
    ground.settle()
    streams = ("ledger", "decisions", "dead")
    proofs = prove(*(ground.run.bodies(ground.run.stream(name)) for name in streams))
    verdicts = [proof for proof in proofs if proof.topic.endswith("verdicts")]
    assert sum(proof.outcomes["discarded"] for proof in verdicts) == 1
    assert all(proof.balances for proof in proofs)
