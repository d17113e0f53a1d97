"""``make bench-geo``: our grid index and every peer on the same cities, in the same run.

Exit 1 when an exact peer has another answer than ours; with ``--check`` also when a target is
missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.geo.fresh_process import in_fresh_process, leave_politely
from benchmarks.geo.machine import machine
from benchmarks.geo.one_city import CityFigures, figures
from benchmarks.geo.peers import PEERS
from benchmarks.geo.table import build_section, city_section, head_lines, target_section
from benchmarks.geo.targets import CITY, COUNTRY, REGION, targets
from benchmarks.geo.timing import Effort
from benchmarks.options import options

_FULL = Effort(rounds=3, seconds=0.2, longest=1.5, comparing=20.0)
_SHORT = Effort(rounds=3, seconds=0.06, longest=0.5, comparing=1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code."""
    asked = _asked(arguments)
    head = machine()
    cities: list[CityFigures] = []
    if not asked.json:
        print(head_lines(head), flush=True)
    for size in asked.sizes:
        cities.append(in_fresh_process(figures, size, asked.peers, asked.effort))
        if not asked.json:
            print("\n" + city_section(cities[-1].measured), flush=True)
    found = targets(cities)
    if asked.json:
        raw = {"machine": head, "cities": cities, "targets": found}
        print(json.dumps(raw, default=asdict, ensure_ascii=False))
    else:
        print("\n" + build_section(cities))
        if found:
            print("\n" + target_section(found))
    differ = any(one.differ for city in cities for one in city.measured.agreement)
    missed = not all(one.held for one in found)
    return 1 if differ or (asked.check and missed) else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = options(
        "geo",
        __doc__,
        sizes="polygons, as 12000,100000,1000000",
        quick="one city, short rounds",
        peers=PEERS,
    )
    asked = parser.parse_args(arguments)
    asked.sizes = asked.sizes or ([CITY] if asked.quick else [CITY, REGION, COUNTRY])
    asked.effort = _SHORT if asked.quick else _FULL
    return asked


if __name__ == "__main__":
    leave_politely()
    sys.exit(main())
