"""What ``wangge classify`` shows: the figures of a classifier as tables, or as JSON."""

from __future__ import annotations

import sys
from typing import Any, Final

import orjson
from rich.console import Console
from rich.table import Table

_SHOWN: Final = 15


def print_figures(document: dict[str, Any], names: dict[str, str], as_json: bool) -> None:
    """Print a document of ``figures_of``. ``names``: of the categories, by code."""
    if as_json:
        sys.stdout.write(orjson.dumps(document).decode() + "\n")
        return
    console = Console(highlight=False, markup=False)  # names may look like markup
    ways: dict[str, Any] = document["ways"]
    console.print(_overview(ways, document))
    if "thresholds" in document:
        before, after = document["calibration_error_before"], ways["trained"]["calibration_error"]
        console.print(
            f"expected calibration error of the model: {before:.3f} as trained, "
            f"{after:.3f} calibrated\n"
        )
        console.print(_threshold_table(document["thresholds"]))
    console.print(_categories(ways, names))
    for way, record in ways.items():
        console.print(_confusions(way, record["confusions"], names))
    if "file" in document:
        about = document["file"]
        console.print(f"wrote {about['path']}: {about['bytes']:,} bytes", soft_wrap=True)


def _overview(ways: dict[str, Any], document: dict[str, Any]) -> Table:
    title = f"{document['texts']:,} texts"
    if "threshold" in document:
        title += f"; both: the model from probability {document['threshold']:g} on, else the words"
    twists = next(iter(ways.values())).get("twists", {})
    table = Table("by", "macro-F1", "accuracy", *twists, title=title, title_justify="left")
    for way, record in ways.items():
        apart = (f"{one['macro_f1']:.3f}" for one in record.get("twists", {}).values())
        table.add_row(way, f"{record['macro_f1']:.3f}", f"{record['accuracy']:.3f}", *apart)
    return table


def _threshold_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "threshold", "guesses believed", "of these right", "macro-F1 of both",
        title="what a threshold would do", title_justify="left",
    )  # fmt: skip
    for row in rows:
        right = "" if row["right"] is None else f"{row['right']:.3f}"
        table.add_row(
            f"{row['threshold']:g}", f"{row['believed']:.3f}", right, f"{row['macro_f1']:.3f}"
        )
    return table


def _categories(ways: dict[str, Any], names: dict[str, str]) -> Table:
    table = Table("category", "", "texts", *(f"F1 {way}" for way in ways), title_justify="left")
    codes = sorted({code for record in ways.values() for code in record["categories"]})
    for code in codes:
        scores = [record["categories"].get(code) for record in ways.values()]
        support = max(one["support"] for one in scores if one)
        shown = (f"{one['f1']:.2f}" if one else "" for one in scores)
        table.add_row(code, names[code], f"{support:,}", *shown)
    return table


def _confusions(way: str, confusions: list[dict[str, Any]], names: dict[str, str]) -> Table:
    table = Table(
        "texts", "of", "taken for", title=f"worst confusions of {way}", title_justify="left"
    )
    for one in confusions[:_SHOWN]:
        label, guessed = one["label"], one["guessed"]
        table.add_row(f"{one['texts']:,}", f"{label} {names[label]}", f"{guessed} {names[guessed]}")
    return table
