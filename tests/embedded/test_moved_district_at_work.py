"""A district moves to another shard while the worker runs: nothing is lost, decided twice, or
opened as a stranger."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import time
from types import MappingProxyType

import orjson
import pytest
from desk_town import action, bodies, kept, length, post
from typer.testing import CliRunner
from waiting import until

from cli.main import app
from drills.ordinary_day import Posted
from drills.practice_ground import PracticeGround
from incidents.case import KIND, Case
from incidents.state import TIMED, MemoryState
from messages.cloudevents import rfc3339_text
from messages.errors import BrokerError, PackError
from messages.unit import Unit
from packs.load import load
from packs.store import PackStore
from sinks.output import Output
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_boundaries
from streams.city import City
from streams.control.in_force import InForce
from streams.desk.judge import DeskBatch, judge
from streams.ledger_proof import prove

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "streams"))
from moved_town import NEW, OLD, write_moving_town
from small_city import at, edit

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

AUTHORITY = """\
schema_version: 1
officers:
  - {officer: rules, name: 规则管理员, office: city, powers: [pack]}
"""
STREET = "street:S1"


class Town:
    """The town at work, what is posted to it, and what the command line does."""

    def __init__(self, ground: PracticeGround, folder: Path) -> None:
        self.ground, self.settings, self.folder = ground, ground.settings, folder

    def event(self, event_id, x, lane="reports", **fields):
        """One event x grids east; its decision, once it is there."""
        body = {
            "schema_version": 1,
            "event_id": event_id,
            "source": "reports",
            "occurred_at": rfc3339_text(time()),
            "position": at(x),
            **fields,
        }
        before = self.decisions()
        for _ in self.ground.feed([Posted(lane, event_id, orjson.dumps(body))]):
            pass
        (found,) = until(lambda: [one for one in self.decisions() if one not in before])
        return found

    def flood(self, event_id, x):
        return self.event(event_id, x, text="道路积水很深")

    def alarm(self, event_id, state, x):
        said = {"device_id": "d-1", "sensor": "water", "state": state}
        return self.event(event_id, x, "alarms", **said)

    def act(self, incident_id, kind):
        topic = self.settings.topics.actions(Unit.parse(STREET))
        body = action(f"{kind}-1", incident_id, kind, time())
        post(self.settings, Output(topic, incident_id.encode(), orjson.dumps(body)))
        (found,) = until(lambda: [one for one in self.decisions() if one.get("action") == kind])
        return found

    def decisions(self):
        return bodies(self.settings, self.settings.topics.decisions)

    def cli(self, *arguments):
        brokers = ["--brokers", self.settings.brokers, "--json"]
        result = CliRunner().invoke(app, [*map(str, arguments), *brokers])
        assert result.exit_code == 0, result.output
        return [orjson.loads(line) for line in result.stdout.splitlines()]

    def move(self):
        (row,) = self.cli("shards", "move", "D1", self.folder / "town", "--to", NEW, "--apply")
        return row

    def handed(self):
        """Until the new desk has come to its end: what it has heard of is in its state."""
        topic = self.settings.topics.desk
        ends = {b["shard"]: 0 for b in bodies(self.settings, topic)}
        for body in bodies(self.settings, topic):
            ends[body["shard"]] += 1
        until(lambda: kept(self.settings, NEW).version.cursor >= ends.get(NEW, 0))

    def case(self, incident_id):
        state = kept(self.settings, int(incident_id[:3]))
        return Case.from_json(state.get(KIND, incident_id))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The whole story, and what was said at each step of it."""
    folder = tmp_path_factory.mktemp("moving")
    write_moving_town(folder / "town")
    (folder / "town" / "authority.yaml").write_text(AUTHORITY, "utf-8")
    pack = load(folder / "town")
    found = load_boundaries(pack, folder / "cache")
    run = RunFolder.create(folder / "run")
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        here.setenv("WANGGE_CACHE", str(folder / "cache"))
        for name in ("WANGGE_STORE", "WANGGE_PACK", "WANGGE_BROKERS", "WANGGE_NAMESPACE"):
            here.delenv(name, raising=False)
        made = PracticeGround(pack, found.layers, found.version, run, cache=folder / "cache")
        with made as ground:
            ground.wait_ready()
            yield {"town": Town(ground, folder), **_story(Town(ground, folder))}


def _story(town):
    told = {"before": town.flood("r-1", 1.0), "alarm": town.alarm("a-1", "alarm", 2.5)}
    told["first"] = town.move()
    told["meanwhile"] = town.flood("r-2", 3.5)
    activate = ("--author", "rules", "--reason", "D1 has outgrown its shard", "--in", "1s")
    (active,) = town.cli("pack", "activate", town.folder / "town", *activate)
    begins = datetime.fromisoformat(active["active_from"])
    until(lambda: datetime.now(UTC) > begins)
    told["active"] = active
    told["near"] = town.flood("r-3", 1.0)
    told["near the late one"] = town.flood("r-4", 3.5)
    told["strangers"] = town.case(told["near the late one"]["incident_id"]).linked
    told["again"] = town.flood("r-1", 1.0)
    told["cleared"] = town.alarm("a-2", "cleared", 2.5)
    old = told["before"]["incident_id"]
    told["acted"] = [town.act(old, "accept"), town.act(old, "resolve")]
    told["second"] = town.move()
    town.handed()
    told["length"] = length(town.settings, town.settings.topics.desk, 3)
    told["third"] = town.move()
    town.ground.settle()
    return told


