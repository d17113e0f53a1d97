"""`classifier.npz`: what is written is read, and nothing else is: cut short, damaged, hostile."""

import io
import os
import pickle
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.errors import PackError
from packs import trained
from packs.trained import TrainedFile, read_trained, write_trained
from rules.trained import Trained

LAW = settings(max_examples=100, deadline=None)
MODEL = TrainedFile(
    classes=("0101", "0403", "gas-leak"),
    alphabet=np.array([32, 0x6C34, 0x1F692], np.uint32),
    ngrams=np.array([2, 3, 2**16 + 2, 2**33 + 1], np.uint64),
    scales=np.array([1.5, 2.25, 3.0, 0.25], np.float32),
    weights=np.arange(12, dtype=np.float16).reshape(4, 3) - 5,
    intercepts=np.array([0.25, -1.5, 0.0], np.float32),
    calibration=(0.75, 0.5, -0.125),
)


def parts():
    """The arrays of the file, as NumPy itself would save them."""
    found = {field.name: np.array(getattr(MODEL, field.name)) for field in fields(MODEL)}
    return {"format": np.array(1, np.int64), **found}


def saved(file, **changed):
    """A file with these arrays changed; None leaves one out."""
    arrays = {name: array for name, array in {**parts(), **changed}.items() if array is not None}
    np.savez_compressed(file, **arrays)
    return file


def refusal(file):
    with pytest.raises(PackError) as caught:
        read_trained(file)
    assert caught.value.file == str(file)
    assert caught.value.mend
    return caught.value.code.removeprefix("pack."), caught.value.message


