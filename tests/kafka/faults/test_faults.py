"""Each fault under load: nothing is lost, doubled or out of order, and it is over within a minute.

The ids are known to the feeder alone; what became of them is read, committed, outside the product.
"""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import shorten
from typing import Any

import pytest
from faults import EVERY, Fault
from site_at_work import Site
from table import FIGURES, ROWS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
SEED = int(os.environ.get("WANGGE_TEST_SEED", "20261126"))
RECOVERS_S = 60.0


def suffer(fault: Fault, site: Site, label: str) -> list[str]:
    """What is wrong after the fault; a row of the table."""
    try:
        site.begin(*fault.slots)
        fault.strike(site)
        found = site.settle()
        wrong = {
            "lost": found.lost,
            "duplicated": found.duplicated,
            "contradicted": found.contradicted,
            "out of order": found.out_of_order,
            "refused by the broker": site.feeder.refused,
            "view": site.view_is_wrong(),  # while somebody is there to mend it
            "late": found.recovery_s if found.recovery_s > RECOVERS_S else 0,
        }
        site.crew.drain()
        wrong["ledger"] = site.ledger_is_wrong()
        wrong["shown before it was committed"] = site.shown_too_early()
    finally:
        site.end()
    ROWS.append((label, found))
    return [f"{name}: {str(what)[:300]}" for name, what in wrong.items() if what]


@pytest.fixture
def site_of(own_kafka: Any, kafka_namespace: str, town: Any, tmp_path: Path, request: Any) -> Any:
    def build(fault: Fault, *alterations: str) -> Site:
        names = ",".join(name for name in (fault.alteration, *alterations) if name)
        cache = request.getfixturevalue("small_disk") if fault.small_disk else None
        return Site(
            own_kafka,
            town,
            tmp_path,
            kafka_namespace,
            seed=SEED,
            alteration=names,
            cache=cache,
            **fault.options,
        )

    return build


@pytest.mark.parametrize("fault", EVERY, ids=str)
def test_nothing_is_lost_doubled_or_out_of_order(fault, site_of):
    wrong = suffer(fault, site_of(fault), fault.name)
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize(
    ("fault", "mutant"), [(fault, mutant) for fault in EVERY for mutant in fault.mutants], ids=str
)
def test_the_fault_is_noticed_where_a_worker_is_wrong(fault, mutant, site_of):
    wrong = suffer(fault, site_of(fault, mutant), f"{fault.name}, mutant {mutant}")
    noticed = shorten("; ".join(wrong), 120, placeholder=" …") or "nothing"
    FIGURES.append(f"{fault.name}, {mutant}: noticed {noticed}")
    assert wrong
