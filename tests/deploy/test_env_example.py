"""`.env.example` names all that may stand in a `.env`, for a worker and for Docker Compose."""

from __future__ import annotations

import re

from compose_file import ROOT, filled, variables
from setting_names import IN_A_FILE

LINES = (ROOT / ".env.example").read_text("utf-8").splitlines()
NAMED = {found[1] for line in LINES if (found := re.match(r"(?:# )?([A-Z][A-Z_]+)=", line))}


def test_every_setting_stands_in_it():
    assert IN_A_FILE <= NAMED


def test_everything_that_compose_leaves_open_stands_in_it():
    assert variables() <= NAMED


def test_it_names_nothing_else():
    assert IN_A_FILE | variables() == NAMED


def test_the_pack_of_the_example_is_the_one_that_compose_mounts_without_it():
    given = dict(line.split("=", 1) for line in LINES if re.match(r"[A-Z]", line))
    pack = filled("${WANGGE_PACK:-./cities/nanjing}", given)
    assert (ROOT / pack).samefile(ROOT / "cities" / "nanjing")


def test_a_password_is_never_given_by_default():
    passwords = [line for line in LINES if "PASSWORD=" in line]
    assert "# GRAFANA_ADMIN_PASSWORD=" in passwords
    assert all(line.startswith("# ") and line.endswith("=") for line in passwords)
