"""A file of a pack as bytes, no more of them than are meant, or an error that names the mend."""

from __future__ import annotations

from pathlib import Path

from messages.errors import PackError


def read_bytes(file: Path, most: int, *, missing: str, too_large: str) -> bytes:
    """The file's bytes. ``missing``, ``too_large``: what to do about either.

    Raises :class:`PackError` ``missing_file``, ``unreadable_file`` or ``too_large``.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(most + 1)
    except FileNotFoundError:
        raise PackError("missing_file", "no such file", file=file, mend=missing) from None
    except OSError as error:
        raise PackError(
            "unreadable_file", str(error.strerror), file=file, mend="make it readable"
        ) from None
    if len(raw) > most:
        raise PackError("too_large", f"more than {most:,} bytes", file=file, mend=too_large)
    return raw
