"""The figures as tables of plain text that are Markdown too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from statistics import median

from benchmarks.geo.machine import machine
from benchmarks.geo.table import table
from benchmarks.geo.targets import Target
from benchmarks.rules.contenders.closures import Closures
from benchmarks.rules.contenders.wangge import Wangge
from benchmarks.rules.measure import PASSES, Effort, Measured
from benchmarks.rules.targets import times

_LIBRARIES = ("panzi-json-logic", "datalogic-py", "common-expression-language", "rule-engine")


def head(effort: Effort) -> str:
    """What it ran on, and what the figures are."""
    here = machine()
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{here['machine']}\nPython {here['Python']}, {libraries}\n\n"
        f"Ours decides winner, runner-up, copies and trail; the others only the winner.\n"
        f"{effort.events:,} events a pass of ours, no two alike. Medians of rounds in turn "
        f"({effort.rounds}), processor time.\n"
        "Cold: a router just compiled. Warm: the same events in another order. New events: as "
        "many\nothers after those, as in a city, where no event comes twice."
    )


def decisions(sizes: Sequence[Measured]) -> str:
    """Decisions a second, way by way, and how many times those of the control."""
    names = [*PASSES, *(name for name in sizes[0].micros if name not in PASSES)]
    columns = ["decisions a second, at routes", *(f"{size.routes:,}" for size in sizes)]
    return table(
        [*columns, *(f"÷ control, {size.routes:,}" for size in sizes)],
        [[name, *_per_second(name, sizes), *_beside_control(name, sizes)] for name in names],
    )


def _per_second(name: str, sizes: Sequence[Measured]) -> Iterator[str]:
    for size in sizes:
        yield f"{1e6 / median(size.micros[name]):,.0f}"


def _beside_control(name: str, sizes: Sequence[Measured]) -> Iterator[str]:
    for size in sizes:
        ratio = times(size.micros[Closures.name], size.micros[name])
        yield f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def compiling(sizes: Sequence[Measured]) -> str:
    """Seconds from the routes to the first decision."""
    return table(
        ["compiling, s, routes", *(f"{size.routes:,}" for size in sizes)],
        [
            [name, *(f"{median(size.compile_s[name]):.3f}" for size in sizes)]
            for name in sorted(sizes[0].compile_s, key=lambda name: name != Wangge.name)
            if name not in sizes[0].ready
        ],
    )


def trees(sizes: Sequence[Measured]) -> str:
    """What the trees are like, and who was compared on how many events."""
    rows = [
        ["routes that won an event", *(f"{size.won:,}" for size in sizes)],
        *(
            [f"winner's place, {part}", *(f"{size.places[at]:,.0f}" for size in sizes)]
            for at, part in enumerate(("lower quartile", "median", "upper quartile"))
        ),
        ["routes tried by ours, mean", *(f"{size.tried:.1f}" for size in sizes)],
        *(
            [f"other winners: {one.name}", *(_agreed(size, one.name) for size in sizes)]
            for one in sizes[0].agreement
        ),
    ]
    return table(["routes", *(f"{size.routes:,}" for size in sizes)], rows)


def _agreed(size: Measured, name: str) -> str:
    one = next(one for one in size.agreement if one.name == name)
    return f"{one.differ:,} of {one.asked:,}"


def wanted(found: Sequence[Target]) -> str:
    """A line for each target."""
    return "\n".join(
        f"{'OK' if one.held else 'MISSED':<6} {one.what}: {one.figure}, wanted {one.wanted}"
        for one in found
    )