def same(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(MODEL)
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    file = tmp_path_factory.mktemp("model") / "classifier.npz"
    write_trained(file, MODEL)
    return file.read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged") / "classifier.npz"


def test_what_was_written_is_read(tmp_path):
    file = tmp_path / "classifier.npz"
    assert write_trained(file, MODEL) == file.stat().st_size
    read = read_trained(file)
    assert same(read, MODEL)
    assert read.weights.dtype == np.float16
    assert [path.name for path in tmp_path.iterdir()] == ["classifier.npz"]


def test_a_model_guesses_the_same_after_it_was_written_and_read(tmp_path):
    model = Trained.compile(MODEL)
    write_trained(tmp_path / "m.npz", model)
    texts = ["水", " 水水 ", "🚒水", ""]
    assert Trained.compile(read_trained(tmp_path / "m.npz")).guess(texts) == model.guess(texts)


def test_equal_models_make_equal_files(tmp_path, written):
    write_trained(tmp_path / "again.npz", replace(MODEL))
    assert (tmp_path / "again.npz").read_bytes() == written


def test_numpy_reads_the_file_without_pickle(tmp_path, written):
    with np.load(io.BytesIO(written), allow_pickle=False) as arrays:
        assert sorted(arrays) == sorted(parts())
        assert np.array_equal(arrays["weights"], MODEL.weights)


def test_a_file_that_numpy_saved_is_read(tmp_path):
    assert same(read_trained(saved(tmp_path / "m.npz")), MODEL)


def test_a_missing_file_says_what_makes_one(tmp_path):
    with pytest.raises(PackError) as caught:
        read_trained(tmp_path / "no.npz")
    assert caught.value.code == "pack.missing_file"
    assert "wangge classify train" in caught.value.mend


def test_a_folder_is_unreadable(tmp_path):
    assert refusal(tmp_path)[0] == "unreadable_file"


def test_a_file_beyond_the_bound_is_not_even_looked_at(tmp_path):
    file = tmp_path / "classifier.npz"
    file.touch()
    os.truncate(file, trained.MAX_BYTES + 1)
    assert refusal(file)[0] == "too_large"


@pytest.mark.parametrize(
    "body", [b"", b"PK", b"not a zip at all", b"\x93NUMPY\x01\x00", b"\0" * 99]
)
def test_what_is_no_archive_is_refused(tmp_path, body):
    file = tmp_path / "classifier.npz"
    file.write_bytes(body)
    assert refusal(file)[0] == "trained_file"


@LAW
@given(st.data())
def test_a_file_cut_short_anywhere_is_refused(written, scratch, data):
    scratch.write_bytes(written[: data.draw(st.integers(0, len(written) - 1))])
    assert refusal(scratch)[0] == "trained_file"


@LAW
@given(st.data())
def test_a_damaged_file_is_refused_or_says_the_same(written, scratch, data):
    damaged = bytearray(written)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    scratch.write_bytes(damaged)
    try:
        read = read_trained(scratch)
    except PackError as error:
        assert error.code == "pack.trained_file"
    else:  # times and the like may change without harm; the arrays have checksums
        assert same(read, MODEL)


@LAW
@given(st.data())
def test_a_damaged_array_under_a_sound_checksum_is_refused_or_can_be_used(scratch, data):
    members = {name: io.BytesIO() for name in parts()}
    for name, array in parts().items():
        np.save(members[name], array, allow_pickle=False)
    name = data.draw(st.sampled_from(sorted(members)))
    body = bytearray(members[name].getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with zipfile.ZipFile(scratch, "w") as archive:
        for other, stream in members.items():
            archive.writestr(f"{other}.npy", body if other == name else stream.getvalue())
    try:
        model = Trained.compile(read_trained(scratch))
    except PackError as error:
        assert error.code == "pack.trained_file"
    else:
        for guess in model.guess(["水", "🚒 水", ""]):
            assert guess.category in model.classes
            assert 0.0 <= guess.probability <= 1.0


class Touch:
    """What unpickling it would do: make a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("name", ["classes", "weights"])
def test_nothing_is_ever_unpickled(tmp_path, name):
    proof = tmp_path / "was-run"
    pickle.loads(pickle.dumps(Touch(proof))).close()
    assert proof.exists(), "the bait works"
    proof.unlink()
    bait = np.empty(1, object)
    bait[0] = Touch(proof)
    file = saved(tmp_path / "m.npz", **{name: bait})
    assert refusal(file)[0] == "trained_file"
    assert not proof.exists()


def test_a_header_that_promises_more_than_there_is_takes_no_memory(tmp_path):
    file = saved(tmp_path / "m.npz", weights=None)
    lie = io.BytesIO()
    shape = (2**40, 3)
    np.lib.format.write_array_header_1_0(
        lie, {"descr": "<f2", "fortran_order": False, "shape": shape}
    )
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("weights.npy", lie.getvalue())
    code, message = refusal(file)
    assert code == "trained_file"
    assert "weights holds 0 bytes" in message


def test_a_bomb_is_not_unpacked(tmp_path):
    file = saved(tmp_path / "m.npz", weights=None)
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("weights.npy", "w") as member,
    ):
        for _ in range(trained.MAX_UNPACKED_BYTES // 2**20 + 1):
            member.write(bytes(2**20))
    assert file.stat().st_size < 2**20
    assert "unpacked" in refusal(file)[1]


NAN, INF = float("nan"), float("inf")
FAULTS = {
    "an array is missing": {"scales": None},
    "one array too many": {"notes": np.zeros(3)},
    "another format": {"format": np.array(2)},
    "a format that is no number": {"format": np.array("1")},
    "weights as doubles": {"weights": MODEL.weights.astype(np.float64)},
    "weights the other way round": {"weights": np.zeros((3, 4), np.float16)},
    "weights in one row": {"weights": np.zeros(12, np.float16)},
    "big-endian n-grams": {"ngrams": MODEL.ngrams.astype(">u8")},
    "n-grams not ascending": {"ngrams": MODEL.ngrams[::-1].copy()},
    "an n-gram twice": {"ngrams": np.array([2, 3, 3, 4], np.uint64)},
    "an n-gram of nothing": {"ngrams": np.array([0, 3, 4, 5], np.uint64)},
    "a code point beyond Unicode": {"alphabet": np.array([32, 0x110000], np.uint32)},
    "the separator as a character": {"alphabet": np.array([0, 32], np.uint32)},
    "a character twice": {"alphabet": np.array([32, 32], np.uint32)},
    "too large an alphabet": {"alphabet": np.arange(1, 2**16 + 1, dtype=np.uint32)},
    "one class": {
        "classes": np.array(["0101"]),
        "weights": np.zeros((4, 1), np.float16),
        "intercepts": np.zeros(1, np.float32),
    },
    "classes not ascending": {"classes": np.array(["0403", "0101", "gas-leak"])},
    "a class twice": {"classes": np.array(["0101", "0101", "gas-leak"])},
    "a class that is no code": {"classes": np.array(["../../x", "0403", "gas-leak"])},
    "classes as bytes": {"classes": np.array([b"0101", b"0403", b"gas-leak"])},
    "a scale too few": {"scales": MODEL.scales[:3]},
    "a scale of nought": {"scales": np.array([1, 0, 1, 1], np.float32)},
    "a scale beyond reason": {"scales": np.array([1, 1e30, 1, 1], np.float32)},
    "a weight not a number": {"weights": np.full((4, 3), NAN, np.float16)},
    "an infinite weight": {"weights": np.full((4, 3), -INF, np.float16)},
    "an infinite scale": {"scales": np.array([1, INF, 1, 1], np.float32)},
    "an intercept not a number": {"intercepts": np.array([0, NAN, 0], np.float32)},
    "an intercept beyond reason": {"intercepts": np.array([0, 1e30, 0], np.float32)},
    "an intercept too many": {"intercepts": np.zeros(4, np.float32)},
    "a temperature of nought": {"calibration": np.array([0.0, 1, 0])},
    "a temperature below nought": {"calibration": np.array([-1.0, 1, 0])},
    "a slope that turns the order round": {"calibration": np.array([1.0, -1, 0])},
    "an offset not a number": {"calibration": np.array([1.0, 1, NAN])},
    "a calibration of two": {"calibration": np.array([1.0, 1])},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_arrays_is_refused(tmp_path, fault):
    assert refusal(saved(tmp_path / "m.npz", **FAULTS[fault]))[0] == "trained_file"


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_order_in_memory_does_not_matter(tmp_path, order):
    weights = np.array(MODEL.weights, order=order)
    assert same(read_trained(saved(tmp_path / "m.npz", weights=weights)), MODEL)


def test_an_array_of_a_later_version_is_refused(tmp_path):
    file = saved(tmp_path / "m.npz", scales=None)
    later = io.BytesIO()
    np.lib.format.write_array(later, MODEL.scales, version=(2, 0), allow_pickle=False)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("scales.npy", later.getvalue())
    assert "version" in refusal(file)[1]


def test_an_array_that_stands_there_twice_is_refused(tmp_path):
    file = saved(tmp_path / "m.npz")
    twice = io.BytesIO()
    np.save(twice, MODEL.scales)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("scales.npy", twice.getvalue())
    assert refusal(file)[0] == "trained_file"


def test_a_locked_archive_is_refused(tmp_path, written):
    locked = bytearray(written)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = 0
        while (at := written.find(signature, at)) >= 0:
            locked[at + flags] |= 1
            at += 4
    file = tmp_path / "m.npz"
    file.write_bytes(locked)
    assert refusal(file)[0] == "trained_file"


def test_a_model_that_could_not_be_read_is_not_written_over_a_good_one(tmp_path, written):
    file = tmp_path / "classifier.npz"
    file.write_bytes(written)
    with pytest.raises(PackError) as caught:
        write_trained(file, replace(MODEL, weights=np.full((4, 3), NAN, np.float16)))
    assert caught.value.code == "pack.trained_file"
    assert file.read_bytes() == written
    assert len(list(tmp_path.iterdir())) == 1


def test_another_way_of_packing_is_refused_unread(tmp_path, written):
    file = tmp_path / "other.npz"
    with zipfile.ZipFile(io.BytesIO(written)) as good:
        members = {name: good.read(name) for name in good.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    with pytest.raises(PackError, match="packed in another way"):
        read_trained(file)
