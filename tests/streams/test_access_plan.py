"""The plan of a city's ACLs: each name what its work needs, and no more."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cli.city_option import DEFAULT_PACK
from cli.main import app
from messages.topics import Topics
from messages.unit import CITY, Unit
from streams.cluster.access import TAIL_GROUP, access_plan, is_named

STREET = Unit("street", "320106003")


@pytest.fixture(scope="module")
def plan():
    source = SimpleNamespace(name="suishoupai", lane="reports")
    return access_plan(Topics("wangge"), units=[CITY, STREET], sources=[source])


def of(plan, who):
    return {
        (one.operation, one.resource, one.name + "*" * one.prefix)
        for one in plan
        if one.principal == f"User:wangge.{who}"
    }


def test_no_grant_is_there_twice(plan):
    assert len(set(plan)) == len(plan)


def test_a_unit_has_its_queue_its_actions_and_its_group(plan):
    assert of(plan, "unit.street.320106003") == {
        ("READ", "TOPIC", "wangge.queue.street.320106003"),
        ("WRITE", "TOPIC", "wangge.in.actions.street.320106003"),
        ("READ", "GROUP", "wangge.unit.street.320106003"),
        ("READ", "GROUP", TAIL_GROUP),
    }


def test_a_source_has_its_lane(plan):
    assert of(plan, "source.suishoupai") == {("WRITE", "TOPIC", "wangge.in.reports")}


@pytest.mark.parametrize("topic", ["quarantine", "dead"])
def test_only_officers_may_read_what_was_put_aside(plan, topic):
    name = f"wangge.{topic}"
    readers = {
        one.principal
        for one in plan
        if one.operation == "READ"
        and one.resource == "TOPIC"
        and (one.name == name or (one.prefix and name.startswith(one.name)))
    }
    assert readers == {"User:wangge.officers"}


def test_every_name_stays_within_its_namespace(plan):
    for one in plan:
        assert one.name.startswith(("wangge.", "wangge:")), one


def test_the_names_of_a_namespace_are_not_those_of_one_that_begins_as_it_does(plan):
    assert all(is_named(one.principal, Topics("wangge")) for one in plan)
    assert is_named("User:wangge.unit.street.gone", Topics("wangge"))
    assert not is_named("User:wangge.night.worker", Topics("wangge"))
    assert is_named("User:wangge.night.worker", Topics("wangge.night"))
    assert not is_named("User:grafana", Topics("wangge"))


def test_the_plan_of_a_city_is_printed_without_a_broker():
    told = CliRunner().invoke(app, ["acl", str(DEFAULT_PACK)])
    assert told.exit_code == 0
    assert (
        "User:wangge.unit.city\n  read             topic            wangge.queue.city"
        in told.stdout
    )


def test_to_apply_a_broker_must_be_named():
    assert CliRunner().invoke(app, ["acl", str(DEFAULT_PACK), "--apply"]).exit_code == 2
