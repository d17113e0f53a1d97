"""A warning at work on a real broker: floods draft it, an officer signs it, also over a crash."""

from __future__ import annotations

import os
import signal
from time import time

import orjson
import pytest
from desk_town import bodies, post, report, working
from typer.testing import CliRunner
from waiting import until

from cli.main import app
from messages.cloudevents import rfc3339_text
from messages.unit import Unit
from sinks.output import Output
from streams.cluster.tail import Tail
from streams.ledger_proof import prove
from streams.posting.feed import LANE_OF_KIND, record

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
FLOODED = "下穿通道积水严重"
DISTRICT, CHIEF = "district:320106", "chief-320106"


def floods(first, count):
    """Reports of floods in Gulou, each 300 m from the others."""
    for n in range(first, first + count):
        place = {"lon": 118.755 + n % 6 * 0.0035, "lat": 32.05 + n // 6 * 0.003, "datum": "wgs84"}
        yield report(f"flood-{n}", FLOODED, place, time() - 30)


def warn(settings, unit, alert_id, action, actor=CHIEF, **fields):
    body = {
        "schema_version": 1,
        "kind": "warning",
        "action_id": f"w-{alert_id}-{action}-{actor}",
        "alert_id": alert_id,
        "action": action,
        "actor": actor,
        "occurred_at": rfc3339_text(time()),
        **fields,
    }
    topic = settings.topics.actions(Unit.parse(unit))
    post(settings, Output(topic, alert_id.encode(), orjson.dumps(body)))


def ids(settings, topic):
    with Tail(settings.brokers, {topic: 1}, from_start=True) as tail:
        return [dict(one.headers())["ce_id"].decode() for one in tail.history()]


@pytest.mark.slow
def test_ten_floods_in_a_district_warn_it_once_though_the_worker_is_killed_on_the_way(
    town, tmp_path
):
    settings = town("warned")
    topics = settings.topics

    def alerts(status):
        return [one for one in bodies(settings, topics.warnings) if one["status"] == status]

    def notices(kind):
        return [one for one in bodies(settings, topics.notices) if one["kind"] == kind]

    with working(settings, tmp_path / "first.log") as worker:
        post(settings, *(record(topics, LANE_OF_KIND["report"], b) for b in floods(0, 7)))
        until(lambda: len(bodies(settings, topics.decisions)) == 7)
        assert alerts("Draft") == []
        os.kill(worker.pid, signal.SIGKILL)

    with working(settings, tmp_path / "second.log"):
        post(settings, *(record(topics, LANE_OF_KIND["report"], b) for b in floods(7, 3)))
        (draft,) = until(lambda: alerts("Draft"))
        assert (draft["level"], draft["counts"]["incidents"]) == ("IV", 10)
        assert [one["scenario"] for one in notices("mode_proposed")] == ["flood"]

        warn(settings, DISTRICT, draft["alert_id"], "sign", actor="duty-320106")
        refused = until(lambda: bodies(settings, topics.queue(Unit.parse(DISTRICT)), "refusal_id"))
        assert [one["code"] for one in refused] == ["action.no_power"]

        warn(settings, DISTRICT, draft["alert_id"], "sign")
        (signed,) = until(lambda: alerts("Actual"))
        assert (signed["colour"], signed["signed_by"]) == ("blue", CHIEF)
        first = until(lambda: notices("residents"))[0]
        warn(settings, first["area"][0], signed["alert_id"], "confirm", "w-1", grid=first["grid"])
        until(lambda: [one for one in notices("residents") if one["status"] == "confirmed"])

    said = ids(settings, topics.warnings) + ids(settings, topics.notices)
    assert len(said) == len(set(said))
    said = (bodies(settings, t) for t in (topics.ledger, topics.decisions, topics.dead))
    assert all(proof.balances for proof in prove(*said))

    where = ["--brokers", settings.brokers, "--namespace", settings.namespace]
    shown = CliRunner().invoke(app, ["warnings", "list", *where])
    assert signed["alert_id"].partition("-")[0] in shown.output and "生效" in shown.output
    cap = CliRunner().invoke(app, ["warnings", "show", signed["warning_id"], "--cap", *where])
    assert "<status>Actual</status>" in cap.output
    told = CliRunner().invoke(app, ["warnings", "told", "--waiting", *where])
    waiting = told.output.splitlines()
    assert len(waiting) == len({one["grid"] for one in notices("residents")}) - 1
