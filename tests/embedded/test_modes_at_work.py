"""Modes by order on a real broker: ordered on the command line, obeyed by the worker, told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

import orjson
import pytest
from typer.testing import CliRunner
from waiting import until

from cli import mode_order
from cli.city_option import DEFAULT_PACK, cache_folder
from cli.mode import app
from drills.practice_ground import PracticeGround
from messages.notice import Notice
from packs.load import load
from sinks.output import Output
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.cluster.tail import Tail
from streams.cluster.topic_reader import read_all
from streams.embedded.worker_process import WorkerProcess
from streams.posting.feed import LANE_OF_KIND, record
from streams.posting.poster import Poster

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(240)]
GULOU = {"lon": 118.77, "lat": 32.06, "datum": "wgs84"}
_numbers = count()
DUTY, CHIEF = "duty-320106", "chief-320106"


@pytest.fixture(scope="module", autouse=True)
def one_reading_of_the_pack():
    """The same mandate for every command: reading the pack again takes seconds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mode_order, "mandate_of", cache(mode_order.mandate_of))
        yield


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    pack = load(DEFAULT_PACK)
    layers, version = load_layers(pack, cache_folder())
    run = RunFolder.create(tmp_path_factory.mktemp("ground") / "run")
    with PracticeGround(pack, layers, version, run, cache=cache_folder()) as running:
        running.wait_ready()
        yield running


