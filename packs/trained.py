"""``classifier.npz``: a trained text classifier as plain arrays, every one of them checked."""

from __future__ import annotations

import io
import os
import re
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from messages.errors import PackError
from packs.file_bytes import read_bytes

FILE_NAME: Final = "classifier.npz"
FORMAT: Final = 1
MAX_BYTES: Final = 32 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 128 * 1024 * 1024

_KINDS: Final = {
    "format": "<i8",
    "classes": "<U",
    "alphabet": "<u4",
    "ngrams": "<u8",
    "scales": "<f4",
    "weights": "<f2",
    "intercepts": "<f4",
    "calibration": "<f8",
}
_CODE: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_MAX_CODE_POINT: Final = 0x10FFFF
_MAX_ALPHABET: Final = 2**16 - 1
_MAX_SCALE: Final = 1e3
_MAX_INTERCEPT: Final = 1e6
_MAX_CALIBRATION: Final = 1e3
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier time, and none is meant

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]


class Model(Protocol):
    """What is written; see :class:`TrainedFile`."""

    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def alphabet(self) -> npt.NDArray[np.uint32]: ...
    @property
    def ngrams(self) -> npt.NDArray[np.uint64]: ...
    @property
    def scales(self) -> npt.NDArray[np.float32]: ...
    @property
    def weights(self) -> npt.NDArray[np.float16]: ...
    @property
    def intercepts(self) -> npt.NDArray[np.float32]: ...
    @property
    def calibration(self) -> tuple[float, float, float]: ...


@dataclass(frozen=True, slots=True, eq=False)
class TrainedFile:
    """The file. ``rules/trained.py`` guesses with it, and says what the arrays mean.

    ``classes``: category codes, ascending. ``alphabet`` and ``ngrams``: ascending. ``scales``: as
    long as ``ngrams``. ``weights``: n-grams × classes. ``intercepts``: as long as ``classes``.
    ``calibration``: temperature, slope, offset.
    """

    classes: tuple[str, ...]
    alphabet: npt.NDArray[np.uint32]
    ngrams: npt.NDArray[np.uint64]
    scales: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float16]
    intercepts: npt.NDArray[np.float32]
    calibration: tuple[float, float, float]


class _WrongError(Exception):
    """What is wrong with a file's arrays, in a few words."""


def read_trained(file: Path) -> TrainedFile:
    """The model in the file. Nothing of it is run or unpickled, and its sizes are bounded.

    Raises :class:`PackError` ``missing_file``, ``unreadable_file``, ``too_large``, and
    ``trained_file`` for a file that is cut short, damaged, hostile or of another format.
    """
    raw = read_bytes(
        file,
        MAX_BYTES,
        missing="`wangge classify train` makes one",
        too_large="train it again: no model of ours is as large",
    )
    try:
        return _model(_arrays(raw))
    except _WrongError as error:
        raise _refused(file, str(error)) from None
    except (
        zipfile.BadZipFile,
        SystemError,  # NumPy, of a text that no Unicode has
        zlib.error,
        ValueError,  # also of an array's header
        SyntaxError,  # the header is a Python literal
        tokenize.TokenError,
        TypeError,
        RecursionError,
        MemoryError,
        EOFError,
        OverflowError,
        NotImplementedError,  # a way of packing that zipfile does not know
        RuntimeError,  # encrypted
        OSError,  # a member that begins before the file does
    ) as error:
        raise _refused(file, f"not a model: {str(error)[:80]}") from None


