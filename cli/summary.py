"""What became of the records that a command posted, for people and for programs."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson
import typer

from messages.errors import WanggeError
from messages.topics import Topics
from streams.posting.feed import Refused
from streams.posting.poster import Posted

_SHOWN = 20


@dataclass(slots=True)
class Summary:
    """Counts per lane, and the lines that were refused, with their numbers and codes."""

    posted: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    skipped: int = 0
    """Rows that the source's mapping passes over."""
    interrupted: bool = False
    cut_short: bool = False
    error: WanggeError | None = None
    """What ended the posting before its end."""

    def refuse(self, line: Refused) -> None:
        """Count a line or row that was not posted."""
        if line.code == "row.skipped":
            self.skipped += 1
        else:
            self.refused.append(line)

    def take(self, posted: Posted, topics: Topics) -> None:
        """Add what a poster delivered and what it could not."""
        prefix = f"{topics.ns}.in."
        for topic, count in posted.delivered.items():
            self.posted[topic.removeprefix(prefix)] += count
        for topic, count in posted.failed.items():
            self.failed[topic.removeprefix(prefix)] += count
        self.failures += posted.failures

    @property
    def exit_code(self) -> int:
        """0 when everything was posted and acknowledged, else 1."""
        flaws = (self.refused, self.failed, self.interrupted, self.cut_short)
        return 1 if any(flaws) else 0

    def as_dict(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "posted": dict(self.posted),
            "refused": [
                {"line": one.line, "code": one.code, "message": one.message} for one in self.refused
            ],
            "skipped": self.skipped,
            "failed": dict(self.failed),
            "failures": self.failures,
            "error": None if self.error is None else self.error.code,
            "interrupted": self.interrupted,
            "cut_short": self.cut_short,
        }

    def finish(self, *, as_json: bool) -> NoReturn:
        """Print the summary, then leave: with the error that ended the posting, or an exit code.

        Without a record posted there is nothing to tell besides the error.
        """
        if self.error is None or self.posted:
            self._print(as_json=as_json)
        if self.error is not None:
            raise self.error
        raise typer.Exit(self.exit_code)

    def _print(self, *, as_json: bool) -> None:
        if as_json:
            sys.stdout.write(orjson.dumps(self.as_dict()).decode() + "\n")
            return
        for one in self.refused[:_SHOWN]:
            sys.stderr.write(f"line {one.line}: {one.message} [{one.code}]\n")
        if len(self.refused) > _SHOWN:
            sys.stderr.write(f"… and {len(self.refused) - _SHOWN:,} more; --json lists them all\n")
        for reason in self.failures:
            sys.stderr.write(f"not delivered: {reason}\n")
        lanes = ", ".join(f"{lane} {count:,}" for lane, count in sorted(self.posted.items()))
        parts = [f"posted {self.posted.total():,}" + (f" ({lanes})" if lanes else "")]
        parts += [f"refused {len(self.refused):,}"] if self.refused else []
        parts += [f"skipped {self.skipped:,}"] if self.skipped else []
        parts += [f"not delivered {self.failed.total():,}"] if self.failed else []
        parts += ["interrupted"] if self.interrupted else []
        parts += ["cut short by --limit"] if self.cut_short else []
        sys.stdout.write("; ".join(parts) + "\n")
