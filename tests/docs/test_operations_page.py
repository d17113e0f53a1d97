"""docs/operations.md and docs/architecture.md list what the engine has."""

from __future__ import annotations

import re

import pytest
from doc_pages import ROOT, code, table
from prometheus_client import generate_latest
from prometheus_client.metrics import MetricWrapperBase

from messages import errors
from messages.topics import Topics
from messages.unit import Unit
from streams import metrics
from streams.cluster.topology import topic_plan
from streams.leave import EXIT_CODE, FENCED_CODE
from streams.settings import Settings

OPERATIONS = ROOT / "docs" / "operations.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
DAY_MS = 24 * 3600 * 1000


def test_the_settings_are_those_of_a_worker():
    said = [code(row[0]) for row in table(OPERATIONS, "variable")]
    assert said == [f"WANGGE_{name.upper()}" for name in Settings.model_fields]


@pytest.mark.parametrize("row", table(OPERATIONS, "variable"), ids=lambda row: row[0])
def test_a_setting_s_default_is_the_worker_s(row):
    field = Settings.model_fields[code(row[0]).removeprefix("WANGGE_").lower()]
    if field.default_factory is None:
        assert row[1] == f"`{field.default}`"
    else:
        assert "`" not in row[1], "the default is made, so the page describes it"


def test_the_example_settings_are_settings():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    names = {name.removeprefix("WANGGE_").lower(): value for name, value in given.items()}
    assert names.keys() <= Settings.model_fields.keys()
    Settings.model_validate({name: _read(value) for name, value in names.items()})


def test_the_metrics_are_those_that_a_worker_shows():
    shown = re.findall(r"^# TYPE (wangge_\w+) ", generate_latest().decode(), re.MULTILINE)
    said = [code(row[0]) for row in table(OPERATIONS, "metric")]
    assert sorted(said) == sorted(name for name in shown if not name.endswith("_created"))


@pytest.mark.parametrize("row", table(OPERATIONS, "metric"), ids=lambda row: row[0])
def test_a_metric_s_labels_are_its_own(row):
    labels = {
        metric._name: metric._labelnames
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    }
    said = [label.strip("`") for label in row[1].split(", ") if label]
    assert tuple(said) == labels[code(row[0]).removesuffix("_total")]


def test_the_families_of_errors_are_those_of_the_tree():
    said = {code(row[0]) for row in table(OPERATIONS, "family")}
    assert said == {kind.family for kind in errors.WanggeError.__subclasses__()}


def test_the_exit_codes_of_a_worker_that_leaves_are_listed():
    said = [row[0] for row in table(OPERATIONS, "exit code")]
    assert said == ["0", "1", "2", str(EXIT_CODE), str(FENCED_CODE)]


def test_the_topics_are_those_of_the_plan():
    plan = topic_plan(Topics("x"), shards=12, units=[Unit("street", "1")])
    wanted = [_as_row(topic) for topic in plan]
    said = [(code(row[0]).removeprefix("{ns}."), row[1], row[2]) for row in _topics()]
    assert sorted(said) == sorted(wanted)


def _topics() -> list[list[str]]:
    return table(ARCHITECTURE, "topic")


def _as_row(topic) -> tuple[str, str, str]:
    name = topic.name.removeprefix("x.").replace("street.1", "<unit>")
    partitions = "shards" if topic.partitions == 12 else str(topic.partitions)
    if topic.config["cleanup.policy"] == "compact":
        return name, partitions, "compacted"
    return name, partitions, f"{int(topic.config['retention.ms']) // DAY_MS} days"


def _read(value: str) -> object:
    return int(value) if value.isdigit() else value
