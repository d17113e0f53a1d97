"""Another shard for one district in city.yaml: one number of it, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.errors import PackError
from packs.city import CityFile, Shards
from packs.document import read
from packs.load import load
from packs.shard_table import moved, refuse_unfit, rewrite
from packs.yaml_file import parse

NANJING = Path(__file__).parents[2] / "cities" / "nanjing" / "city.yaml"
CODES = st.text("ab01", min_size=1, max_size=4)
HEAD = """\
schema_version: 1
code: "1"
name: t
time_zone: Asia/Shanghai
boundaries: {recipe: r.yaml}
"""


@pytest.fixture
def city(tmp_path):
    return shutil.copy(NANJING, tmp_path / "city.yaml")


def table(file):
    return parse(read(Path(file)), CityFile).shards


def test_one_line_changes_and_its_comment_stays(city):
    before = NANJING.read_text("utf-8").splitlines()
    rewrite(read(city), "320106", 11)
    after = city.read_text("utf-8").splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [
        ('    "320106": 3             # 鼓楼', '    "320106": 11             # 鼓楼')
    ]


def test_a_file_keeps_its_mark_and_its_line_ends(city):
    text = NANJING.read_bytes().replace(b"\n", b"\r\n")
    city.write_bytes(b"\xef\xbb\xbf" + text)
    rewrite(read(city), "320106", 4)
    assert city.read_bytes() == b"\xef\xbb\xbf" + text.replace(b'"320106": 3', b'"320106": 4')


def test_nothing_but_the_file_is_left_in_its_folder(city):
    rewrite(read(city), "320106", 4)
    assert [file.name for file in city.parent.iterdir()] == ["city.yaml"]


def test_a_row_that_is_no_number_of_its_line_is_left_to_a_person_and_the_file_as_it_is(tmp_path):
    file = tmp_path / "city.yaml"
    text = HEAD + "shards:\n  count: 2\n  districts:\n    a: &same 1\n    b: *same\n"
    file.write_text(text)
    for district in "ab":
        with pytest.raises(PackError) as caught:
            rewrite(read(file), district, 0)
        assert (caught.value.code, caught.value.line) == (
            "pack.shard_table",
            {"a": 9, "b": 10}[district],
        )
    assert file.read_text() == text
    assert [one.name for one in tmp_path.iterdir()] == ["city.yaml"]


@pytest.mark.parametrize(
    ("district", "shard", "code"),
    [
        ("320199", 1, "pack.unknown_territory"),
        ("320106", 12, "pack.unknown_shard"),
        ("320106", -1, "pack.unknown_shard"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(district, shard, code):
    pack = load(NANJING.parent)
    with pytest.raises(PackError) as caught:
        refuse_unfit(pack.documents["city.yaml"], pack.city, district, shard)
    assert caught.value.code == code


@st.composite
def texts(draw):
    """A city.yaml whose table is written in one of the ways that people write."""
    rows = draw(st.dictionaries(CODES, st.integers(0, 15), min_size=1, max_size=6))
    quote = draw(st.sampled_from("'\""))
    pairs = [f"{quote}{code}{quote}:{' ' * draw(st.integers(1, 3))}{n}" for code, n in rows.items()]
    if draw(st.booleans()):
        body = f"  districts: {{{', '.join(pairs)}}}   # 3: all of them\n"
    else:
        body = "  districts:\n" + "".join(f"    {one}   # 区 {len(one)}\n" for one in pairs)
    return rows, f"{HEAD}shards:\n  count: 16   # of them\n{body}departments: []\n"


@settings(max_examples=150, deadline=None)
@given(texts(), st.data())
def test_every_district_has_one_shard_before_and_after_a_move(tmp_path_factory, found, data):
    rows, text = found
    file = tmp_path_factory.getbasetemp() / "moved" / "city.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    for _ in range(3):
        before = table(file)
        district = data.draw(st.sampled_from(sorted(rows)))
        shard = data.draw(st.integers(0, 15))
        rewrite(read(file), district, shard)
        after = table(file)
        assert after.districts == moved(before, district, shard)
        assert after.districts.keys() == rows.keys()
        others = rows.keys() - {district}
        assert all(after.districts[one] == before.districts[one] for one in others)
        assert after == Shards(count=16, districts=dict(after.districts))
    kept = [line.partition("#")[2] for line in file.read_text("utf-8").splitlines()]
    assert kept == [line.partition("#")[2] for line in text.splitlines()]
