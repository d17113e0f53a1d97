"""docker-compose.yml as Docker Compose reads it: anchors followed, variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"

_VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")


def yaml(file: Path) -> Any:
    """What a YAML file holds."""
    return YAML(typ="safe", pure=True).load(file.read_text("utf-8"))


def filled(value: Any, given: Mapping[str, str]) -> Any:
    """``value`` with each ``${NAME:-default}`` in it replaced, by what is given or its default.

    Raises ``KeyError`` for a name without a default that is not given.
    """
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _one(found, given), value)
    if isinstance(value, Mapping):
        return {key: filled(one, given) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, given) for one in value]
    return value


def variables() -> set[str]:
    """The names that the file leaves open."""
    return {found[1] for found in _VARIABLE.finditer(COMPOSE.read_text("utf-8"))}


def _one(found: re.Match[str], given: Mapping[str, str]) -> str:
    name, how, rest = found.groups()
    if given.get(name):
        return given[name]
    if how != ":-":
        raise KeyError(name)
    return rest or ""


RAW: dict[str, Any] = yaml(COMPOSE)
CITY: dict[str, Any] = filled(RAW, {"GRAFANA_ADMIN_PASSWORD": "a test's"})
SERVICES: dict[str, dict[str, Any]] = CITY["services"]
WORKERS = {name: one for name, one in SERVICES.items() if one.get("command", [""])[0] == "worker"}
"""The services that run a worker of ours."""
