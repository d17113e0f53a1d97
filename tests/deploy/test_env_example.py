"""`.env.example` names all that may stand in a `.env`, for a worker and for Docker Compose."""

from __future__ import annotations

import re

from compose_file import ROOT, filled, variables

from streams.settings import Settings

LINES = (ROOT / ".env.example").read_text("utf-8").splitlines()
NAMED = {found[1] for line in LINES if (found := re.match(r"(?:# )?([A-Z][A-Z_]+)=", line))}


def test_every_setting_stands_in_it():
    assert {f"WANGGE_{name.upper()}" for name in Settings.model_fields} <= NAMED


def test_everything_that_compose_leaves_open_stands_in_it():
    assert variables() <= NAMED


def test_it_names_nothing_else():
    settings = {f"WANGGE_{name.upper()}" for name in Settings.model_fields}
    assert settings | variables() == NAMED


def test_the_pack_of_the_example_is_the_one_that_compose_mounts_without_it():
    given = dict(line.split("=", 1) for line in LINES if re.match(r"[A-Z]", line))
    pack = filled("${WANGGE_PACK:-./cities/nanjing}", given)
    assert (ROOT / pack).samefile(ROOT / "cities" / "nanjing")


def test_a_password_is_never_given_by_default():
    assert "# GRAFANA_ADMIN_PASSWORD=" in LINES
