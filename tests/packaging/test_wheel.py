"""The wheel, in a fresh environment outside the checkout, with the versions of the lock."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

_OWNERS = """
import json
from importlib.metadata import distributions, packages_distributions
print(json.dumps({
    "by_import": packages_distributions(),
    "by_file": {d.metadata["Name"]: sorted({f.parts[0] for f in d.files or ()})
                for d in distributions()},
    "carried": sorted({f.parts[0] for d in distributions(name="wangge") for f in d.files or ()}),
}))
"""


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the wheel; ``run`` starts something in it, far from the checkout."""

    bin: Path
    folder: Path

    def run(self, *command: str, within: float = 120) -> subprocess.CompletedProcess[str]:
        home, elsewhere = self.folder / "home", self.folder / "elsewhere"
        home.mkdir(exist_ok=True)
        elsewhere.mkdir(exist_ok=True)
        return subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=elsewhere,
            env={"HOME": str(home), "PATH": f"{self.bin}:/usr/bin:/bin", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("wheel")
    environment, locked = folder / "env", folder / "locked.txt"
    python = str(environment / "bin" / "python")
    _uv("build", "--wheel", "--out-dir", str(folder / "dist"))
    _uv("export", "--frozen", "--no-dev", "--no-emit-project", "-o", str(locked))
    _uv("venv", "--python", sys.executable, str(environment))
    _uv("pip", "install", "--python", python, "--require-hashes", "-r", str(locked))
    wheel = next((folder / "dist").glob("wangge-*.whl"))
    _uv("pip", "install", "--python", python, "--no-deps", str(wheel))
    yield Installed(environment / "bin", folder)
    shutil.rmtree(environment)


def test_the_command_shows_its_help(installed):
    shown = installed.run("wangge", "--help")
    assert shown.returncode == 0, shown.stderr
    assert "topics" in shown.stdout


def test_a_practice_ground_decides_all_that_was_posted(installed):
    ended = installed.run("wangge", "up", "--events", "400", "--rate", "0", "--json")
    assert ended.returncode == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert summary["posted"] == 400
    assert summary["balances"] is True
    assert (summary["lost"], summary["doubled"]) == (0, 0)


def test_it_runs_the_code_of_the_wheel_and_not_of_the_checkout(installed):
    said = installed.run("python", "-c", "import streams, cities; print(streams.__file__)")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(str(installed.bin.parent))


def test_no_other_distribution_owns_one_of_its_names(installed):
    said = installed.run("python", "-c", _OWNERS)
    owners = json.loads(said.stdout)
    names = {name for name in owners["carried"] if not name.endswith(".dist-info")} - {".."}
    assert {"streams", "messages", "cities"} <= names
    for name in names - {"cities"}:
        assert set(owners["by_import"][name]) == {"wangge"}
    others = {d: set(tops) & names for d, tops in owners["by_file"].items() if d != "wangge"}
    assert not {d: shared for d, shared in others.items() if shared}


def test_the_wheel_cannot_be_uploaded_by_mistake(installed):
    code = (
        "from importlib.metadata import metadata; print(metadata('wangge').get_all('Classifier'))"
    )
    said = installed.run("python", "-c", code)
    assert "Private :: Do Not Upload" in said.stdout


def _uv(*arguments: str) -> None:
    own = ROOT / ".uv" / "bin" / "uv"
    uv = str(own) if own.exists() else shutil.which("uv")
    assert uv is not None, "no uv: run make setup, or install it"
    # Settings of an outer uv run would point it at the outer environment.
    env = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "UV_PROJECT")}
    done = subprocess.run(
        [uv, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"uv {' '.join(arguments)}: {done.stderr[-2000:]}"
