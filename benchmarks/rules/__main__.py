"""``make bench-rules``: our router and every peer on the same routes and events, in the same run.

Exit 1 when a peer has another winner than ours; with ``--check`` also when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.geo.progress import Progress
from benchmarks.options import options
from benchmarks.rules.measure import Effort, measure
from benchmarks.rules.peers import PEERS
from benchmarks.rules.report import compiling, decisions, head, trees, wanted
from benchmarks.rules.targets import FEW, MANY, targets

_FULL = Effort(events=20_000, rounds=5, seconds=1.5)
_SHORT = Effort(events=20_000, rounds=1, seconds=0.2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code."""
    asked = _asked(arguments)
    if not asked.json:
        print(head(asked.effort), flush=True)
    said = Progress("bench-rules")
    sizes = measure(asked.sizes, asked.peers, asked.effort, said)
    said("")
    found = targets(sizes)
    if asked.json:
        print(json.dumps({"sizes": sizes, "targets": found}, default=asdict, ensure_ascii=False))
    else:
        for section in (decisions(sizes), compiling(sizes), trees(sizes), wanted(found)):
            print("\n" + section)
    differ = any(one.differ for size in sizes for one in size.agreement)
    missed = not all(one.held for one in found)
    return 1 if differ or (asked.check and missed) else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = options(
        "rules",
        __doc__,
        sizes="routes, as 10,100,1000,10000",
        quick="two sizes, one short round",
        peers=PEERS,
    )
    asked = parser.parse_args(arguments)
    asked.sizes = asked.sizes or ([FEW, MANY] if asked.quick else [FEW, 100, 1000, MANY])
    asked.effort = _SHORT if asked.quick else _FULL
    return asked


if __name__ == "__main__":
    sys.exit(main())
