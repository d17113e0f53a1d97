"""The pack store: whole copies under their version, that nothing changes and nothing removes."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import packs
from messages.errors import PackError
from packs import store as module
from packs.fingerprint import version_of
from packs.store import MANIFEST, PackStore

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def pack(tmp_path):
    """A pack that may be changed, with a boundary file, which its version does not cover."""
    folder = Path(shutil.copytree(SOUND, tmp_path / "pack"))
    (folder / "boundaries").mkdir()
    (folder / "boundaries" / "districts.geojson").write_text("{}")
    (folder / "README.md").write_text("a city")
    return folder


@pytest.fixture
def store(tmp_path):
    return PackStore(tmp_path / "store")


def unlock(file):
    """What is stored is read-only; a test that damages it must say so."""
    file.chmod(0o644)
    return file


def test_what_is_stored_can_be_loaded_and_has_the_same_version(store, pack):
    version = store.put(pack)
    assert packs.load(store.get(version)).version == version == packs.load(pack).version


def test_every_file_is_stored_but_dot_files(store, pack):
    (pack / ".git").mkdir()
    (pack / ".git" / "config.yaml").write_text("x: 1")
    (pack / "classifier.npz").write_bytes(b"trained")
    found = store.get(store.put(pack))
    stored = {f.relative_to(found).as_posix() for f in found.rglob("*") if f.is_file()}
    given = {f.relative_to(pack).as_posix() for f in pack.rglob("*") if f.is_file()}
    assert stored - {MANIFEST} == given - {".git/config.yaml"}


def test_a_trained_model_is_part_of_the_version(pack):
    before = version_of(pack)
    (pack / "classifier.npz").write_bytes(b"trained")
    assert version_of(pack) != before


def test_a_pack_changed_after_it_was_stored_leaves_the_stored_one_as_it_was(store, pack):
    first = store.put(pack)
    (pack / "city.yaml").write_text((pack / "city.yaml").read_text() + "# more\n")
    second = store.put(pack)
    assert first != second
    assert set(store.versions()) == {first, second}
    assert version_of(store.get(first)) == first


def test_putting_the_same_pack_again_writes_nothing(store, pack):
    version = store.put(pack)
    before = {f: f.stat().st_mtime_ns for f in store.folder.rglob("*")}
    assert store.put(pack) == version
    assert {f: f.stat().st_mtime_ns for f in store.folder.rglob("*")} == before


def test_many_at_once_put_one_whole_copy(store, pack):
    with ThreadPoolExecutor(8) as pool:
        versions = set(pool.map(lambda _: store.put(pack), range(16)))
    assert len(versions) == 1
    assert [f.name for f in store.folder.iterdir()] == [store.get(*versions).name]


def test_one_version_with_other_boundary_files_is_refused_with_file_and_mend(store, pack):
    store.put(pack)
    (pack / "boundaries" / "districts.geojson").write_text('{"moved": 1}')
    with pytest.raises(PackError, match="districts") as refused:
        store.put(pack)
    assert refused.value.code == "pack.boundaries_differ"
    assert "another name" in refused.value.mend


def test_one_version_with_another_read_me_is_no_other_pack(store, pack):
    version = store.put(pack)
    (pack / "README.md").write_text("the same city, better told")
    assert store.put(pack) == version


@pytest.mark.parametrize("name", ["0123456789abcdef", "../pack", "", "."])
def test_a_version_that_is_not_there_is_refused(store, pack, name):
    store.put(pack)
    with pytest.raises(PackError) as refused:
        store.get(name)
    assert refused.value.code == "pack.not_stored"


@pytest.mark.parametrize(
    "name", ["routing.yaml", "boundaries/districts.geojson", MANIFEST, "sources/app.yaml"]
)
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_stored_file_that_is_changed_or_gone_is_found_out(store, pack, name, how):
    version = store.put(pack)
    file = unlock(store.folder / version / name)
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes() + b" ")
    if (name, how) == (MANIFEST, "changed"):  # a space after JSON changes nothing
        file.write_bytes(b"{}")
    with pytest.raises(PackError) as refused:
        store.get(version)
    assert refused.value.code == "pack.damaged"


def test_a_file_too_many_is_found_out(store, pack):
    version = store.put(pack)
    (store.folder / version / "modes").mkdir()
    (store.folder / version / "modes" / "extra.yaml").write_text("x: 1")
    with pytest.raises(PackError) as refused:
        store.get(version)
    assert refused.value.code == "pack.damaged"


def test_a_damaged_version_is_not_put_over(store, pack):
    version = store.put(pack)
    (store.folder / version / MANIFEST).unlink()
    with pytest.raises(PackError) as refused:
        store.put(pack)
    assert refused.value.code == "pack.damaged"


def test_a_put_that_is_cut_off_leaves_no_version_behind(store, pack, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_seal", full)
    with pytest.raises(OSError, match="No space"):
        store.put(pack)
    assert store.versions() == ()
    assert list(store.folder.iterdir()) == []


def test_versions_are_told_the_oldest_first_and_nothing_else(store, pack):
    first = store.put(pack)
    (pack / "city.yaml").write_text((pack / "city.yaml").read_text() + "# more\n")
    second = store.put(pack)
    (store.folder / "notes").mkdir()
    (store.folder / ".draft-1-aa").mkdir()
    os.utime(store.folder / second / MANIFEST, (1, 1))
    assert store.versions() == (second, first)


def test_a_store_that_is_not_there_yet_has_no_versions(store):
    assert store.versions() == ()


def test_a_store_within_the_pack_is_refused(pack):
    with pytest.raises(PackError) as refused:
        PackStore(pack / "store").put(pack)
    assert refused.value.code == "pack.store_within"


def test_a_linked_folder_is_refused_because_its_files_would_be_left_out(store, pack, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (pack / "modes").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PackError) as refused:
        store.put(pack)
    assert refused.value.code == "pack.linked_folder"


def test_a_folder_that_is_no_pack_is_refused(store, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackError) as refused:
        store.put(tmp_path / "empty")
    assert refused.value.code == "pack.missing_folder"
