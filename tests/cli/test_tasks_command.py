"""`wangge tasks`: records in, tasks by quota to grid workers, outcomes back, progress out."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from task_town import Desk, write_town

from cli.task_store import task_store
from incidents.tasks.outcome import Standing, recheck, release, report
from incidents.tasks.recheck import sampled
from messages.task import RecheckOutcome, Task, TaskOutcome

IDS = [f"32010619900101{n:04}" for n in range(40)]
AT = "2026-11-26T10:00:00+08:00"
NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return write_town(tmp_path_factory.mktemp("task-town") / "town")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_CACHE", str(tmp_path_factory.getbasetemp() / "tasks-cache"))
        yield


@pytest.fixture
def desk(tmp_path, town):
    return Desk(tmp_path, town)


def rows(grid, n, start=0):
    return [f"{one},{grid}\n" for one in IDS[start : start + n]]


def events(desk):
    with task_store(desk.store, NOW) as store:
        return list(store.events())


def released(desk, day):
    """Task and worker of everything released on that day, in order."""
    found = [(task, body) for kind, task, body in events(desk) if kind == "released"]
    return [(task, body["worker"]) for task, body in found if body["on"] == day]


def said(task, outcome, by, kind="", grid="", at=AT):
    return f"{task},{outcome},{by},{at},{kind},{grid},\n"


def test_each_row_of_an_import_is_counted_once(desk):
    found = desk.take([*rows("g1", 3), *rows("g1", 2), f"{IDS[0]},g2\n", ",g1\n", "x,g9\n", "y\n"])
    assert found.stdout == "4 imported + 2 duplicate + 3 rejected = 9 rows\n"
    assert found.exit_code == 1
    assert [line.split(",")[:2] for line in desk.rejects()] == [
        ["8", "task.subject_missing"],
        ["9", "task.grid_unknown"],
        ["10", "task.grid_missing"],
    ]


def test_an_import_repeated_in_another_order_changes_nothing(desk):
    desk.take(rows("g1", 9))
    before = events(desk)
    found = desk.take(rows("g1", 9)[::-1])
    assert found.stdout == "0 imported + 9 duplicate + 0 rejected = 9 rows\n"
    assert found.exit_code == 0
    assert events(desk) == before


def test_another_campaign_asks_anew(desk):
    desk.take(rows("g1", 2))
    assert desk.take(rows("g1", 2), campaign="2027").stdout.startswith("2 imported")


def test_no_file_that_is_written_and_no_line_that_is_shown_holds_an_id(desk):
    outputs = [desk.take(f"subject,grid,text\n{IDS[0]},g1,\n{IDS[1]},g9,\n{IDS[2]},g1,{IDS[2]}\n")]
    outputs.append(desk.release("2026-11-26"))
    written = [file.read_bytes() for file in desk.store.iterdir()]
    written += [one.output.encode() for one in outputs]
    assert len(written) == 4
    assert not any(one.encode() in text for one in IDS[:3] for text in written)


def test_a_day_s_release_keeps_to_the_quota_and_the_rest_comes_first_on_the_next(desk):
    desk.take([*rows("g1", 7), *rows("g2", 2)])
    assert "5 tasks and 0 re-checks released to 2 workers" in desk.release("2026-11-26", 3).stdout
    assert Counter(w for _, w in released(desk, "2026-11-26")) == {"w1": 3, "w2": 2}
    desk.release("2026-11-27", 3)
    desk.release("2026-11-28", 3)
    first, second, third = (
        [task for task, worker in released(desk, f"2026-11-{day}") if worker == "w1"]
        for day in (26, 27, 28)
    )
    assert (len(first), len(second), len(third)) == (3, 3, 1)
    assert [*first, *second, *third] == sorted({*first, *second, *third})


def test_a_release_repeated_on_one_day_changes_nothing_and_fills_up_what_came_since(desk):
    desk.take(rows("g1", 5))
    desk.release("2026-11-26", 5)
    before = events(desk)
    assert "0 tasks and 0 re-checks released" in desk.release("2026-11-26", 5).stdout
    assert events(desk) == before
    desk.take(rows("g1", 5, start=5))
    assert "2 tasks and 0 re-checks released" in desk.release("2026-11-26", 7).stdout


def test_a_grid_without_a_worker_is_told_and_its_tasks_wait(desk):
    desk.take([*rows("g1", 1), *rows("g4", 3)])
    found = desk.release("2026-11-26")
    assert found.exit_code == 1
    assert found.stderr == "3 of them wait in 1 grids without a worker: g4\n"
    assert desk.whole("total", "waiting", "released") == [4, 3, 1]
    desk.roster.write_text("grid,worker,stand_in\ng4,,w8\n")
    assert desk.release("2026-11-27").exit_code == 0
    assert {worker for _, worker in released(desk, "2026-11-27")} == {"w8"}


def test_outcomes_move_tasks_on_and_the_streets_show_it(desk):
    desk.take([*rows("g1", 4), *rows("g3", 1)], "--recheck", "0")
    desk.release("2026-11-26")
    a, b, c, d = (task for task, worker in released(desk, "2026-11-26") if worker == "w1")
    found = desk.outcome(
        said(a, "confirmed", "w1"),
        said(b, "absent", "w1"),
        said(c, "corrected", "w1", grid="g3"),
        said(d, "unreachable", "w1"),
    )
    assert found.stdout == "4 applied + 0 duplicate + 0 rejected = 4 rows\n"
    street, other, whole = desk.progress()
    shown = {name: n for name, n in street.items() if n not in ("0", "")}
    assert shown == {
        "district": "D", "street": "S", "total": "4",
        "confirmed": "1", "absent": "1", "corrected": "1", "waiting": "1",
    }  # fmt: skip
    assert (other["street"], other["released"]) == ("T", "1")
    assert whole["total"] == "5"


def test_outcomes_taken_in_twice_count_once(desk):
    desk.take(rows("g1", 2), "--recheck", "0")
    desk.release("2026-11-26")
    (one, _), (other, _) = released(desk, "2026-11-26")
    file = [said(one, "confirmed", "w1"), said(other, "unreachable", "w1")]
    desk.outcome(*file)
    before = events(desk)
    assert desk.outcome(*file).stdout == "0 applied + 2 duplicate + 0 rejected = 2 rows\n"
    assert events(desk) == before


def test_an_unreachable_subject_is_released_again_from_the_next_day_on(desk):
    desk.take(rows("g1", 1))
    desk.release("2026-11-26")
    ((task, _),) = released(desk, "2026-11-26")
    desk.outcome(said(task, "unreachable", "w1"))
    assert "0 tasks" in desk.release("2026-11-26").stdout
    assert "1 tasks" in desk.release("2026-11-27").stdout


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{task},moved,w1,{at},,,", "outcome.unreadable"),
        ("{task},confirmed,,{at},,,", "outcome.unreadable"),
        ("{task},corrected,w1,{at},,,", "outcome.unreadable"),
        ("{task},confirmed,w1,{at},,g2,", "outcome.unreadable"),
        ("{task},confirmed,w1,{at},judge,,", "outcome.unreadable"),
        ("{task},confirmed,w1,2026-11-26T10:00:00,,,", "outcome.unreadable"),
        ("{task},confirmed,w1,yesterday,,,", "outcome.not_a_time"),
        ("{task},confirmed,w1,2999-01-01T00:00:00Z,,,", "outcome.in_the_future"),
        ("{task},corrected,w1,{at},,g9,", "outcome.grid_unknown"),
        ("{task},corrected,w1,{at},,g1,", "outcome.grid_unchanged"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAA,confirmed,w1,{at},,,", "outcome.unknown_task"),
        ("{task},confirmed,w2,{at},recheck,,", "recheck.not_asked"),
    ],
)
def test_an_outcome_that_cannot_be_used_is_rejected_with_line_and_code(desk, row, code):
    desk.take(rows("g1", 1))
    desk.release("2026-11-26")
    ((task, _),) = released(desk, "2026-11-26")
    found = desk.outcome(row.format(task=task, at=AT) + "\n")
    assert found.stdout == "0 applied + 0 duplicate + 1 rejected = 1 rows\n"
    assert found.exit_code == 1
    assert desk.rejects("outcome")[0].startswith(f"2,{code},")


def test_another_person_of_the_street_re_checks_and_agreement_is_shown(desk):
    desk.take(rows("g1", 4), "--recheck", "1")
    desk.release("2026-11-26")
    tasks = [task for task, _ in released(desk, "2026-11-26")]
    desk.outcome(*(said(task, "confirmed", "w1") for task in tasks))
    assert "4 re-checks released" in desk.release("2026-11-27").stdout
    given_ = dict(released(desk, "2026-11-27"))
    assert set(given_.values()) <= {"w2", "w9"}
    refused = desk.outcome(said(tasks[0], "confirmed", "w1", "recheck"))
    assert "1 recheck.same_person" in refused.stderr
    found = ["confirmed", "confirmed", "confirmed", "absent"]
    desk.outcome(
        *(said(t, what, given_[t], "recheck") for t, what in zip(tasks, found, strict=True))
    )
    (street, _) = desk.progress()
    assert (street["rechecked"], street["agreement"]) == ("4", "0.7500")
    assert street["confirmed"] == "4"


def test_a_worker_s_list_says_what_to_verify_and_is_empty_when_all_is_done(desk):
    desk.take(
        f"subject,grid,code,text\n{IDS[0]},g1,live_alone,独居\n{IDS[1]},g2,,\n", "--recheck", "1"
    )
    assert desk.lists() == []
    desk.release("2026-11-26")
    assert [row["worker"] for row in desk.lists()] == ["w1", "w2"]
    (row,) = desk.lists("--worker", "w1")
    shown = {name: row[name] for name in ("kind", "district", "street", "grid", "code", "text")}
    assert shown == {
        "kind": "outcome", "district": "D", "street": "S", "grid": "g1",
        "code": "live_alone", "text": "独居",
    }  # fmt: skip
    desk.outcome(said(row["task_id"], "confirmed", "w1"))
    assert desk.lists("--worker", "w1") == []
    desk.release("2026-11-27")
    again = next(one for one in desk.lists() if one["kind"] == "recheck")
    assert again["worker"] != "w1"
    desk.outcome(said(again["task_id"], "confirmed", again["worker"], again["kind"]))
    assert [row["worker"] for row in desk.lists()] == ["w2"]


def test_notes_are_masked(desk):
    desk.take(rows("g1", 1))
    desk.release("2026-11-26")
    ((task, _),) = released(desk, "2026-11-26")
    desk.outcome(f"{task},confirmed,w1,{AT},,,电话13812345678\n")
    assert "13812345678" not in str(events(desk))
    assert "138******78" in str(events(desk))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--due", "2027-01-01"), "settings.campaign"),
        (("--recheck", "0.2"), "settings.campaign"),
        (("--attempts", "9"), "settings.campaign"),
        (("--subject", "id"), "settings.column"),
        (("--grid", "cell"), "settings.column"),
    ],
)
def test_what_contradicts_the_campaign_or_the_file_is_refused(desk, options, code):
    desk.take(rows("g1", 1), "--recheck", "0.1")
    assert desk.take(rows("g1", 1), *options).exception.code == code


def test_nothing_runs_without_a_key_or_with_another_one(desk, monkeypatch):
    monkeypatch.delenv("WANGGE_SUBJECT_KEY", raising=False)
    desk.take(rows("g1", 1))
    desk.key.write_text("another" * 9)
    assert desk.take(rows("g1", 1), campaign="b").exception.code == "settings.subject_key"
    desk.key.unlink()
    assert desk.take(rows("g1", 1)).exception.code == "settings.subject_key"


@pytest.mark.parametrize(
    "roster", ["grid,name\ng1,w1\n", "grid,worker\ng1,w1\ng1,w2\n", "grid,worker\n,w1\n", ""]
)
def test_a_roster_that_cannot_be_read_is_refused(desk, roster):
    desk.take(rows("g1", 1))
    desk.roster.write_text(roster)
    assert desk.release("2026-11-26").exception.code == "settings.workers"


def test_a_store_that_is_not_there_is_not_made_by_looking(desk):
    assert desk.release("2026-11-26").exception.code == "settings.store"
    assert not desk.store.exists()


def test_events_are_only_added(desk):
    desk.take(rows("g1", 1))
    database = sqlite3.connect(desk.store / "tasks.db")
    for change in ("UPDATE events SET kind = 'x'", "DELETE FROM events"):
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            database.execute(change)
    database.close()


def test_an_import_that_breaks_off_leaves_the_record_as_it_was(desk):
    desk.take(rows("g1", 3))
    before = events(desk)
    broken = "subject,grid\n" + "".join(rows("g2", 9)) + 'x,"' + "y" * (1 << 25)
    assert desk.take(broken).exception.code == "settings.csv"
    assert events(desk) == before
    assert desk.whole("total") == [3]


def test_an_import_that_is_killed_leaves_nothing_half_done(desk, tmp_path):
    desk.take(rows("g1", 3))
    before = events(desk)
    named = ["--store", desk.store, "--pack", desk.pack, "--key", desk.key, "--campaign", "2026"]
    command = [sys.executable, "-m", "cli.main", "tasks", "import", "-", *map(str, named)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        running.stdin.write(b"subject,grid\n")
        file, deadline, n = desk.store / "tasks.db", time.monotonic() + 60, 0
        size = file.stat().st_size
        # Until the page cache is full, and half an import stands in the file.
        while file.stat().st_size <= size + 4_000_000:
            assert time.monotonic() < deadline
            running.stdin.write("".join(f"b{n + i},g2\n" for i in range(5000)).encode())
            n += 5000
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    assert events(desk) == before
    assert desk.whole("total", "waiting") == [3, 3]


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("import"),
            st.lists(
                st.tuples(
                    st.sampled_from(IDS[:12]), st.sampled_from(["g1", "g2", "g3", "g4", "g9", ""])
                ),
                min_size=1,
                max_size=15,
            ),
        ),
        st.tuples(st.just("release"), st.integers(1, 3)),
        st.tuples(
            st.just("outcome"),
            st.lists(
                st.tuples(
                    st.integers(0, 30),
                    st.sampled_from(["confirmed", "absent", "unreachable"]),
                    st.sampled_from(["w1", "w2", "w3"]),
                    st.sampled_from(["outcome", "recheck"]),
                ),
                min_size=1,
                max_size=10,
            ),
        ),
    ),
    max_size=9,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_after_any_commands_all_is_accounted_for(tmp_path_factory, town, steps):
    desk = Desk(tmp_path_factory.mktemp("law"), town)
    desk.take(rows("g1", 4), "--recheck", "0.5")
    day = 1
    for kind, drawn in steps:
        known = [task for kind_, task, _ in events(desk) if kind_ == "task"]
        if kind == "import":
            found = desk.take([f"{subject},{grid}\n" for subject, grid in drawn])
        elif kind == "release":
            found = desk.release(f"2026-12-{day:02}", drawn)
            counts = Counter(worker for _, worker in released(desk, f"2026-12-{day:02}"))
            assert max(counts.values(), default=0) <= drawn
            day += 1
        else:
            found = desk.outcome(
                *(said(known[i % len(known)], what, by, role) for i, what, by, role in drawn)
            )
        assert not isinstance(found.exception, Exception)
        if kind != "release":
            left, right = found.stdout.replace(" rows", "").split(" = ")
            parts = [int(one.split()[0]) for one in left.split(" + ")]
            assert sum(parts) == int(right) == len(drawn)
        *streets, whole = desk.progress()
        imported = {task for kind_, task, _ in events(desk) if kind_ == "task"}
        assert int(whole["total"]) == sum(int(one["total"]) for one in streets) == len(imported)
    _stands_as_the_events_say(desk)
    _all_is_released_in_the_end(desk, day)


def _stands_as_the_events_say(desk):
    with task_store(desk.store, NOW) as store:
        campaign, _ = store.campaigns()["2026"]
        stands = {}
        for kind, task, body in store.events():
            if kind == "task":
                Task.model_validate(body, strict=False)
                stands[task] = Standing()
            elif kind == "released":
                stands[task] = release(stands[task], body["worker"])
            elif kind == "outcome":
                chosen = sampled(task, campaign.salt, campaign.recheck_share)
                found = TaskOutcome.model_validate(body, strict=False)
                stands[task] = report(
                    stands[task], found, attempts=3, sampled=chosen, on=date(2026, 11, 26)
                )
            elif kind == "recheck":
                found = RecheckOutcome.model_validate(body, strict=False)
                assert found.by != stands[task].by
                stands[task] = recheck(stands[task], found, attempts=3, on=date(2026, 11, 26))
        assert {task: store.standing(task) for task in stands} == stands


def _all_is_released_in_the_end(desk, day):
    desk.roster.write_text(desk.roster.read_text().replace("g4,,", "g4,w4,"))
    for more in range(day, day + 3):
        desk.release(f"2026-12-{more:02}", 100)
    assert desk.whole("waiting") == [0]
