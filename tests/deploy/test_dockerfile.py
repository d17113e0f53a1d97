"""The Dockerfile: pinned, made of what is here, not root, and of one mind with the compose file."""

from __future__ import annotations

import json
import re
import shlex
import tomllib

import pytest
from command_tree import take
from compose_file import ROOT, SERVICES, WORKERS
from health_probe import exit_code
from setting_names import NAMES

TEXT = (ROOT / "Dockerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CARRIED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
WORKER = WORKERS["worker-0"]


def _steps() -> list[tuple[str, str]]:
    """Every instruction with what follows it, on one line each."""
    lines = [line for line in TEXT.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    cut = [line.partition(" ") for line in joined.splitlines() if line]
    return [(word, rest) for word, _, rest in cut]


STEPS = _steps()
STAGES = [number for number, (word, _) in enumerate(STEPS) if word == "FROM"]
RUNTIME = STEPS[STAGES[-1] :]
ARGUMENTS = dict(rest.split("=", 1) for word, rest in STEPS if word == "ARG")
COPIED = [
    source
    for word, rest in STEPS
    if word == "COPY" and "--from=" not in rest
    for source in rest.split()[:-1]
]
ENVIRONMENT = dict(
    pair.split("=", 1) for word, rest in RUNTIME if word == "ENV" for pair in shlex.split(rest)
)


def _last(instruction: str) -> str:
    return next(rest for word, rest in reversed(RUNTIME) if word == instruction)


def test_both_stages_begin_with_one_pinned_python():
    images = {STEPS[number][1].split()[0] for number in STAGES}
    assert images == {"${PYTHON_IMAGE}"}
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", ARGUMENTS["PYTHON_IMAGE"])
    assert "latest" not in TEXT
    assert f'base.name="{ARGUMENTS["PYTHON_IMAGE"]}"' in _last("LABEL")


def test_the_stages_have_names_and_the_last_one_is_what_compose_builds():
    names = [STEPS[number][1].split()[-1] for number in STAGES]
    assert names == ["builder", "runtime"]
    assert WORKER["build"] == {"context": ".", "target": "runtime"}


def test_uv_is_the_makefile_s():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert ARGUMENTS["UV_VERSION"] == re.search(r"^UV_VERSION := (\S+)$", makefile, re.M)[1]


def test_the_environment_is_the_lock_s_without_what_only_developers_need():
    synced = [rest for word, rest in STEPS if word == "RUN" and "uv sync" in rest]
    assert len(synced) == 2
    assert all("--frozen --no-dev" in rest for rest in synced)


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_is_here_and_gets_into_the_build(source):
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert (ROOT / source).exists()
    assert f"!{source}" in ignored


def test_nothing_gets_into_the_build_that_is_not_copied():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {line[1:] for line in rules if line.startswith("!")} == set(COPIED)


def test_every_package_of_the_wheel_is_copied():
    assert set(CARRIED) <= set(COPIED)


def test_it_runs_as_nobody_in_particular_and_as_compose_says():
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", _last("USER"))
    assert WORKER["user"] == _last("USER")


def test_it_starts_a_worker_unless_told_otherwise():
    assert json.loads(_last("ENTRYPOINT")) == ["wangge"]
    assert "wangge" in PROJECT["project"]["scripts"]
    take(json.loads(_last("CMD")))


def test_its_settings_are_a_worker_s_and_compose_gives_the_same_folders():
    names = {name for name in ENVIRONMENT if name.startswith("WANGGE_")}
    assert names <= NAMES
    for name in names - {"WANGGE_PACK"}:
        assert WORKER["environment"][name] == ENVIRONMENT[name]


def test_the_folders_of_the_volumes_are_its_user_s():
    made = next(rest for word, rest in RUNTIME if word == "RUN")
    uid, _, gid = _last("USER").partition(":")
    assert f"install -d -o {uid} -g {gid}" in made
    assert ENVIRONMENT["WANGGE_CACHE"] in made.split()
    assert ENVIRONMENT["WANGGE_STORE"] in made.split()


def test_the_pack_of_the_image_is_one_that_is_copied():
    assert ("COPY", "cities /cities") in RUNTIME
    assert (ROOT / ENVIRONMENT["WANGGE_PACK"].lstrip("/") / "city.yaml").exists()


def test_it_tells_what_it_is():
    version = PROJECT["project"]["version"]
    assert ARGUMENTS["VERSION"] == version
    assert f'licenses="{PROJECT["project"]["license"]}"' in _last("LABEL")


def test_nothing_secret_is_an_argument_of_the_build():
    assert not re.search(r"PASSWORD|SECRET|TOKEN", TEXT)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_its_probe_ends_as_the_page_says(status, code):
    _, _, command = _last("HEALTHCHECK").partition("CMD ")
    assert exit_code(json.loads(command), status) == code


def test_the_exposed_port_is_that_of_the_health_pages():
    assert _last("EXPOSE") == ENVIRONMENT["WANGGE_WEB_PORT"]
    assert SERVICES["worker-0"]["expose"] == [ENVIRONMENT["WANGGE_WEB_PORT"]]
