"""A file of records becomes the tasks of a campaign."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from cli.city_option import cache_folder
from cli.rejects import Rejects
from cli.task_store import TaskStore
from geo.territory import territories
from incidents.tasks.campaign import Campaign, Drafting, Ground, Record, Refused, sorted_out
from incidents.tasks.pseudonym import Pseudonyms
from messages.errors import SettingsError
from packs import Pack, load
from streams.boundaries.load import chosen_set, load_sets

DAYS: Final = 30
SHARE: Final = 0.05
ATTEMPTS: Final = 3
_BATCH: Final = 4096
_LONGEST_NAME: Final = 128


@dataclass(frozen=True)
class Wanted:
    """A campaign as the command names it; None is the default, or what it was opened with."""

    name: str
    due_on: date | None = None
    recheck_share: float | None = None
    attempts: int | None = None


class Imported(NamedTuple):
    """Each row of the file is one of the three."""

    tasks: int
    duplicates: int
    rejected: int

    def __str__(self) -> str:
        return (
            f"{self.tasks:,} imported + {self.duplicates:,} duplicate + {self.rejected:,} rejected "
            f"= {sum(self):,} rows"
        )


def city_grounds(folder: Path, boundaries: str | None) -> tuple[Pack, dict[str, Ground]]:
    """The pack, and the parents of its finest territories; where it lacks streets or districts,
    the next coarser code stands for them, and last the city's."""
    pack = load(folder)
    chosen = chosen_set(load_sets(pack, cache_folder()), boundaries, time.time())
    city = pack.city.code
    return pack, {
        one.code: Ground(one.street or one.district or city, one.district or city)
        for one in territories(chosen.layers)
    }


def campaign_of(
    store: TaskStore, wanted: Wanted, pseudonyms: Pseudonyms, now: datetime, zone: ZoneInfo
) -> Campaign:
    """The campaign, opened where it is new. Raises ``settings.campaign`` where it was opened with
    something else, and ``settings.subject_key`` where the store's subjects hide behind another key:
    one subject would have two names."""
    campaigns = store.campaigns()
    if any(key != pseudonyms.fingerprint for _, key in campaigns.values()):
        raise SettingsError(
            "subject_key",
            "the subjects of this store are hidden by another key",
            mend="use that key, or another store",
        )
    if wanted.name in campaigns:
        return _as_opened(campaigns[wanted.name][0], wanted)
    if not 1 <= len(wanted.name) <= _LONGEST_NAME or not wanted.name.isprintable():
        raise SettingsError(
            "campaign",
            f"a campaign cannot be called {wanted.name!r}",
            mend=f"name it in 1 to {_LONGEST_NAME} printable characters",
        )
    share = SHARE if wanted.recheck_share is None else wanted.recheck_share
    if not math.isfinite(share):
        raise SettingsError("campaign", f"{share} is no share", mend="use 0 to 1")
    campaign = Campaign(
        name=wanted.name,
        due_on=wanted.due_on or now.astimezone(zone).date() + timedelta(days=DAYS),
        recheck_share=share,
        attempts=wanted.attempts or ATTEMPTS,
        salt=pseudonyms.salt(wanted.name),
    )
    store.open_campaign(campaign, pseudonyms.fingerprint)
    return campaign


def import_records(
    records: Iterable[Record], drafting: Drafting, store: TaskStore, rejects: Rejects
) -> Imported:
    """Add the tasks that are not there yet; memory is that of a batch."""
    made = duplicates = rejected = 0
    rows = iter(records)
    while batch := [drafting.draft(record) for record in islice(rows, _BATCH)]:
        ids = (one.task_id for one in batch if not isinstance(one, Refused))
        found = sorted_out(batch, store.known(ids))
        store.add(found.tasks)
        for one in found.refused:
            rejects.add(*one)
        made += len(found.tasks)
        duplicates += found.duplicates
        rejected += len(found.refused)
    return Imported(made, duplicates, rejected)


def _as_opened(campaign: Campaign, wanted: Wanted) -> Campaign:
    for name, option in (
        ("due_on", "--due"),
        ("recheck_share", "--recheck"),
        ("attempts", "--attempts"),
    ):
        asked, opened = getattr(wanted, name), getattr(campaign, name)
        if asked is not None and asked != opened:
            raise SettingsError(
                "campaign",
                f"{campaign.name} was opened with {option} {opened}, not {asked}",
                mend=f"leave {option} out, or open another campaign",
            )
    return campaign