def write_trained(file: Path, model: Model) -> int:
    """Write the model, whole or not at all, and say how many bytes. Equal models, equal bytes.

    Raises :class:`PackError` ``trained_file`` for a model that could not be read again.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        "format": np.array(FORMAT, "<i8"),
        "classes": np.array(model.classes, np.str_),
        "alphabet": model.alphabet,
        "ngrams": model.ngrams,
        "scales": model.scales,
        "weights": model.weights,
        "intercepts": model.intercepts,
        "calibration": np.array(model.calibration, "<f8"),
    }
    try:
        _model(arrays)
    except _WrongError as error:
        raise _refused(file, str(error)) from None
    packed = io.BytesIO()
    # As np.savez_compressed does, but that puts the time of writing into the file.
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            npy.write_array(member, array, version=(1, 0), allow_pickle=False)
            about = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            archive.writestr(about, member.getvalue(), zipfile.ZIP_DEFLATED)
    # Beside its goal, because a rename is atomic only within one file system.
    draft = file.with_name(f".{file.name}.{os.getpid()}.{uuid4().hex[:8]}")
    try:
        draft.write_bytes(packed.getvalue())
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return len(packed.getvalue())


def _arrays(raw: bytes) -> dict[str, npt.NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
        if sorted(m.filename for m in members) != sorted(f"{name}.npy" for name in _KINDS):
            raise _WrongError(f"its arrays are not {', '.join(_KINDS)}")
        if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
            raise _WrongError("packed in another way than deflate")
        if sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
            raise _WrongError(f"more than {MAX_UNPACKED_BYTES:,} bytes unpacked")
        # zipfile unpacks no more of a member than the size that it declares.
        return {name: _array(name, archive.read(f"{name}.npy")) for name in _KINDS}


def _array(name: str, member: bytes) -> npt.NDArray[Any]:
    """The header is checked before NumPy makes room for what it promises."""
    stream = io.BytesIO(member)
    if npy.read_magic(stream) != (1, 0):
        raise _WrongError(f"{name} is not an array of version 1.0")
    shape, _, dtype = npy.read_array_header_1_0(stream)
    _check_kind(name, dtype, len(shape))
    size = dtype.itemsize
    for length in shape:
        if length < 0:
            raise _WrongError(f"{name} has a negative length")
        size *= length
    if size != len(member) - stream.tell():
        raise _WrongError(f"{name} holds {len(member) - stream.tell():,} bytes, not {size:,}")
    stream.seek(0)
    array: npt.NDArray[Any] = npy.read_array(stream, allow_pickle=False)
    return array


def _check_kind(name: str, dtype: np.dtype[Any], dimensions: int) -> None:
    wanted = _KINDS[name]
    right = dtype.str == wanted or (wanted == "<U" and re.fullmatch(r"<U\d+", dtype.str))
    if dtype.hasobject or not right:
        raise _WrongError(f"{name} is of {dtype.str[:20]}, not of {wanted}")
    if dimensions != _dimensions(name):
        raise _WrongError(f"{name} has {dimensions} dimensions, not {_dimensions(name)}")


def _dimensions(name: str) -> int:
    return {"format": 0, "weights": 2}.get(name, 1)


def _model(arrays: Arrays) -> TrainedFile:
    for name, array in arrays.items():
        _check_kind(name, array.dtype, array.ndim)
    if arrays["format"] != FORMAT:
        raise _WrongError(f"its format is {int(arrays['format'])}, not {FORMAT}")
    classes = tuple(arrays["classes"].tolist())
    _check_classes(classes)
    _check_ascending("alphabet", arrays["alphabet"], 1, _MAX_CODE_POINT)
    _check_ascending("ngrams", arrays["ngrams"], 1, 2**64 - 1)
    if len(arrays["alphabet"]) > _MAX_ALPHABET:
        raise _WrongError(f"alphabet has more than {_MAX_ALPHABET:,} characters")
    for name, shape in {
        "scales": (len(arrays["ngrams"]),),
        "weights": (len(arrays["ngrams"]), len(classes)),
        "intercepts": (len(classes),),
        "calibration": (3,),
    }.items():
        if arrays[name].shape != shape:
            raise _WrongError(f"{name} is {arrays[name].shape}, not {shape}")
    _check_numbers("scales", arrays["scales"], 1e-6, _MAX_SCALE)
    _check_numbers("weights", arrays["weights"], -np.inf, np.inf)
    _check_numbers("intercepts", arrays["intercepts"], -_MAX_INTERCEPT, _MAX_INTERCEPT)
    _check_numbers("calibration", arrays["calibration"], -_MAX_CALIBRATION, _MAX_CALIBRATION)
    temperature, slope, offset = arrays["calibration"].tolist()
    if min(temperature, slope) < 1 / _MAX_CALIBRATION:
        raise _WrongError("calibration has a temperature or a slope that is not above 0")
    return TrainedFile(
        classes=classes,
        alphabet=arrays["alphabet"],
        ngrams=arrays["ngrams"],
        scales=arrays["scales"],
        weights=arrays["weights"],
        intercepts=arrays["intercepts"],
        calibration=(temperature, slope, offset),
    )


def _check_classes(classes: tuple[str, ...]) -> None:
    if len(classes) < 2:
        raise _WrongError("fewer than two classes")
    for code in classes:
        if not _CODE.fullmatch(code):
            raise _WrongError(f"class {code[:40]!r} is no category code")
    if any(code >= following for code, following in pairwise(classes)):
        raise _WrongError("classes are not in ascending order")


def _check_ascending(name: str, array: npt.NDArray[Any], least: int, most: int) -> None:
    if len(array) and not (least <= int(array[0]) and int(array[-1]) <= most):
        raise _WrongError(f"{name} has entries below {least} or above {most}")
    if not (array[:-1] < array[1:]).all():
        raise _WrongError(f"{name} is not in ascending order")


def _check_numbers(name: str, array: npt.NDArray[Any], least: float, most: float) -> None:
    if not np.isfinite(array).all():
        raise _WrongError(f"{name} holds what is not a finite number")
    if not ((array >= least) & (array <= most)).all():
        raise _WrongError(f"{name} lies outside of {least:g} to {most:g}")


def _refused(file: Path, what: str) -> PackError:
    return PackError(
        "trained_file", what, file=file, mend="make it again with `wangge classify train`"
    )
