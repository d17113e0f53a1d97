"""The figures as tables of plain text that are Markdown too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.geo.contenders.wangge import ARRAYS
from benchmarks.geo.measure import BATCHES, Measured
from benchmarks.geo.one_city import CityFigures
from benchmarks.geo.points import MANY
from benchmarks.geo.targets import Target


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; all but the first to the right."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(cells, widths) for cells in (head, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        (cell, " " * (width - _width(cell))) for cell, width in zip(cells, widths, strict=True)
    )
    return " | ".join(["| " + "".join(first), *(pad + cell for cell, pad in rest)]) + " |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def head_lines(machine: dict[str, str]) -> str:
    """What it ran on."""
    first, *rest = machine.items()
    return f"{first[1]}\n" + ", ".join(f"{name} {value}" for name, value in rest)


def city_section(city: Measured) -> str:
    """Microseconds a point, way by way, and whether they agree."""
    rounds = len(city.latency)
    lines = [
        f"## {city.polygons:,} polygons of {city.vertices:.0f} vertices",
        f"Areas differ {city.spread:.0f}-fold (1st to 99th percentile). µs a point from two arrays "
        f"of degrees to one cell each; {rounds} rounds in turn, medians.",
        "",
        table(
            ["µs a point in batches of", *(f"{batch:,}" for batch in BATCHES), "÷ ours at 100,000"],
            list(_micros(city)),
        ),
        "",
        *(f"\\* {name}: on {size:,} points at once" for name, size in city.short.items()),
        *(f"Server: {version}." for version in city.versions),
        *(f"Absent: {why}." for why in city.absent),
        "",
        table(
            ["the same answers as ours", "points", "differ", "more than one cell"],
            list(_agreed(city)),
        ),
        "",
        table(["single lookups, µs", "p50", "p99", "most"], [_latency(city)]),
    ]
    return "\n".join(lines)


def _micros(city: Measured) -> Iterator[list[str]]:
    ours = median(city.micros[ARRAYS][MANY])
    for name, by_batch in city.micros.items():
        medians = {batch: median(figures) for batch, figures in by_batch.items()}
        cells = [_figure(medians.get(batch)) for batch in BATCHES]
        if name in city.short:
            cells[-1] += "*"
        ratio = f"{medians[MANY] / ours:.1f}" if MANY in medians else "–"
        yield [name, *cells, ratio]


def _figure(micros: float | None) -> str:
    """Three digits that count."""
    if micros is None:
        return "–"
    return f"{micros:.0f}" if micros >= 100 else f"{micros:.1f}" if micros >= 10 else _small(micros)


def _small(micros: float) -> str:
    return f"{micros:.2f}" if micros >= 1 else f"{micros:.3f}"


def _agreed(city: Measured) -> Iterator[list[str]]:
    for one in city.agreement:
        yield [one.name, f"{one.asked:,}", f"{one.differ:,}", f"{one.several:,}"]


def _latency(city: Measured) -> list[str]:
    rounds = city.latency
    name = (
        f"locate_one, {len(rounds)} × {rounds[0].calls:,} calls "
        f"(of which the clock {median(r.clock for r in rounds):.2f})"
    )
    p50, p99 = (median(getattr(r, part) for r in rounds) for part in ("p50", "p99"))
    return [name, f"{p50:.2f}", f"{p99:.2f}", f"{max(r.most for r in rounds):.0f}"]


def build_section(cities: Sequence[CityFigures]) -> str:
    """Seconds and megabytes, size by size."""
    rows = [
        [
            f"{city.polygons:,}",
            f"{city.build.seconds:.2f}",
            f"{city.build.peak_mb:,.0f}",
            f"{city.build.polygons_mb:,.0f}",
            f"{city.cache.load_s:.2f}" if city.cache else "not measured",
        ]
        for city in cities
    ]
    head = ["polygons", "build s", "peak MB", "of making the polygons alone", "from the cache s"]
    said = "Each in a fresh process, from polygons to the first answer of raster and R-tree."
    return f"## Building\n{said}\n\n" + table(head, rows)


def target_section(found: Sequence[Target]) -> str:
    """Wanted, and held or missed."""
    rows = [[one.what, one.figure, one.wanted, "held" if one.held else "MISSED"] for one in found]
    return "## Wanted\n\n" + table(["what", "figure", "wanted", ""], rows)
