"""A town of two streets with two grids each, its roster and a key: what tasks are tried in."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from typer.testing import CliRunner

from cli.main import app
from cli.new_pack import write_pack
from geo.layer import BoundaryLayer

ROSTER = "grid,worker,stand_in\ng1,w1,w9\ng2,w2,\ng3,w3,\ng4,,\n"
KEY = "0123456789abcdef" * 4


def write_town(folder: Path) -> Path:
    """The pack: district D; street S with the grids g1 and g2, street T with g3 and g4."""
    at = [118.0, 118.1, 118.2, 118.3, 118.4]
    cells = [shapely.box(a, 32.0, b, 32.1) for a, b in pairwise(at)]
    halves = [shapely.box(at[0], 32.0, at[2], 32.1), shapely.box(at[2], 32.0, at[4], 32.1)]
    whole = [shapely.box(at[0], 32.0, at[4], 32.1)]
    grids, parents = ("g1", "g2", "g3", "g4"), ("S", "S", "T", "T")
    layers = [
        BoundaryLayer("district", ("D",), ("D",), (None,), np.array(whole)),
        BoundaryLayer("street", ("S", "T"), ("S", "T"), ("D", "D"), np.array(halves)),
        BoundaryLayer("grid", grids, grids, parents, np.array(cells)),
    ]
    write_pack(folder, layers, name="town", time_zone="Asia/Shanghai")
    return folder


class Desk:
    """The commands, on one store. Each gives what click's runner gives."""

    def __init__(self, folder: Path, pack: Path) -> None:
        self.folder, self.pack, self.store = folder, pack, folder / "store"
        self.key, self.roster = folder / "key", folder / "roster.csv"
        self.key.write_text(KEY)
        self.roster.write_text(ROSTER)

    def take(self, rows, *options, campaign="2026"):
        text = rows if isinstance(rows, str) else "subject,grid\n" + "".join(rows)
        named = ["--campaign", campaign, "--key", self.key, *options]
        return self._run("import", "-", *self._town, *named, text=text)

    def release(self, day, quota=20):
        named = ["--on", day, "--workers", self.roster, "--quota", quota]
        return self._run("release", *self._town, *named)

    def outcome(self, *rows):
        header = "task_id,outcome,by,at,kind,corrected_grid,note\n"
        return self._run("outcome", "-", *self._town, text=header + "".join(rows))

    def lists(self, *options):
        found = self._run("list", "--store", self.store, *options)
        return list(csv.DictReader(io.StringIO(found.stdout)))

    def progress(self):
        found = self._run("progress", "--store", self.store, "--format", "csv")
        return list(csv.DictReader(io.StringIO(found.stdout)))

    def whole(self, *columns):
        """Numbers of the last line."""
        return [int(self.progress()[-1][name]) for name in columns]

    def rejects(self, name="import"):
        return (self.store / f"{name}-rejects.csv").read_text().splitlines()[1:]

    @property
    def _town(self):
        return ["--pack", self.pack, "--store", self.store]

    def _run(self, *arguments, text=None):
        return CliRunner().invoke(app, ["tasks", *map(str, arguments)], input=text)
