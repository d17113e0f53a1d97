"""The command line that the benchmarks beside peers share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection


def options(
    name: str, about: str | None, *, sizes: str, quick: str, peers: Collection[str]
) -> argparse.ArgumentParser:
    """A parser for ``python -m benchmarks.NAME``. ``sizes``, ``quick``: what these mean there."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--sizes", type=_sizes, help=sizes)
    parser.add_argument(
        "--peers", type=_peers(peers), default=list(peers), help=f"of {', '.join(peers)}"
    )
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--json", action="store_true", help="the raw figures instead of tables")
    return parser


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


def _peers(known: Collection[str]) -> Callable[[str], list[str]]:
    def chosen(text: str) -> list[str]:
        names = text.split(",") if text else []
        unknown = sorted(set(names) - set(known))
        if unknown:
            raise argparse.ArgumentTypeError(f"no peer {', '.join(unknown)}: {', '.join(known)}")
        return names

    return chosen
