import os
import shutil
from pathlib import Path

import pytest

import packs

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(SOUND, tmp_path / "elsewhere"))


def test_the_version_does_not_depend_on_the_folder_or_the_time(copy):
    os.utime(copy / "city.yaml", (0, 0))
    assert packs.load(copy).version == packs.load(SOUND).version


def test_the_version_is_sixteen_hex_digits():
    version = packs.load(SOUND).version
    assert len(version) == 16
    assert int(version, 16) >= 0


@pytest.mark.parametrize("name", ["city.yaml", "sources/app.yaml", "assets.csv", "x/y.yaml"])
def test_a_byte_more_in_any_yaml_or_csv_file_is_another_version(name, copy):
    before = packs.load(copy).version
    (copy / name).parent.mkdir(exist_ok=True)
    with (copy / name).open("a") as file:
        file.write("# more\n")
    assert packs.load(copy).version != before


def test_a_renamed_file_is_another_version(copy):
    (copy / "a.csv").write_text("1")
    before = packs.load(copy).version
    (copy / "a.csv").rename(copy / "b.csv")
    assert packs.load(copy).version != before


@pytest.mark.parametrize("name", ["README.md", ".cache/x.yaml"])
def test_what_no_decision_reads_does_not_count(name, copy):
    before = packs.load(copy).version
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("anything")
    assert packs.load(copy).version == before
