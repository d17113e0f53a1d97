"""docker-compose.yml: sound by its specification, sealed, and with a slot for each worker."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from command_tree import take
from compose_file import CITY, COMPOSE, RAW, ROOT, SERVICES, WORKERS
from health_probe import exit_code
from setting_names import NAMES

from streams.settings import Settings

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("wangge:")}
ENDS = {name for name, one in SERVICES.items() if one["restart"] == "no"}
LONGEST_DRAIN_SECONDS = 5
each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)
each_worker = pytest.mark.parametrize("name", WORKERS)


def test_the_file_keeps_to_the_compose_specification():
    assert _validated(COMPOSE).returncode == 0, _validated(COMPOSE).stdout


def test_the_specification_refuses_a_misspelt_key(tmp_path):
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text("utf-8").replace("healthcheck:", "health_check:"))
    assert _validated(wrong).returncode == 1


@each_service
def test_an_image_is_pinned_to_a_release(name):
    _, _, tag = SERVICES[name]["image"].partition(":")
    assert re.fullmatch(r"v?\d+\.\d+\.\d+", tag)


@each_of_ours
def test_our_image_has_the_version_of_the_project(name):
    assert SERVICES[name]["image"] == f"wangge:{PROJECT['version']}"


@each_service
def test_a_service_that_stays_tells_whether_it_is_well(name):
    probe = SERVICES[name]["healthcheck"]
    if name in ENDS:
        assert probe == {"disable": True}, "the image's own probe would call it unwell"
    else:
        assert probe.keys() == {"test", "interval", "timeout", "retries", "start_period"}


@each_service
def test_nobody_is_root_or_may_become_it(name):
    service = SERVICES[name]
    uid, _, _ = service["user"].partition(":")
    assert int(uid) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"kafka"}))
def test_the_root_file_system_is_read_only(name):
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["tmpfs"] == ["/tmp"]


@each_service
def test_ports_of_the_host_are_its_own(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


def test_who_watches_has_no_way_to_kafka_and_its_view():
    watching = {*SERVICES["prometheus"]["networks"], *SERVICES["grafana"]["networks"]}
    assert not watching & {*SERVICES["kafka"]["networks"], *SERVICES["valkey"]["networks"]}


def test_no_secret_stands_in_the_file():
    named = {
        key: value
        for service in RAW["services"].values()
        for key, value in service.get("environment", {}).items()
        if re.search(r"PASSWORD|SECRET|TOKEN|_KEY$", key)
    }
    assert named, "Grafana's is there"
    assert all(re.fullmatch(r"\$\{\w+:\?[^}]+\}", value) for value in named.values())


def test_no_two_workers_share_a_slot():
    slots = [worker["environment"]["WANGGE_SLOT"] for worker in WORKERS.values()]
    assert len(slots) >= 2
    assert len(set(slots)) == len(slots)
    assert slots == list(WORKERS), "and a slot is its service's name"


@each_worker
def test_a_worker_is_one_container(name):
    assert not {"deploy", "scale"} & SERVICES[name].keys(), "replicas would share its slot"


def test_each_worker_has_a_cache_and_all_have_one_store_and_one_pack():
    caches, stores, packs = (
        {_mounted(worker, setting) for worker in WORKERS.values()}
        for setting in ("WANGGE_CACHE", "WANGGE_STORE", "WANGGE_PACK")
    )
    assert (len(caches), len(stores), len(packs)) == (len(WORKERS), 1, 1)


@each_of_ours
def test_every_setting_is_a_worker_s_and_can_be(name):
    given = SERVICES[name]["environment"]
    assert given.keys() <= NAMES
    values = {key.removeprefix("WANGGE_").lower(): value for key, value in given.items()}
    Settings.model_validate(values)


@each_of_ours
def test_every_command_parses(name):
    command = SERVICES[name]["command"]
    if command != ["--help"]:
        take(command)


@each_worker
def test_a_worker_waits_for_kafka_and_for_its_topics(name):
    waits = {on: how["condition"] for on, how in SERVICES[name]["depends_on"].items()}
    assert waits["kafka"] == "service_healthy"
    assert waits["topics"] == "service_completed_successfully"
    assert waits["valkey"] == "service_started", "a worker goes on without it"


@each_worker
def test_a_worker_that_leaves_is_started_again(name):
    assert SERVICES[name]["restart"] == "unless-stopped"


@each_worker
def test_a_worker_has_time_to_drain(name):
    seconds = re.fullmatch(r"(\d+)s", SERVICES[name]["stop_grace_period"])
    assert int(seconds[1]) > 2 * LONGEST_DRAIN_SECONDS


@each_worker
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_a_worker_s_probe_ends_as_its_page_says(name, status, code):
    kind, *probe = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    assert exit_code(probe, status) == code


def test_every_volume_is_named_once_and_used():
    used = {
        volume["source"]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume["type"] == "volume"
    }
    assert used == CITY["volumes"].keys()


def test_every_folder_that_is_mounted_is_here_and_read_only():
    binds = [
        volume
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume["type"] == "bind"
    ]
    assert all((ROOT / volume["source"]).is_dir() for volume in binds)
    assert all(volume["read_only"] is True for volume in binds)


def test_kafka_keeps_exactly_once_on_one_node():
    given = SERVICES["kafka"]["environment"]
    assert given["KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR"] == "1"
    assert given["KAFKA_TRANSACTION_STATE_LOG_MIN_ISR"] == "1"
    assert given["KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS"] == "2000"
    assert given["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_kafka_is_the_release_of_the_tests():
    server = (ROOT / "tests" / "kafka" / "kafka_server.py").read_text("utf-8")
    tested = re.search(r'^VERSION = "(.+)"$', server, re.MULTILINE)
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{tested[1]}"


def test_kafka_keeps_its_data_on_a_volume():
    folder = SERVICES["kafka"]["environment"]["KAFKA_LOG_DIRS"]
    assert folder in {volume["target"] for volume in SERVICES["kafka"]["volumes"]}


def test_the_view_survives_a_restart():
    command = SERVICES["valkey"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert {"/data"} == {volume["target"] for volume in SERVICES["valkey"]["volumes"]}


def _mounted(worker, setting):
    """What is mounted where this setting points to."""
    sources = {volume["target"]: volume["source"] for volume in worker["volumes"]}
    return sources[worker["environment"][setting]]


def _validated(file):
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
