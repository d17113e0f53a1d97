"""Policies compiled from a pack, and the snapshot that a case keeps."""

import json
from pathlib import Path

import pytest

from messages.errors import StateError
from packs.escalation import EscalationFile
from packs.escalation import Policy as Written
from packs.yaml_file import read_model
from rules.escalate import Limit, Policy

NANJING = Path(__file__).parents[3] / "cities" / "nanjing" / "escalation.yaml"


@pytest.fixture(scope="module")
def nanjing():
    file = read_model(NANJING, EscalationFile)
    return {one.policy: Policy.compile(one) for one in file.policies}


def compiled(*steps, **policy):
    return Policy.compile(Written.model_validate({"policy": "some", "steps": steps, **policy}))


def step(of, after, **more):
    return {"of": of, "after": after, "notify": ("district",), **more}


def test_a_policy_has_its_name_and_limits():
    found = compiled(accept="15 min", dispose="7 working d")
    assert found == ("some", (900, "continuous"), (7, "working_days"), ())


def test_a_policy_may_have_no_limit():
    assert compiled() == ("some", None, None, ())


def test_percentages_are_of_the_limit_that_the_step_is_of():
    found = compiled(
        step("accept", "100 %"),
        step("dispose", "75 %"),
        accept="2 working h",
        dispose="3 working d",
    )
    assert [one.after for one in found.steps] == [(7200, "working_hours"), (2.25, "working_days")]


def test_a_step_may_run_on_another_clock_than_its_limit():
    found = compiled(step("dispose", "4 h"), dispose="20 d")
    assert found.steps[0].after == (14_400, "continuous")


def test_steps_are_numbered_from_one_in_the_packs_order():
    found = compiled(
        *(step("dispose", "150 %"), step("accept", "10 min"), step("dispose", "75 %")),
        accept="5 min",
        dispose="4 h",
    )
    assert [(one.n, one.of) for one in found.steps] == [
        (1, "dispose"),
        (2, "accept"),
        (3, "dispose"),
    ]


def test_a_step_tells_whom_it_notifies_and_what_it_is_called():
    found = compiled(
        step("accept", "5 min", notify=("district", "city"), stage="超期"),
        step("accept", "9 min"),
        accept="5 min",
    )
    assert [(one.notify, one.stage) for one in found.steps] == [
        (("district", "city"), "超期"),
        (("district",), ""),
    ]


def test_illegal_buildings_have_staged_limits(nanjing):
    steps = nanjing["illegal-building"].steps
    assert [(one.stage, str(one.after)) for one in steps] == [
        ("责令停工", "4 h"),
        ("处罚", "7 d"),
        ("强制拆除", "20 d"),
    ]


def test_everyday_cases_are_overdue_after_three_working_days(nanjing):
    steps = nanjing["everyday"].steps
    assert [(one.n, one.stage, str(one.after)) for one in steps] == [
        (1, "未接单", "2 working h"),
        (2, "临期", "2.25 working d"),
        (3, "超期", "3 working d"),
        (4, "严重超期", "4.5 working d"),
    ]


def test_every_policy_of_the_city_survives_its_snapshot(nanjing):
    assert len(nanjing) == 6
    for policy in nanjing.values():
        body = policy.to_json()
        assert json.loads(json.dumps(body)) == body  # lists and dicts, no tuples
        found = Policy.from_json(body)
        assert found == policy
        assert all(type(one.after) is Limit for one in found.steps)


def test_the_snapshot_is_as_cases_have_it_in_their_state():
    policy = compiled(step("accept", "150 %", stage="超期"), accept="10 min")
    assert policy.to_json() == {
        "v": 1,
        "name": "some",
        "accept": [600.0, "continuous"],
        "dispose": None,
        "steps": [
            {
                "n": 1,
                "of": "accept",
                "after": [900.0, "continuous"],
                "notify": ["district"],
                "stage": "超期",
                "supervise": False,
            }
        ],
    }


@pytest.mark.parametrize("version", [{"v": 2}, {"v": None}, {}])
def test_a_snapshot_of_another_version_is_refused(version):
    body = {name: value for name, value in compiled().to_json().items() if name != "v"}
    with pytest.raises(StateError, match="this build reads 1") as found:
        Policy.from_json(body | version)
    assert found.value.code == "state.policy_version"
