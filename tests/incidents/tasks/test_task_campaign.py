from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.tasks.campaign import (
    MENDS,
    Campaign,
    Drafting,
    Ground,
    Record,
    Refused,
    sorted_out,
)
from incidents.tasks.pseudonym import Pseudonyms

GROUNDS = {"g1": Ground("s1", "d1"), "g2": Ground("s1", "d1"), "g3": Ground("s2", "d1")}
NAMES = Pseudonyms(b"k" * 32)
MORNING, EVENING = datetime(2026, 11, 26, 1, tzinfo=UTC), datetime(2026, 11, 26, 11, tzinfo=UTC)
ID = "320106199001011234"


def drafting(name="2026", at=MORNING):
    return Drafting(Campaign(name, date(2026, 12, 26), 0.05, 3, "salt"), GROUNDS, NAMES, at)


def record(subject=ID, grid="g1", code="residence", text="", hidden=False, line=2):
    return Record(line, subject, grid, code, text, hidden)


def test_a_task_says_who_under_a_pseudonym_where_what_and_until_when():
    task = drafting().draft(record(text="核实是否居住"))
    assert task.model_dump(exclude={"task_id", "created_at"}) == {
        "schema_version": 1, "kind": "task", "campaign": "2026", "subject": NAMES.of(ID),
        "grid": "g1", "street": "s1", "district": "d1", "code": "residence",
        "text": "核实是否居住", "due_on": date(2026, 12, 26),
    }  # fmt: skip


def test_its_id_is_a_function_of_subject_grid_and_campaign_alone():
    first = drafting().draft(record())
    again = drafting(at=EVENING).draft(record(code="other", text="again", line=9))
    assert again.task_id == first.task_id
    others = {
        drafting("2027").draft(record()).task_id,
        drafting().draft(record(grid="g2")).task_id,
        drafting().draft(record(subject="x" * 18)).task_id,
    }
    assert len(others | {first.task_id}) == 4


def test_a_pseudonym_stays_as_it_is():
    assert drafting().draft(record(subject=NAMES.of(ID), hidden=True)) == drafting().draft(record())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"subject": " "}, "task.subject_missing"),
        ({"subject": ID, "hidden": True}, "task.subject_unusable"),
        ({"grid": ""}, "task.grid_missing"),
        ({"grid": "g9"}, "task.grid_unknown"),
        ({"code": "two words"}, "task.code_unusable"),
        ({"code": ""}, "task.code_unusable"),
        ({"text": "长" * 501}, "task.text_unusable"),
        ({"text": f"is {ID} at home?"}, "task.subject_in_text"),
        ({"subject": "ab12cd34x", "text": "AB12CD34Xｙ"}, "task.subject_in_text"),
        ({"text": "\udcc4"}, "task.not_utf8"),
    ],
)
def test_a_row_that_makes_no_task_has_a_code_and_a_mend(fault, code):
    assert drafting().draft(record(**fault, line=7)) == Refused(7, code, MENDS[code])


def test_personal_data_in_the_text_are_masked():
    assert "13812345678" not in drafting().draft(record(text="请致电13812345678")).text


ROWS = st.lists(
    st.builds(
        record, st.sampled_from(["", *"abcdefgh"]), st.sampled_from(["", "g1", "g2", "g3", "g9"])
    ),
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(1, 7), st.randoms(use_true_random=False))
def test_there_is_one_task_per_record_and_grid_whatever_the_order_the_batches_or_repetition(
    rows, size, random
):
    def made(rows, known):
        counts = [0, 0, 0]
        for start in range(0, len(rows), size):
            drafts = [drafting().draft(one) for one in rows[start : start + size]]
            batch = sorted_out(drafts, known)
            assert not {one.task_id for one in batch.tasks} & known
            known.update(one.task_id for one in batch.tasks)
            counts[0] += len(batch.tasks)
            counts[1] += batch.duplicates
            counts[2] += len(batch.refused)
        assert sum(counts) == len(rows)
        return counts

    known, shuffled = set(), list(rows)
    random.shuffle(shuffled)
    good = {(one.subject, one.grid) for one in rows if one.subject and one.grid in GROUNDS}
    assert made(rows, known)[0] == len(good) == len(known)
    assert made(shuffled, known)[0] == 0
    other = set()
    made(shuffled, other)
    assert other == known
