"""`wangge topics apply` for the demo city on an Apache Kafka."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import topics
from messages.topics import Topics
from messages.unit import Unit
from streams.cluster.brokers import reach

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
NANJING = Path(__file__).parents[2] / "cities" / "nanjing"
THREE = ("--replication", "3")
app = typer.Typer()
app.add_typer(topics.app, name="topics")


def test_a_city_gets_a_queue_for_every_unit_and_a_second_time_nothing(kafka, kafka_namespace):
    arguments = ["topics", "apply", str(NANJING), "--brokers", kafka]
    arguments += ["--namespace", kafka_namespace, "--json"]
    first, second = (CliRunner().invoke(app, arguments) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    made = json.loads(first.stdout)["missing"]
    assert json.loads(second.stdout) == {
        "missing": [],
        "differing": [],
        "unchanged": len(made),
        "applied": True,
        "copies": -1,  # one broker cannot hold three
        "written": None,
    }
    found = reach(kafka).partitions
    names = Topics(kafka_namespace)
    assert found[names.desk] == 12
    assert found[names.queue(Unit("street", "320106001"))] == 1
    assert {names.queue(Unit("linkage", code)) for code in ("110", "119", "120")} <= set(found)


def test_how_many_copies_it_chose_is_said_before_anything_is_made(kafka, kafka_namespace):
    arguments = ["topics", "apply", str(NANJING), "--brokers", kafka]
    arguments += ["--namespace", kafka_namespace, "--dry-run"]
    default, three = (CliRunner().invoke(app, [*arguments, *more]) for more in ((), THREE))
    assert "each topic: as many copies as the broker makes by default\n" in default.stdout
    assert "each topic: 3 copies, 2 of them written\n" in three.stdout
    assert not any(name.startswith(f"{kafka_namespace}.") for name in reach(kafka).partitions)
