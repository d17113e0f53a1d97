"""Every fault a pack can have is an error that names file, line and mend.

``broken/<fault>.yaml`` is one file of ``sound/`` with one fault; its first line says what is due.
"""

import shutil
from pathlib import Path

import pytest

import packs
from messages.errors import PackError

HERE = Path(__file__).parent
FAULTS = sorted((HERE / "broken").glob("*.yaml"))


@pytest.fixture
def sound(tmp_path):
    return Path(shutil.copytree(HERE / "sound", tmp_path / "pack"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda file: file.stem)
def test_a_fault_is_named_with_its_file_line_and_mend(fault, sound):
    text = fault.read_text()
    _, _, name, _, line, code = text.partition("\n")[0].split()
    (sound / name).parent.mkdir(exist_ok=True)
    (sound / name).write_text(text)

    with pytest.raises(PackError) as caught:
        packs.load(sound)

    error = caught.value
    assert (error.file, error.line, error.code) == (str(sound / name), int(line), code)
    assert error.mend


def test_the_pack_that_the_faults_are_made_from_is_sound(sound):
    pack = packs.load(sound)
    assert pack.city.code == "990000"
    assert pack.sources["app"].datum == "gcj02"
    assert pack.folder == sound


def test_a_missing_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(PackError, match="city init"):
        packs.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["city.yaml", "taxonomy.yaml", "screening.yaml", "classify.yaml", "routing.yaml"]
)
def test_a_missing_file_is_named(name, sound):
    (sound / name).unlink()
    with pytest.raises(PackError) as caught:
        packs.load(sound)
    assert (caught.value.code, caught.value.file) == ("pack.missing_file", str(sound / name))


def test_an_empty_file_is_named(sound):
    (sound / "routing.yaml").write_text("# nothing yet\n")
    with pytest.raises(PackError) as caught:
        packs.load(sound)
    assert caught.value.code == "pack.empty_file"


def test_a_file_that_is_not_utf8_names_the_line_of_the_first_bad_byte(sound):
    (sound / "classify.yaml").write_bytes("schema_version: 1\n# 着火\n".encode("gb18030"))
    with pytest.raises(PackError) as caught:
        packs.load(sound)
    assert (caught.value.code, caught.value.line) == ("pack.not_utf8", 2)


def test_a_source_that_nobody_would_read_is_refused(sound):
    (sound / "sources" / "app.yaml").rename(sound / "sources" / "app.yml")
    with pytest.raises(PackError) as caught:
        packs.load(sound)
    assert caught.value.code == "pack.wrong_suffix"


def test_lists_in_lists_without_end_are_refused(sound):
    (sound / "city.yaml").write_text("schema_version: " + "[" * 99 + "]" * 99 + "\n")
    with pytest.raises(PackError) as caught:
        packs.load(sound)
    assert caught.value.code == "pack.too_large"


def test_anchors_that_unfold_without_end_are_refused(sound):
    levels = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    (sound / "city.yaml").write_text("\n".join(levels))
    with pytest.raises(PackError) as caught:
        packs.load(sound)
    assert caught.value.code == "pack.too_large"
