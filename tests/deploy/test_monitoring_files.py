"""The files of Prometheus and Grafana: workers that exist, metrics and labels that they have."""

from __future__ import annotations

import json
import re
from itertools import combinations

import pytest
from compose_file import ROOT, SERVICES, WORKERS, yaml
from prometheus_client.metrics import Counter, Histogram, MetricWrapperBase

from streams import metrics

DEPLOY = ROOT / "deploy"
PROMETHEUS = yaml(DEPLOY / "prometheus" / "prometheus.yml")
JOBS = {job["job_name"]: job for job in PROMETHEUS["scrape_configs"]}
RULES = [
    rule
    for file in PROMETHEUS["rule_files"]
    for group in yaml(DEPLOY / "prometheus" / file)["groups"]
    for rule in group["rules"]
]
SOURCES = yaml(DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml")
PROVIDERS = yaml(DEPLOY / "grafana" / "provisioning" / "dashboards" / "wangge.yml")
DASHBOARDS = {
    file.name: json.loads(file.read_text("utf-8"))
    for file in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
}
PANELS = [(name, panel) for name, board in DASHBOARDS.items() for panel in board["panels"]]
QUERIES = [
    (panel["title"], target["expr"]) for _, panel in PANELS for target in panel.get("targets", ())
]
OWN_LABELS = {"job", "instance", "worker", "le"}
"""What Prometheus, its configuration and histograms add."""


def _labels() -> dict[str, set[str]]:
    """Every name under which a worker's metrics are scraped, with its labels."""
    found: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            endings = {Counter: ["_total"], Histogram: ["_bucket", "_sum", "_count"]}
            for ending in endings.get(type(metric), [""]):
                found[f"{metric._name}{ending}"] = set(metric._labelnames)
    return found


LABELS = _labels()
EXPRESSIONS = [*QUERIES, *((rule["alert"], rule["expr"]) for rule in RULES if "alert" in rule)]


@pytest.mark.parametrize(("title", "query"), EXPRESSIONS)
def test_a_metric_that_is_asked_for_is_one_that_a_worker_has(title, query):
    assert set(re.findall(r"\bwangge_\w+", query)) <= LABELS.keys()


@pytest.mark.parametrize(("title", "query"), EXPRESSIONS)
def test_a_label_that_is_asked_for_is_one_that_the_metric_has(title, query):
    names = re.findall(r"\bwangge_\w+", query)
    had = OWN_LABELS.union(*(LABELS.get(name, set()) for name in names))
    grouped = {
        label.strip()
        for labels in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", query)
        for label in labels.split(",")
    }
    matched = set(re.findall(r"[{,]\s*(\w+)\s*(?:=|!=|=~|!~)\s*\"", query))
    assert (grouped | matched) - {""} <= had


def test_prometheus_reads_every_worker_by_its_name():
    read = {
        target: group["labels"]["worker"]
        for group in JOBS["wangge"]["static_configs"]
        for target in group["targets"]
    }
    ports = {name: one["environment"]["WANGGE_WEB_PORT"] for name, one in WORKERS.items()}
    assert read == {f"{name}:{port}": name for name, port in ports.items()}


def test_prometheus_shares_a_network_with_every_worker():
    assert all(
        set(worker["networks"]) & set(SERVICES["prometheus"]["networks"])
        for worker in WORKERS.values()
    )


def test_the_rules_that_prometheus_reads_are_beside_its_settings():
    mounted = {volume["target"]: volume["source"] for volume in SERVICES["prometheus"]["volumes"]}
    assert mounted["/etc/prometheus"] == "./deploy/prometheus"
    assert "--config.file=/etc/prometheus/prometheus.yml" in SERVICES["prometheus"]["command"]
    assert all((DEPLOY / "prometheus" / file).is_file() for file in PROMETHEUS["rule_files"])


def test_every_alert_has_a_name_of_its_own_and_says_what_is_wrong():
    alerts = [rule for rule in RULES if "alert" in rule]
    assert alerts
    assert len({rule["alert"] for rule in alerts}) == len(alerts)
    assert all(rule["annotations"]["summary"] for rule in alerts)


def test_grafana_asks_the_prometheus_of_the_compose_file():
    (source,) = SOURCES["datasources"]
    assert source["url"] == "http://prometheus:9090"
    assert set(SERVICES["grafana"]["networks"]) & set(SERVICES["prometheus"]["networks"])
    assert {
        asked["datasource"]["uid"]
        for _, panel in PANELS
        if panel["type"] != "row"
        for asked in [panel, *panel["targets"]]
    } == {source["uid"]}


def test_grafana_shows_the_dashboards_that_are_mounted():
    (provider,) = PROVIDERS["providers"]
    mounted = {volume["target"]: volume["source"] for volume in SERVICES["grafana"]["volumes"]}
    assert mounted[provider["options"]["path"]] == "./deploy/grafana/dashboards"
    for kind in ("datasources", "dashboards"):
        provisioned = f"/etc/grafana/provisioning/{kind}"
        assert mounted[provisioned] == f"./deploy/grafana/provisioning/{kind}"
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    folder, _, name = home.rpartition("/")
    assert (folder, name in DASHBOARDS) == (provider["options"]["path"], True)


@pytest.mark.parametrize("board", DASHBOARDS.values(), ids=DASHBOARDS)
def test_the_panels_of_a_dashboard_have_their_own_numbers_and_places(board):
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert not [
        (one["title"], other["title"])
        for one, other in combinations(board["panels"], 2)
        if _overlap(one["gridPos"], other["gridPos"])
    ]
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in board["panels"])


def test_the_duty_desk_sees_what_it_needs():
    asked = " ".join(query for _, query in QUERIES)
    for metric in (
        "wangge_events_received_total",
        "wangge_events_decided_total",
        "wangge_lag_records",
        "wangge_desk_backlog",
        "wangge_unit_seconds_bucket",
        "wangge_commit_seconds_bucket",
        "wangge_end_to_end_seconds_bucket",
        "wangge_open_incidents",
        "wangge_overdue_incidents",
        "wangge_timers_late_seconds",
        "wangge_ledger_imbalance",
        "wangge_pack_info",
        "wangge_view_shards_behind",
    ):
        assert metric in asked


def _overlap(one, other):
    return all(
        one[low] < other[low] + other[size] and other[low] < one[low] + one[size]
        for low, size in (("x", "w"), ("y", "h"))
    )


def test_every_alert_leads_to_its_section_of_the_runbook():
    page = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    sections = {title.lower().replace(" ", "-") for title in re.findall(r"^### (.+)$", page, re.M)}
    named = {rule["annotations"]["runbook"] for rule in RULES}
    assert named == sections
