"""The words of a pack's ``classify.yaml`` are checked against each other."""

import shutil
from pathlib import Path

import pytest

import packs
from messages.errors import PackError
from packs.classify import ClassifyFile
from packs.yaml_file import read_model

SOUND = Path(__file__).parents[1] / "packs" / "sound"
LEXICON = """\
schema_version: 1
lexicon:
  - {category: "0401", words: [着火, no fire exit]}
urgent_words:
  - {name: 生命危险, priority: P1, words: [被困]}
"""


@pytest.fixture
def pack(tmp_path):
    return Path(shutil.copytree(SOUND, tmp_path / "pack"))


def written(pack, more):
    file = pack / "classify.yaml"
    file.write_text(LEXICON + more)
    return file


def test_a_negation_and_a_trained_model_are_read(pack):
    file = written(
        pack,
        "negation: {words: [没有, No], fillers: [发现], joiners: [、], after: [已修好],"
        " past: [以前], exceptions: [没收], reach: 2}\n"
        "trained: {file: trained/model.bin, threshold: 0.7}\n",
    )
    classify = read_model(file, ClassifyFile)
    assert classify.negation.words == ("没有", "No")
    assert (classify.negation.reach, classify.trained.threshold) == (2, 0.7)


def test_a_pack_needs_neither(pack):
    classify = read_model(written(pack, ""), ClassifyFile)
    assert (classify.negation, classify.trained) == (None, None)


@pytest.mark.parametrize(
    ("more", "line", "code"),
    [
        ("negation:\n  words: [没有]\n  fillers: [有, 有]\n", 8, "pack.duplicate_word"),
        ("negation:\n  words: [没有, No]\n  exceptions: [ＮＯ]\n", 8, "pack.duplicate_word"),
        ("negation:\n  words: [没有, 被困]\n", 5, "pack.word_is_negator"),
        ("negation:\n  words: [没有, 着火]\n", 3, "pack.word_is_negator"),
        ("negation: {fillers: [有]}\n", 6, "pack.missing_field"),
        ("negation: {words: []}\n", 6, "pack.wrong_value"),
        ("negation: {words: [没], reach: 21}\n", 6, "pack.wrong_value"),
        ("trained: {file: ../model.bin, threshold: 0.7}\n", 6, "pack.wrong_value"),
        ("trained: {file: model.bin, threshold: 1.1}\n", 6, "pack.wrong_value"),
        ("trained: {file: model.bin}\n", 6, "pack.missing_field"),
    ],
)
def test_a_fault_is_named_with_its_line_and_mend(pack, more, line, code):
    written(pack, more)
    with pytest.raises(PackError) as caught:
        packs.load(pack)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert caught.value.mend
