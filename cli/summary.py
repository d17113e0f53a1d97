"""What became of the records that a command posted, for people and for programs."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from messages.topics import Topics
from streams.feed import Refused
from streams.poster import Posted

_SHOWN = 20


@dataclass(slots=True)
class Summary:
    """Counts per lane, and the lines that were refused, with their numbers and codes."""

    posted: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    interrupted: bool = False
    cut_short: bool = False

    def refuse(self, line: Refused) -> None:
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
        return {
            "posted": dict(self.posted),
            "refused": [
                {"line": one.line, "code": one.code, "message": one.message} for one in self.refused
            ],
            "failed": dict(self.failed),
            "failures": self.failures,
            "interrupted": self.interrupted,
            "cut_short": self.cut_short,
        }

    def print(self, *, as_json: bool) -> None:
        """The summary on standard output; refused lines, unless JSON, on standard error."""
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
        parts += [f"not delivered {self.failed.total():,}"] if self.failed else []
        parts += ["interrupted"] if self.interrupted else []
        parts += ["cut short by --limit"] if self.cut_short else []
        sys.stdout.write("; ".join(parts) + "\n")
