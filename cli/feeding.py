"""What ``post`` and ``replay`` share: lanes that must be there, a pace, a progress line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.summary import Summary
from messages.errors import SettingsError, WanggeError
from messages.topics import LANES, Lane, Topics
from sinks.output import Output
from streams.cluster.brokers import Cluster
from streams.posting.lag import GroupLag, worker_groups
from streams.posting.poster import Poster
from streams.settings import Settings

OUTSTANDING: Final = 3000
"""Unread records on a practice ground: well under the 5 MiB that a partition keeps."""
PATIENCE_SECONDS: Final = 30.0
"""A practice ground whose worker reads nothing for so long has none."""


def parse_lane(text: str | None) -> Lane | None:
    """The lane of that name. Raises ``settings.lane``."""
    if text is None or text in LANES:
        return text
    raise SettingsError("lane", f"{text!r} is not a lane", mend=f"one of {', '.join(LANES)}")


def require_lanes(cluster: Cluster, topics: Topics) -> None:
    """Raises ``settings.namespace`` when the cluster has no lanes of this namespace."""
    missing = [lane for lane in topics.lanes if lane not in cluster.partitions]
    if missing:
        raise SettingsError(
            "namespace",
            f"{cluster.brokers} has no topic {', '.join(missing)}",
            mend="check --namespace, or make the topics with `wangge topics apply PACK`",
        )


def require_file(file: Path) -> None:
    """Raises ``settings.file`` unless it is a file or ``-``."""
    if str(file) != "-" and not file.is_file():
        raise SettingsError("file", f"there is no file {file}", mend="name a file, or - for stdin")


def deliver(
    outputs: Iterable[Output],
    settings: Settings,
    cluster: Cluster,
    summary: Summary,
    advance: Callable[[int], None],
    *,
    outstanding: int = OUTSTANDING,
) -> None:
    """Post, paced on a practice ground; what became of it goes to ``summary``.

    An interruption (Ctrl-C) or an error ends the posting, not the account of it.
    """
    with ExitStack() as stack:
        pace = None
        if cluster.practice_ground:
            groups = worker_groups(settings, cluster.partitions)
            pace = stack.enter_context(GroupLag(settings.brokers, groups))
        poster = Poster(
            settings.brokers,
            pace=pace,
            outstanding=outstanding,
            patience=PATIENCE_SECONDS,
            idempotent=not cluster.practice_ground,
            progress=advance,
        )
        try:
            poster.post(outputs)
        except KeyboardInterrupt:
            summary.interrupted = True
        except WanggeError as error:
            summary.error = error
        finally:
            summary.take(poster.flush(), settings.topics)


class Bar:
    """``with Bar(size) as bar``: a progress bar on standard error, where that is a terminal.

    ``size``: bytes to be read, or None where nobody knows.
    """

    def __init__(self, size: int | None = None) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(),
            TextColumn("{task.fields[posted]:,} posted"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("posting", total=size, posted=0)
        self._posted = 0

    def lines(self, file: IO[bytes]) -> Iterator[bytes]:
        """The file's lines; reading them moves the bar."""
        for line in file:
            self._bar.advance(self._task, len(line))
            yield line

    def advance(self, count: int) -> None:
        """``count`` more records were handed over."""
        self._posted += count
        self._bar.update(self._task, posted=self._posted)

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
