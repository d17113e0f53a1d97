"""``wangge act`` and ``wangge warnings sign``: posted as a unit, answered by a worker, told."""

from __future__ import annotations

from time import time

import orjson
import pytest
from desk_town import bodies, post, report, working
from typer.testing import CliRunner
from waiting import until

from cli.main import app
from messages.errors import BrokerError, SettingsError
from streams.posting.feed import LANE_OF_KIND, record

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(240)]
FLOODED = "下穿通道积水严重"


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory):
    """A desk with ten floods of one district, and the warning that they have drafted."""
    settings = town("acting")
    topics = settings.topics
    places = [
        {"lon": 118.755 + n % 6 * 0.0035, "lat": 32.05 + n // 6 * 0.003, "datum": "wgs84"}
        for n in range(10)
    ]
    floods = [report(f"flood-{n}", FLOODED, at, time() - 30) for n, at in enumerate(places)]
    with working(settings, tmp_path_factory.mktemp("acting") / "worker.log"):
        post(settings, *(record(topics, LANE_OF_KIND["report"], body) for body in floods))
        until(lambda: len(bodies(settings, topics.incidents)) >= 10, 60)
        until(lambda: bodies(settings, topics.warnings), 30)
        yield settings


def wangge(settings, *words):
    """Exit code, the answer, and what stands on standard error."""
    where = ("--brokers", settings.brokers, "--namespace", settings.namespace)
    result = CliRunner().invoke(app, [*words, *where])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def case(settings, number):
    """One of the cases, as it was opened."""
    return bodies(settings, settings.topics.incidents)[number]


def test_what_a_unit_may_do_is_applied_and_told(desk):
    one = case(desk, 0)
    by = ("--unit", one["unit"], "--actor", "officer-1")
    code, said, _ = wangge(desk, "act", "accept", one["incident_id"], *by, "--json")
    answer = orjson.loads(said)
    assert (code, answer["applied"], answer["code"]) == (0, True, "action.applied")
    accepted = [b for b in bodies(desk, desk.topics.incidents) if b["status"] == "accepted"]
    assert [b["incident_id"] for b in accepted] == [one["incident_id"]]


def test_what_a_unit_may_not_do_is_told_with_its_code_and_is_a_finding(desk):
    one = case(desk, 1)
    by = ("--unit", "street:320115001", "--actor", "officer-1")
    code, said, error = wangge(desk, "act", "accept", one["incident_id"], *by)
    assert (code, said) == (1, "")
    assert error.rstrip().endswith("[action.not_yours]")


def test_what_no_action_may_hold_is_refused_before_it_is_posted(desk):
    one = case(desk, 1)
    before = len(bodies(desk, desk.topics.decisions))
    by = ("--unit", one["unit"], "--actor", "officer-1")
    with pytest.raises(SettingsError) as refused:
        wangge(desk, "act", "ponder", one["incident_id"], *by)
    assert refused.value.code == "settings.action"
    assert len(bodies(desk, desk.topics.decisions)) == before


def test_a_unit_that_the_city_does_not_have_has_no_topic(desk):
    by = ("--unit", "dept:fairies", "--actor", "officer-1")
    with pytest.raises(BrokerError) as refused:
        wangge(desk, "act", "accept", case(desk, 1)["incident_id"], *by)
    assert refused.value.code == "broker.no_topic"


def test_an_officer_signs_what_he_has_read_and_a_grid_worker_confirms(desk):
    (draft,) = bodies(desk, desk.topics.warnings)[-1:]
    by = ("--unit", "district:320106", "--actor", "chief-320106")
    code, said, error = wangge(desk, "warnings", "sign", draft["alert_id"], *by, "--json")
    assert code == 0, error
    signed = orjson.loads(said)["became"]
    again, _, error = wangge(desk, "warnings", "sign", draft["alert_id"], *by)
    assert (again, error.rstrip().rpartition("[")[2]) == (1, "action.warning_moved_on]")

    notices = [b for b in bodies(desk, desk.topics.notices) if b.get("audience") == "residents"]
    grid, (street,) = notices[0]["grid"], notices[0]["area"]
    by = ("--unit", street, "--actor", "grid-17", "--grid", grid)
    code, said, error = wangge(desk, "warnings", "confirm", signed, *by)
    assert code == 0, error
    _, told, _ = wangge(desk, "warnings", "told", signed, "--grid", grid)
    assert "confirmed" in told

    by = ("--unit", "district:320106", "--actor", "chief-320106", "--note", "水退")
    code, said, error = wangge(desk, "warnings", "cancel", signed, *by)
    assert code == 0, error


def test_an_action_that_nobody_answers_stays_posted_and_is_a_finding(town):
    settings = town("unanswered")
    by = ("--unit", "city", "--actor", "officer-1", "--wait", "0.5")
    code, _, error = wangge(settings, "act", "accept", "003-261123-0000001", *by)
    assert code == 1
    assert "broker.nobody_reads" in error
