"""Where a command finds the key of the subjects' pseudonyms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from incidents.tasks.pseudonym import Pseudonyms
from messages.errors import SettingsError

SubjectKey: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--key",
        envvar="WANGGE_SUBJECT_KEY",
        help="File with the secret key of the pseudonyms; at least 32 bytes.",
    ),
]


def pseudonyms(key: Path | None) -> Pseudonyms:
    """Under the key in the file. Raises ``settings.subject_key``."""
    mend = "name a key file with --key or WANGGE_SUBJECT_KEY; `openssl rand -hex 32` makes a key"
    if key is None:
        raise SettingsError("subject_key", "there is no key for the pseudonyms", mend=mend)
    try:
        return Pseudonyms(key.read_bytes().strip())
    except OSError as error:
        raise SettingsError("subject_key", f"{key}: {error.strerror}", mend=mend) from None