def test_the_table_is_written_before_the_pack_decides(told):
    assert (told["first"]["from"], told["first"]["to"]) == (OLD, NEW)
    assert told["first"]["open_elsewhere"] == {"0": 2}
    assert told["first"]["cases_to_hand_over"] == 2
    assert load(told["town"].folder / "town").city.shards.districts == {"D1": NEW, "D2": 1}


def test_a_new_event_near_an_old_case_opens_one_that_is_linked_with_it(told):
    old, new = told["before"]["incident_id"], told["near"]["incident_id"]
    assert (old[:3], new[:3]) == ("000", "001")
    assert told["town"].case(new).linked == [old]
    assert any(old in reason["text"] for reason in told["near"]["reasons"])


def test_a_case_that_was_opened_between_move_and_activation_is_linked_by_the_second_run(told):
    late, new = told["meanwhile"]["incident_id"], told["near the late one"]["incident_id"]
    assert (late[:3], new[:3]) == ("000", "001")
    assert told["strangers"] == []
    assert told["second"]["cases_to_hand_over"] == 1
    assert told["town"].case(new).linked == [late]


def test_running_it_again_hands_nothing_over(told):
    town = told["town"]
    assert (told["third"]["cases_to_hand_over"], told["third"]["ids_to_hand_over"]) == (0, 0)
    desk = bodies(town.settings, town.settings.topics.desk)
    handed = [one for one in desk if one["kind"] == "hand-over"]
    assert len(handed) == 2


def test_what_is_posted_again_after_the_move_is_a_repeat(told):
    assert told["again"]["outcome"] == "quarantined"
    assert told["again"]["consulted"]["repeat_of"] == told["before"]["incident_id"]


def test_the_clearing_reaches_the_case_of_its_alarm(told):
    assert told["alarm"]["incident_id"][:3] == "000"
    assert told["cleared"]["outcome"] == "merged"
    assert told["cleared"]["incident_id"] == told["alarm"]["incident_id"]
    assert "cleared" in {
        mark.change for mark in told["town"].case(told["alarm"]["incident_id"]).timeline
    }


def test_units_act_on_the_old_case(told):
    assert [one["outcome"] for one in told["acted"]] == ["applied", "applied"]
    assert told["town"].case(told["before"]["incident_id"]).status == "resolved"


def test_the_open_cases_are_shown_where_they_are_kept(told):
    town = told["town"]
    rows = town.cli("shards", "show", town.folder / "town")
    assert [(row["shard"], row["districts"]) for row in rows] == [
        (0, []),
        (1, ["D1", "D2"]),
        (2, []),
    ]
    assert [row["open"] for row in rows] == [2, 2, 0]
    assert rows[0]["elsewhere"] == {"1": 2}


def test_a_pack_with_another_number_of_shards_than_the_desk_has_is_refused(told, tmp_path):
    pack = shutil.copytree(told["town"].folder / "town", tmp_path / "town")
    edit(pack / "city.yaml", "count: 3", "count: 4")
    error = refused(told, pack, told["town"].settings.namespace)
    assert (type(error), error.code) == (PackError, "pack.other_shards")


def test_a_namespace_that_is_not_there_is_an_error(told):
    error = refused(told, told["town"].folder / "town", "nobody")
    assert (type(error), error.code) == (BrokerError, "broker.no_topic")


def refused(told, pack, namespace):
    before = (pack / "city.yaml").read_bytes()
    where = ["--brokers", told["town"].settings.brokers, "--namespace", namespace]
    move = ["shards", "move", "D1", str(pack), "--to", "2", "--apply", *where]
    error = CliRunner().invoke(app, move).exception
    assert (pack / "city.yaml").read_bytes() == before
    return error


def test_the_ledger_balances_over_the_move(told):
    town = told["town"]
    topics = town.settings.topics
    names = (topics.ledger, topics.decisions, topics.dead)
    found = prove(*(bodies(town.settings, name) for name in names))
    assert found
    assert all(proof.balances for proof in found)
    assert sum(proof.repeats for proof in found) == 0
    assert bodies(town.settings, topics.dead) == []


def test_the_new_desk_s_log_judged_anew_gives_its_state(told):
    town = told["town"]
    store = PackStore(town.settings.store)
    loaded = [City.load(store.get(v), town.settings.cache) for v in store.versions()]
    cities = {city.version: city for city in loaded}
    active = told["active"]["pack"]
    (first,) = cities.keys() - {active}
    begins = datetime.fromisoformat(told["active"]["active_from"]).timestamp()
    force = InForce(MappingProxyType(cities), first, ((begins, active),))
    log = [b for b in bodies(town.settings, town.settings.topics.desk) if b["shard"] == NEW]
    truth, state = kept(town.settings, NEW), MemoryState()
    batch = DeskBatch(force, NEW, log, range(len(log)), len(log))
    unit = judge(state, batch, 0.0)
    state.apply(unit.base, unit.version, unit.writes)
    assert lasting(state) == lasting(truth)


def lasting(state):
    """The records of a state that no window ends, and of the cases elsewhere."""
    kinds = TIMED | {"anchors", "elsewhere", "seen"}
    return {(one.kind, one.key): one.value for one in state.records() if one.kind in kinds}
