"""What lies in quarantine and waits for an officer: put aside, and not decided on. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from messages.decision import origin_text
from messages.errors import RunError, SettingsError
from messages.model import Body
from messages.verdict import Verdict
from packs.authority import AuthorityFile

_LANES = {"report": "reports", "alarm": "alarms", "reading": "readings"}


class PutAside(NamedTuple):
    """One record. ``where``: its origin, as ``topic/partition/offset``. ``verdict``: what became of
    it, such as ``discarded``, or empty."""

    where: str
    body: Body
    verdict: str

    @property
    def reason(self) -> Body:
        """Why it was put aside: the screen's last word."""
        found: Body = self.body["reasons"][-1]
        return found


def put_aside(quarantined: Iterable[Body], verdicts: Iterable[tuple[str, str]]) -> list[PutAside]:
    """Every record of the quarantine, each once, in the order in which it came. ``verdicts``: as
    :func:`of_verdicts` or :func:`of_decisions` read them."""
    first: dict[str, str] = {}
    for where, verdict in verdicts:
        # A second verdict on one record is put aside itself: the first one's outcome stands.
        first.setdefault(where, verdict)
    found = {origin_text(body["origin"]): body for body in quarantined}
    return [PutAside(where, body, first.get(where, "")) for where, body in found.items()]


def of_verdicts(bodies: Iterable[Body]) -> Iterator[tuple[str, str]]:
    """What each record of the verdicts' topic decided on, and how. What is no verdict (the worker
    makes a dead letter of it) decided nothing."""
    for body in bodies:
        try:
            verdict: Verdict = Verdict.from_json(orjson.dumps(body))
        except ValidationError:
            continue
        yield str(verdict.of), f"{verdict.verdict.removesuffix('e')}ed"


def of_decisions(bodies: Iterable[Body]) -> Iterator[tuple[str, str]]:
    """The same from the decisions of a run, which records no verdicts."""
    for body in bodies:
        if body.get("released_from"):
            discarded = body["outcome"] == "discarded"
            yield origin_text(body["released_from"]), "discarded" if discarded else "released"


def chosen(found: Iterable[PutAside], names: Iterable[str]) -> list[PutAside]:
    """The records that are named, by event id or by origin, in the order named.

    Raises :class:`RunError` ``run.not_in_quarantine``, or ``run.ambiguous`` for an event id that
    several records have.
    """
    found = list(found)
    wanted: list[PutAside] = []
    for name in names:
        hits = [one for one in found if name in (one.where, one.body["event"]["event_id"])]
        if not hits:
            raise RunError(
                "not_in_quarantine",
                f"nothing in quarantine is called {name!r}",
                mend="`wangge quarantine list` shows event ids and origins",
            )
        if len(hits) > 1:
            raise RunError(
                "ambiguous",
                f"{len(hits)} records have the event id {name!r}",
                mend=f"name one by its origin, such as {hits[0].where}",
            )
        wanted += hits
    return wanted


def verdict_on(
    one: PutAside, verdict: str, author: str, reason: str, decided_at: datetime
) -> Verdict:
    """The verdict to post. Its id is a function of what it decides on, so that a repeat is one."""
    event = one.body["event"]
    kind = event.get("kind") or "report"
    body: dict[str, Any] = {
        "schema_version": 1,
        "verdict_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{verdict} {one.where}")),
        "verdict": verdict,
        "of": one.body["origin"],
        "event_id": event["event_id"],
        "author": author,
        "reason": reason,
        "decided_at": decided_at,
        "lane": one.body.get("lane") or _LANES[kind],
    }
    if verdict == "release":
        body["event"] = {**event, "kind": kind}
    # By way of JSON, because the event's times are texts there.
    made: Verdict = Verdict.from_json(orjson.dumps(body, option=orjson.OPT_UTC_Z))
    return made


def require_office(authority: AuthorityFile | None, author: str) -> None:
    """Raises ``settings.authority`` unless the pack lets the author decide on quarantine."""
    if authority is None:
        return  # a pack without the table leaves it to the topic's write ACL
    powers = {one.officer: one.powers for one in authority.officers}
    if "quarantine" not in powers.get(author, ()):
        what = "has no power over the quarantine" if author in powers else "is no officer"
        raise SettingsError(
            "authority",
            f"{author!r} {what} in authority.yaml",
            mend="name an officer who has it: "
            + (", ".join(sorted(o for o, p in powers.items() if "quarantine" in p)) or "none has"),
        )
