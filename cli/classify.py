"""``wangge classify``: rows in, the same rows with their category out; and training a model."""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.city_option import DEFAULT_PACK
from cli.classified_csv import ADDED, row_target, unique_names, write_rows
from cli.classify_display import print_figures
from cli.classify_figures import figures_of
from cli.classify_judge import DEFAULT_THRESHOLD, Judge, words_of
from cli.csv_table import CsvTable, opened
from cli.file_or_command import FileOrCommand
from cli.labelled_csv import check_labels, read_labelled
from messages.errors import SettingsError
from packs import load
from packs.classify import ClassifyFile
from packs.taxonomy import TaxonomyFile
from packs.trained import FILE_NAME, read_trained, write_trained
from packs.yaml_file import read_model
from rules.trained import Trained
from rules.training import split, train

_BATCH: Final = 2048


app = typer.Typer(
    cls=FileOrCommand,
    no_args_is_help=True,
    subcommand_metavar="FILE.csv [OPTIONS] | train LABELLED.csv [OPTIONS]",
)


@app.callback()
def _classify() -> None:
    """Say what each text of a CSV is about, or train a model that does.

    `wangge classify FILE.csv` classifies; all its options: `wangge classify texts --help`.
    """


PackFolder = Annotated[Path, typer.Option("--pack", envvar="WANGGE_PACK", help="City pack folder.")]
TextColumn = Annotated[str, typer.Option(help="The column with the text.")]
Threshold = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        help=f"Believe the model from this probability on, else the words; the pack's, or "
        f"{DEFAULT_THRESHOLD:g}.",
    ),
]


@app.command("texts")
def texts(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", help="CSV with a header line; - is standard input."),
    ],
    evaluated: Annotated[
        str | None,
        typer.Option(
            "--eval",
            metavar="COLUMN",
            help="Compare with the category codes in this column, and print how good they are.",
        ),
    ] = None,
    pack: PackFolder = DEFAULT_PACK,
    trained: Annotated[
        Path | None,
        typer.Option(help="A model that `wangge classify train` wrote; the pack's if left out."),
    ] = None,
    threshold: Threshold = None,
    text_column: TextColumn = "text",
    out: Annotated[
        Path | None, typer.Option(help="Write the rows here and not to standard output.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print NDJSON rows; with --eval one JSON document.")
    ] = False,
) -> None:
    """Add category, category_name, by, probability and evidence to every row of a CSV.

    by is trained, lexicon or default (0000, nothing known). With --eval the figures go to standard
    output, and the rows only to --out.
    """
    began = time.perf_counter()
    city = load(pack)
    read = city.trained if trained is None else read_trained(trained)
    model = None if read is None else Trained.compile(read)
    judge = Judge.of(city.classify, city.taxonomy, model, threshold)
    if out is not None and out.exists() and str(file) != "-" and out.samefile(file):
        raise SettingsError("out", f"{out} is the file that is read", mend="name another file")
    with ExitStack() as stack:
        table = CsvTable(opened(file, stack), str(file))
        columns = [table.column(text_column, "--text-column")]
        if evaluated is not None:
            columns.append(table.column(evaluated, "--eval"))
        target = row_target(out, evaluated is not None, stack)
        names = unique_names([*table.header, *ADDED])
        if target and not json:
            csv.writer(target, lineterminator="\n").writerow(names)
        counts: Counter[str] = Counter()
        asked: list[tuple[int, list[str]]] = []
        rows = iter(table)
        while batch := list(islice(rows, _BATCH)):
            picked = [[row[i] if i < len(row) else "" for i in columns] for _, row in batch]
            found = judge.judge([values[0] for values in picked])
            counts.update(one[2] for one in found)
            if target:
                write_rows(target, names, [row for _, row in batch], found, json)
            if evaluated is not None:
                asked += [(line, v) for (line, _), v in zip(batch, picked, strict=True)]
    if evaluated is not None:
        check_labels(asked, str(file), judge.names)
        said, labels = ([values[i] for _, values in asked] for i in (0, 1))
        print_figures(figures_of(judge, said, labels, []), judge.names, json)
    by = ", ".join(f"{n:,} {name}" for name, n in sorted(counts.items())) or "none"
    sys.stderr.write(f"{counts.total():,} rows: {by}; {time.perf_counter() - began:.1f} s\n")


@app.command("train")
def train_model(
    labelled: Annotated[
        Path, typer.Argument(metavar="LABELLED.csv", help="CSV with texts and category codes.")
    ],
    text_column: TextColumn = "text",
    label_column: Annotated[
        str, typer.Option(help="The column with the category code.")
    ] = "category",
    out: Annotated[
        Path | None,
        typer.Option(help=f"The model file; the one the pack names, or {FILE_NAME} in it."),
    ] = None,
    pack: PackFolder = DEFAULT_PACK,
    holdout: Annotated[
        float, typer.Option(min=0.05, max=0.9, help="Share of each label to be asked about.")
    ] = 0.25,
    seed: Annotated[int, typer.Option(min=0, help="Draws the texts that are held out.")] = 1,
    words: Annotated[
        bool,
        typer.Option(
            "--words/--no-words", help="Learn the pack's category names and lexicon words too."
        ),
    ] = True,
    threshold: Threshold = None,
    no_write: Annotated[
        bool, typer.Option("--no-write", help="Only say how good a model would be.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train a text classifier, measure it on texts held out, then train on all and write it.

    Needs the extra classifier, which brings scikit-learn. A column twist, if there is one, is
    shown apart.
    """
    # Not the whole pack: it may name a model that is only now to be made.
    taxonomy = read_model(pack / "taxonomy.yaml", TaxonomyFile)
    classify = read_model(pack / "classify.yaml", ClassifyFile)
    names = {c.code: c.name for c in taxonomy.categories}
    texts, labels, twists = read_labelled(labelled, (text_column, label_column), names)
    known = words_of(classify, taxonomy) if words else []
    learnt, held = split(texts, labels, holdout, seed)
    if not held:
        raise SettingsError(
            "labelled_texts", "no category has two texts", mend="label more texts of each category"
        )
    sys.stderr.write(f"training on {len(learnt):,} texts, {len(held):,} held out …\n")
    model = train([texts[i] for i in learnt], [labels[i] for i in learnt], seed, known)
    judge = Judge.of(classify, taxonomy, model, threshold)
    document = figures_of(
        judge,
        [texts[i] for i in held],
        [labels[i] for i in held],
        [twists[i] for i in held if twists],
    )
    document = {"trained_on": len(learnt), "words": len(known), "seed": seed, **document}
    if not no_write:
        sys.stderr.write(f"training on all {len(texts):,} texts …\n")
        model = train(texts, labels, seed, known)
        goal = out or pack / (classify.trained.file if classify.trained else FILE_NAME)
        size = write_trained(goal, model)
        document["file"] = {"path": str(goal), "bytes": size, "ngrams": len(model.ngrams)}
    print_figures(document, names, json)
