"""Where a command finds the pack store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cli.city_option import cache_folder
from packs.store import PackStore
from streams.settings import Settings

Store: TypeAlias = Annotated[
    Path | None,
    typer.Option(envvar="WANGGE_STORE", help="The pack store; in the cache folder if left out."),
]


def pack_store(folder: Path | None) -> PackStore:
    """The store in that folder, or where `wangge up` has it."""
    return PackStore(Settings.read(store=folder, cache=cache_folder()).store)
