"""A boundary file's bytes and JSON, with errors that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from messages.errors import BoundaryError


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """A :class:`BoundaryError` raised within is told to be about the file."""
    try:
        yield
    except BoundaryError as error:
        error.file = str(file)
        raise


def read_json(file: Path) -> object:
    """The decoded file; a byte order mark is passed over. Raises :class:`BoundaryError`
    ``unreadable_file`` or ``not_json``."""
    body = read_bytes(file).removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BoundaryError(
            "not_json", f"line {error.lineno}: {error.msg}", file=file, mend="export it again"
        ) from None


def read_bytes(file: Path) -> bytes:
    """The file's bytes. Raises :class:`BoundaryError` ``unreadable_file``."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BoundaryError(
            "unreadable_file",
            error.strerror or "cannot be read",
            file=file,
            mend="mend the path in city.yaml, or add the file",
        ) from None
