"""How ``wangge report`` writes the monthly figures: a table, CSV, or one HTML page."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Final, Literal, TextIO, TypeAlias

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape as plain
from rich.table import Table

from cli.report_columns import COLUMNS, Named
from incidents.figures import Figures

Format: TypeAlias = Literal["table", "csv", "html"]
Shape: TypeAlias = Callable[[Sequence[Figures], Sequence[str], Named, TextIO], None]

_SHOWN: Final = (
    *("received", "accepted_share", "disposed_share", "returned", "reopened"),
    *("accept_min", "dispose_min"),
    *("merged_share", "false_share", "recheck_rate", "satisfaction"),
)
_STYLE: Final = """
body { font: 14px/1.4 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  margin: 2em; color: #222 }
h1 { font-size: 1.4em }
table { border-collapse: collapse }
th, td { padding: .3em .6em; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap }
th { vertical-align: bottom; background: #f2f4f7; position: sticky; top: 0 }
th small { display: block; font-weight: normal; color: #555; white-space: normal; max-width: 6em;
  margin-left: auto }
td:first-child, th:first-child { text-align: left }
tr.street td:first-child { padding-left: 2em }
tr.district { font-weight: bold; background: #fafafa }
tr.city { font-weight: bold; background: #eef3fb; border-top: 2px solid #888 }
@media print { body { margin: 0; font-size: 9px } th { position: static } }
"""
_NOTE: Final = (
    "巡查率未列：系统尚无巡查数据。 No patrol rate: nothing reports patrols yet.",
    "按案件受理月份统计，作废案件只计入受理、上报与作废。 By the month in which a case was opened; "
    "void cases count as received, with their events, and as void.",
)


def show_table(lines: Sequence[Figures], stages: Sequence[str], named: Named, to: TextIO) -> None:
    """The shares, medians and stages that occur, for a terminal; CSV has the rest too."""
    stages = [stage for stage in stages if any(stage in line.stages for line in lines)]
    columns = {column.name: column for column in COLUMNS}
    chosen = [columns[name] for name in _SHOWN]
    table = Table(
        title=plain(f"{named.city} {named.month} 每月通报"),
        title_justify="left",
        box=SIMPLE,
        padding=0,
        pad_edge=False,
    )
    table.add_column("district, street", no_wrap=True)
    for column in chosen:
        heading = "\n".join((column.chinese, *column.english.split()))
        table.add_column(heading, justify="right", overflow="fold", min_width=6)
    for stage in stages:
        table.add_column(plain(stage), justify="right", overflow="fold", min_width=4)
    for line in lines:
        if line.level == "city":
            table.add_section()
        indent = "  " if line.level == "street" else ""
        cells = [column.shown(line) for column in chosen]
        cells += [f"{line.stages.get(stage, 0):,}" for stage in stages]
        style = None if line.level == "street" else "bold"
        table.add_row(indent + plain(named.place(line)), *cells, style=style)
    # A pipe has no width of its own, and a cut figure is a wrong one.
    width = None if to.isatty() else 60 + 15 * (len(chosen) + len(stages))
    Console(file=to, highlight=False, width=width).print(table)


def write_csv(lines: Sequence[Figures], stages: Sequence[str], named: Named, to: TextIO) -> None:
    """Every column, one header line; minutes and shares as plain numbers."""
    writer = csv.writer(to, lineterminator="\n")
    names = [column.name for column in COLUMNS]
    writer.writerow(
        ["month", "level", "district", "street", "name", *names, *(f"stage:{s}" for s in stages)]
    )
    for line in lines:
        writer.writerow(
            [
                named.month,
                line.level,
                line.district,
                line.street,
                named.place(line),
                *(column.written(line) for column in COLUMNS),
                *(line.stages.get(stage, 0) for stage in stages),
            ]
        )


def write_html(lines: Sequence[Figures], stages: Sequence[str], named: Named, to: TextIO) -> None:
    """One page that needs nothing beside it: no script, no picture, nothing fetched."""
    to.writelines(f"{part}\n" for part in _page(lines, stages, named))


def _page(lines: Sequence[Figures], stages: Sequence[str], named: Named) -> Iterator[str]:
    title = escape(f"{named.city} {named.month} 每月通报 Monthly figures")
    yield '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
    heads = [_head("区、街道", "district, street")]
    heads += [_head(column.chinese, column.english) for column in COLUMNS]
    heads += [_head(stage, "reached stage") for stage in stages]
    yield f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>"
    for line in lines:
        cells = [named.place(line), *(column.shown(line) for column in COLUMNS)]
        cells += [f"{line.stages.get(stage, 0):,}" for stage in stages]
        inner = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f'<tr class="{line.level}">{inner}</tr>'
    yield "</tbody></table>"
    for note in _NOTE:
        yield f"<p>{escape(note)}</p>"
    yield "</body></html>"


def _head(chinese: str, english: str) -> str:
    return f"<th>{escape(chinese)}<small>{escape(english)}</small></th>"


SHAPES: Final[Mapping[Format, Shape]] = MappingProxyType(
    {"table": show_table, "csv": write_csv, "html": write_html}
)
