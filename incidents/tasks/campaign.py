"""A campaign's tasks: one per record and grid, however often and in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from pydantic import ValidationError

from incidents.tasks.pseudonym import Pseudonyms, base32, hashed, normal
from messages.task import Task
from rules.masking import mask
from rules.memo import Memo


class Campaign(NamedTuple):
    """What holds for all tasks of one comparison. ``recheck_share``: 0 to 1, of the tasks that are
    done. ``attempts``: how often a subject is looked for before it stays unreachable. ``salt``: see
    :meth:`Pseudonyms.salt`."""

    name: str
    due_on: date
    recheck_share: float
    attempts: int
    salt: str


class Ground(NamedTuple):
    """The administrative parents of a grid."""

    street: str
    district: str


class Record(NamedTuple):
    """A row of the import, ``line`` its first one. ``subject``: a plain id, or a pseudonym where
    ``hidden`` says so."""

    line: int
    subject: str
    grid: str
    code: str
    text: str = ""
    hidden: bool = False


class Refused(NamedTuple):
    """A row that changes nothing. ``code`` is stable and dotted; nothing of the row is repeated,
    because it may be personal."""

    line: int
    code: str
    mend: str


class Batch(NamedTuple):
    """What becomes of some records: each is exactly one of the three."""

    tasks: list[Task]
    duplicates: int
    refused: list[Refused]


MENDS: Final = {
    "task.subject_missing": "give the row a subject",
    "task.subject_unusable": "a pseudonym is 26 letters of base32, as `wangge compare` writes it",
    "task.grid_missing": "give the row a grid",
    "task.grid_unknown": "name a grid of the pack's boundary set",
    "task.code_unusable": "say what to verify in 1 to 64 characters without blanks",
    "task.text_unusable": "say it in at most 500 characters",
    "task.subject_in_text": "take the subject's id out of the text",
    "task.not_utf8": "write the row in UTF-8",
}


class Drafting:
    """Makes the tasks of a campaign. ``grounds``: of every grid. ``created_at``: with time zone."""

    def __init__(
        self,
        campaign: Campaign,
        grounds: Mapping[str, Ground],
        pseudonyms: Pseudonyms,
        created_at: datetime,
    ) -> None:
        self._campaign, self._grounds, self._pseudonyms = campaign, grounds, pseudonyms
        self._created_at = created_at
        self._masked: Memo[str, str] = Memo()

    def draft(self, record: Record) -> Task | Refused:
        """The task of a record; personal data in its text are masked."""
        subject, grid = record.subject.strip(), record.grid.strip()
        if not subject:
            return _refused(record, "task.subject_missing")
        if not grid:
            return _refused(record, "task.grid_missing")
        ground = self._grounds.get(grid)
        if ground is None:
            return _refused(record, "task.grid_unknown")
        if not record.hidden:
            if record.text and normal(subject) in normal(record.text):
                return _refused(record, "task.subject_in_text")
            subject = self._pseudonyms.of(subject)
        try:
            return Task(
                task_id=task_id(self._campaign.name, subject, grid),
                campaign=self._campaign.name,
                subject=subject,
                grid=grid,
                street=ground.street,
                district=ground.district,
                code=record.code,
                text=self._mask(record.text) if record.text else "",
                created_at=self._created_at,
                due_on=self._campaign.due_on,
            )
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            if first["type"] == "string_unicode":
                return _refused(record, "task.not_utf8")
            return _refused(record, f"task.{first['loc'][0]}_unusable")

    def _mask(self, text: str) -> str:
        found = self._masked.get(text)
        return self._masked.keep(text, mask(text)) if found is None else found


def sorted_out(drafts: Iterable[Task | Refused], known: set[str]) -> Batch:
    """The drafts of tasks that are not ``known`` (task ids) yet, each once: the first one stays."""
    made: dict[str, Task] = {}
    duplicates = 0
    refused = []
    for draft in drafts:
        if isinstance(draft, Refused):
            refused.append(draft)
        elif draft.task_id in made or draft.task_id in known:
            duplicates += 1
        else:
            made[draft.task_id] = draft
    return Batch(list(made.values()), duplicates, refused)


def task_id(campaign: str, subject: str, grid: str) -> str:
    """26 characters of base32; ``subject`` is a pseudonym."""
    return base32(hashed(campaign, subject, grid))


def _refused(record: Record, code: str) -> Refused:
    return Refused(record.line, code, MENDS[code])
