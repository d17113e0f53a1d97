"""A run folder: what one bounded run took in and put out, as files a person can open.

::

    demo-run/
      run.json             what ran: namespace, pack, times, counts
      inputs.ndjson        what the feeder posted: {"lane": …, "event": …} a line
      decisions.ndjson     one line per event that was not ignored
      incidents.ndjson     every public state of every incident
      quarantine.ndjson    what was screened out, with the reason
      dead.ndjson          what could not be decoded
      ledger.ndjson        the outcome of every offset
      warnings.ndjson      alerts, drafted and signed
      notices.ndjson       what modes and warnings had to tell
      queues/street.320106001.ndjson   one file per unit that received something
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import orjson
from pydantic import Field, ValidationError

from messages.errors import RunError
from messages.model import Message, Scalar, SchemaVersion, Time
from messages.topics import Lane, Topics
from messages.unit import Unit

_STREAMS: Final = (
    *("decisions", "incidents", "quarantine", "dead", "ledger", "warnings", "notices"),
)
_Count: TypeAlias = Annotated[int, Field(ge=0)]


class Run(Message):
    """``run.json``. ``counts``: records per file (``decisions``, ``queue.street.320106001`` …)."""

    schema_version: SchemaVersion = 1
    namespace: str
    pack: str
    pack_name: str = ""
    boundaries: str = ""
    started_at: Time
    ended_at: Time | None = None
    posted: dict[str, _Count] = Field(default_factory=dict)
    counts: dict[str, _Count] = Field(default_factory=dict)
    notes: dict[str, Scalar] = Field(default_factory=dict)


class RunFolder:
    """Paths and readers of one folder. Make it with :meth:`create`, read it with :meth:`open`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path) -> RunFolder:
        """An empty run folder. An earlier run in it is replaced; anything else is refused."""
        found = cls(folder)
        if folder.exists() and not folder.is_dir():
            raise RunError("not_a_folder", f"{folder} is a file", mend="name another folder")
        if folder.is_dir() and any(folder.iterdir()) and not found.summary.exists():
            raise RunError(
                "not_ours",
                f"{folder} holds something that is not a run",
                mend="name an empty or a new folder",
            )
        for old in [*folder.glob("*.ndjson"), *folder.glob("queues/*.ndjson"), found.summary]:
            old.unlink(missing_ok=True)
        (folder / "queues").mkdir(parents=True, exist_ok=True)
        found.summary.write_bytes(b"{}\n")  # marks the folder as ours, also if the run is killed
        return found

    @classmethod
    def open(cls, folder: Path) -> RunFolder:
        """A finished run. Raises :class:`RunError` ``run.missing`` or ``run.incomplete``."""
        found = cls(folder)
        if not found.summary.is_file():
            raise RunError(
                "missing",
                f"{folder} is not a run folder: it has no run.json",
                mend="make one with `make demo` or `wangge up --run DIR`",
            )
        found.run()
        return found

    @property
    def summary(self) -> Path:
        return self.folder / "run.json"

    @property
    def inputs(self) -> Path:
        return self.folder / "inputs.ndjson"

    def path(self, topics: Topics, topic: str) -> Path:
        """The file that a topic of the namespace is recorded in."""
        if topic.startswith(topics.queues_prefix):
            return self.queue(topics.unit_of(topic))
        return self.stream(topic.removeprefix(f"{topics.ns}."))

    def stream(self, name: str) -> Path:
        """The file of one of the topics that are not a unit's, such as ``decisions``."""
        if name not in _STREAMS:
            raise RunError("no_such_file", f"a run has no {name}", mend=f"one of {_STREAMS}")
        return self.folder / f"{name}.ndjson"

    def queue(self, unit: Unit) -> Path:
        """The file of one unit's queue."""
        return self.folder / "queues" / f"{str(unit).replace(':', '.')}.ndjson"

    def queues(self) -> dict[Unit, Path]:
        """Every queue that was recorded, by unit."""
        found = sorted((self.folder / "queues").glob("*.ndjson"))
        return {Unit.parse(path.stem.replace(".", ":", 1)): path for path in found}

    def run(self) -> Run:
        """``run.json``. Raises :class:`RunError` ``run.incomplete`` when the run was cut off."""
        try:
            run: Run = Run.from_json(self.summary.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise RunError(
                "incomplete",
                f"{self.summary}: {field}: {first['msg']}",
                mend="the run was cut off or is of another release; run it again",
            ) from None
        return run

    def write_run(self, run: Run) -> None:
        """Write ``run.json``, whole or not at all."""
        fresh = self.summary.with_suffix(".tmp")
        fresh.write_bytes(orjson.dumps(orjson.loads(run.to_json()), option=orjson.OPT_INDENT_2))
        fresh.replace(self.summary)

    def bodies(self, path: Path) -> Iterator[dict[str, Any]]:
        """Each line of one of the files; nothing when the run wrote none.

        Raises :class:`RunError` ``run.line`` naming file and line.
        """
        if not path.exists():
            return
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    body = orjson.loads(line)
                except orjson.JSONDecodeError:
                    raise RunError(
                        "line",
                        f"{path}:{number} is not JSON",
                        mend="the file was cut off or edited",
                    ) from None
                yield body


def input_line(lane: Lane, body: bytes) -> bytes:
    """One line of ``inputs.ndjson``; what is not JSON is kept as ``{"lane": …, "base64": …}``."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return orjson.dumps({"lane": lane, "base64": base64.b64encode(body).decode()}) + b"\n"
    return b'{"lane":"' + lane.encode() + b'","event":' + body.replace(b"\n", b" ") + b"}\n"