def mode(ground, *arguments, code=0):
    """``wangge mode …`` against the ground's broker; its JSON lines."""
    result = CliRunner().invoke(
        app, [*arguments, "--brokers", ground.settings.brokers, "--json"], catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def start(ground, *more, scenario="flood", author=DUTY, length="6h", code=0):
    arguments = ("start", scenario, "--area", "district:320106", "--for", length)
    (said,) = mode(ground, *arguments, "--author", author, "--reason", "暴雨", *more, code=code)
    return said


def apart():
    """The next of a dozen places in Gulou, farther apart than two reports of one flood: each event
    opens a case of its own."""
    row, column = divmod(next(_numbers) % 12, 4)
    return {**GULOU, "lon": GULOU["lon"] - 0.004 * column, "lat": GULOU["lat"] - 0.004 * row}


def report(event_id, text="路面积水"):
    return {
        "schema_version": 1,
        "event_id": event_id,
        "source": "suishoupai",
        "occurred_at": datetime.now(UTC).isoformat(),
        "position": apart(),
        "text": text,
    }


def decided(ground, event_id, text="路面积水"):
    """Post an event now; the worker's decision on it."""
    with Poster(ground.settings.brokers, idempotent=False) as poster:
        poster.post([record(ground.topics, LANE_OF_KIND["report"], report(event_id, text))])
    return until(lambda: decision_on(ground, event_id))


def decision_on(ground, event_id):
    bodies = read_all(ground.settings.brokers, ground.topics.decisions)
    return next((body for body in bodies if body["event_id"] == event_id), None)


def sent(ground, order_id):
    """What was told of a mode, in order, with how many seconds after its time each was sent."""
    with Tail(ground.settings.brokers, {ground.topics.notices: 1}, from_start=True) as tail:
        found = [(m.timestamp()[1] / 1000, Notice.from_json(m.value())) for m in tail.history()]
    return [(n.kind, at - n.at.timestamp()) for at, n in found if n.order_id == order_id]


def kinds(ground, order_id):
    return [kind for kind, _ in sent(ground, order_id)]


def lateness(ground, order_id):
    return max(late for _, late in sent(ground, order_id))


def scenarios(decision):
    return [found["scenario"] for found in decision["modes"]]


def test_a_mode_ordered_on_the_command_line_routes_by_its_overlay_until_it_is_ended(ground):
    before = decided(ground, "before")
    order_id = start(ground, "--approver", CHIEF)["order_id"]
    during = decided(ground, "during")
    mode(ground, "end", order_id, "--author", DUTY, "--reason", "雨停")
    after = decided(ground, "after")

    assert (before["modes"], after["modes"]) == ([], [])
    assert scenarios(during) == ["flood"]
    assert during["unit"] == "dept:drainage"
    assert during["escalation"] == "storm"
    assert during["route"].startswith("flood")
    assert (after["unit"], after["escalation"]) == (before["unit"], before["escalation"])
    assert before["escalation"] != "storm"

    # Cases opened under it keep their policy, and stand on the handover list.
    case = next(
        case
        for case in read_all(ground.settings.brokers, ground.topics.incidents)
        if case["incident_id"] == during["incident_id"]
    )
    assert (case["escalation"], scenarios(case)) == ("storm", ["flood"])
    (listed,) = [one for one in mode(ground, "list") if one["order_id"] == order_id]
    assert listed["state"] == "ended"
    assert listed["handover"] == {"count": 1, "incidents": [during["incident_id"]]}
    until(lambda: kinds(ground, order_id) == ["started", "ended"], within=8)
    assert lateness(ground, order_id) < 5


def test_a_proposal_decides_nothing_until_another_officer_approves_it(ground):
    order_id = start(ground, scenario="hazmat")["order_id"]
    assert scenarios(decided(ground, "proposed", "楼道有异味")) == []
    refused = mode(ground, "approve", order_id, "--author", DUTY, code=1)
    assert refused[0]["code"] == "event.order_self_approved"
    mode(ground, "approve", order_id, "--author", CHIEF)
    assert scenarios(decided(ground, "approved", "楼道有异味")) == ["hazmat"]
    mode(ground, "end", order_id, "--author", CHIEF, "--reason", "排除")


def test_an_event_that_arrives_before_a_mode_begins_is_not_its(ground):
    begins = datetime.now(UTC) + timedelta(seconds=12)
    order_id = start(ground, "--approver", CHIEF, "--from", begins.isoformat())["order_id"]
    early = decided(ground, "early")
    assert datetime.fromisoformat(early["received_at"]) < begins
    assert early["modes"] == []
    (listed,) = [one for one in mode(ground, "list") if one["order_id"] == order_id]
    assert listed["state"] == "to come"
    until(lambda: datetime.now(UTC) >= begins)
    assert scenarios(decided(ground, "in time")) == ["flood"]
    mode(ground, "end", order_id, "--author", DUTY, "--reason", "测试完")


def test_a_mode_ends_by_itself_also_when_its_worker_was_killed_meanwhile(ground, tmp_path):
    order_id = start(ground, "--approver", CHIEF, "--emergency", length="25s")["order_id"]
    until(lambda: kinds(ground, order_id) == ["started"], within=8)
    assert lateness(ground, order_id) < 5
    (listed,) = [one for one in mode(ground, "list") if one["order_id"] == order_id]
    ends = datetime.fromisoformat(listed["ends"])
    assert scenarios(decided(ground, "short")) == ["flood"]
    ground.worker.kill()
    ground.worker = WorkerProcess(ground.settings, tmp_path / "second.log")
    ground.wait_ready()
    until(lambda: datetime.now(UTC) >= ends, within=40)
    assert scenarios(decided(ground, "too late")) == []
    until(lambda: kinds(ground, order_id) == ["started", "expired"], within=8)


def test_an_emergency_start_is_in_force_at_once_and_asks_for_approval(ground):
    order_id = start(ground, "--emergency", length="1h")["order_id"]
    assert scenarios(decided(ground, "emergency")) == ["flood"]
    until(lambda: set(kinds(ground, order_id)) == {"started", "waiting"}, within=8)
    (listed,) = [one for one in mode(ground, "list") if one["order_id"] == order_id]
    assert (listed["state"], listed["approved"]) == ("in force", False)
    assert 29 * 60 < listed["left_s"] <= 30 * 60
    mode(ground, "approve", order_id, "--author", CHIEF)
    (listed,) = [one for one in mode(ground, "list") if one["order_id"] == order_id]
    assert (listed["approver"], listed["left_s"] > 55 * 60) == (CHIEF, True)
    mode(ground, "end", order_id, "--author", CHIEF, "--reason", "测试完")


def test_an_order_beyond_its_author_s_power_is_refused_before_it_is_posted(ground):
    said = start(ground, author="duty-320102", code=1)
    assert said["code"] == "event.order_not_own_area"


def test_the_worker_refuses_by_the_same_check_what_is_posted_past_the_command_line(ground):
    body = {
        "schema_version": 1,
        "kind": "mode",
        "order_id": "past-the-cli",
        "author": "duty-320102",
        "reason": "越权",
        "effective_at": datetime.now(UTC).isoformat(),
        "ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "scenario": "flood",
        "area": ["district:320106"],
    }
    with Poster(ground.settings.brokers, idempotent=False) as poster:
        poster.post([Output(ground.topics.orders, b"", orjson.dumps(body))])
    letters = until(
        lambda: [
            letter
            for letter in read_all(ground.settings.brokers, ground.topics.dead)
            if letter["code"] == "event.order_not_own_area"
        ]
    )
    assert letters[0]["origin"]["topic"] == ground.topics.orders
    assert all(one["order_id"] != "past-the-cli" for one in mode(ground, "list"))


def test_the_same_order_twice_is_one_order_and_another_under_its_id_is_refused(ground):
    first = start(ground, "--approver", CHIEF, "--order-id", "twice", length="2h")
    again = start(ground, "--approver", CHIEF, "--order-id", "twice", length="3h", code=1)
    assert first["accepted"]
    assert again["code"] == "event.order_duplicate"
    (standing,) = [one for one in mode(ground, "list") if one["order_id"] == "twice"]
    assert standing["state"] == "in force"
    mode(ground, "end", "twice", "--author", DUTY, "--reason", "测试完")
