"""Where a trained model's guess comes in: after the hint, before the words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packs.classify import ClassifyFile
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile
from rules.classify import Classifier, Guess

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "未分类", "priority": "P3"},
            {"code": "0101", "name": "垃圾", "priority": "P4"},
            {"code": "0401", "name": "火灾", "priority": "P1", "life_safety": True},
            {"code": "0403", "name": "道路积水", "priority": "P2"},
        ),
        "sensors": ({"code": "smoke", "name": "烟感", "category": "0401"},),
    }
)
CLASSIFY = {
    "schema_version": 1,
    "lexicon": (
        {"category": "0401", "words": ("着火",), "weight": 2.0},
        {"category": "0403", "words": ("积水",), "weight": 1.5},
    ),
    "negation": {"words": ("没有",)},
    "trained": {"file": "trained.bin", "threshold": 0.8},
}
APP = SourceFile.model_validate(
    {
        "schema_version": 1,
        "name": "app",
        "datum": "gcj02",
        "lane": "reports",
        "category_hints": {"flood": "0403"},
    }
)


def compiled(**changes):
    file = ClassifyFile.model_validate({**CLASSIFY, **changes})
    return Classifier.compile(file, TAXONOMY, {"app": APP})


CLASSIFIER = compiled()


def report(text, guess, hint=None, classifier=CLASSIFIER):
    return classifier.classify(text, hint, "app", guess=guess)


@pytest.mark.parametrize("probability", [0.8, 0.95, 1.0])
def test_a_guess_as_probable_as_the_pack_asks_comes_before_the_words(probability):
    found = report("积水", Guess("0101", probability))
    assert (found.category, found.by, found.life_safety) == ("0101", "trained", False)


def test_a_guess_under_the_threshold_leaves_it_to_the_words_and_can_be_seen():
    found = report("着火", Guess("0101", 0.79))
    assert (found.category, found.by) == ("0401", "lexicon")
    assert (found.consulted["guess"], found.consulted["probability"]) == ("0101", 0.79)


@pytest.mark.parametrize("category", ["0000", "9999"])
def test_a_guess_that_names_no_category_is_not_believed(category):
    found = report("着火", Guess(category, 0.99))
    assert (found.category, found.by) == ("0401", "lexicon")
    assert found.consulted["guess"] == category


def test_a_guess_that_is_no_number_is_not_believed():
    assert report("着火", Guess("0101", float("nan"))).by == "lexicon"


def test_a_hint_counts_more_than_any_guess_which_can_be_seen():
    found = report("着火", Guess("0101", 0.99), hint="flood")
    assert (found.category, found.by) == ("0403", "hint")
    assert found.consulted == {"hint": "flood", "guess": "0101", "probability": 0.99}


def test_a_hint_that_nothing_maps_leaves_it_to_the_guess():
    found = report("积水", Guess("0101", 0.9), hint="什么")
    assert (found.category, found.consulted["hint_unknown"]) == ("0101", "什么")


def test_without_words_and_without_a_probable_guess_it_is_unknown():
    found = report("你好", Guess("0101", 0.3))
    assert (found.category, found.by) == ("0000", "default")
    assert found.consulted == {"guess": "0101", "probability": 0.3}


def test_a_pack_without_a_trained_model_believes_no_guess():
    found = report("着火", Guess("0101", 1.0), classifier=compiled(trained=None))
    assert (found.category, found.consulted["guess"]) == ("0401", "0101")


def test_the_record_of_a_guess_tells_what_the_words_said():
    found = report("没有着火，积水", Guess("0101", 0.91234))
    assert found.reason == {
        "step": "classify",
        "code": "trained",
        "text": "guess 0.912, at least 0.8 → 0101 垃圾",
    }
    assert found.consulted == {
        "word_score": 1.5,
        "words": "积水 0403 1.5",
        "negated": "着火",
        "guess": "0101",
        "probability": 0.912,
        "by_words": "0403",
    }
    assert found.negated == ("着火",)


def test_a_guess_takes_no_life_safety_category_away_from_the_words_that_name_it():
    kept = report("着火", Guess("0101", 0.99))
    assert (kept.category, kept.by) == ("0401", "lexicon")
    assert (kept.consulted["guess"], kept.consulted["probability"]) == ("0101", 0.99)
    assert report("积水", Guess("0401", 0.99)).category == "0401"


def test_a_guess_does_not_stay_with_the_next_report():
    before = report("着火", None)
    report("着火", Guess("0101", 0.99))
    report("着火", Guess("0101", 0.1))
    assert report("着火", None) == before
    hinted = report("着火", None, hint="flood")
    report("着火", Guess("0101", 0.99), hint="flood")
    assert report("着火", None, hint="flood") == hinted


@LAW
@given(
    st.text("着火积水没有，", max_size=10),
    st.sampled_from(["0000", "0101", "0401", "0403", "9999"]),
    st.floats(0, 1),
)
def test_a_guess_decides_if_it_is_known_and_probable_and_else_changes_nothing(text, code, p):
    found, without = report(text, Guess(code, p)), report(text, None)
    kept = without.life_safety and code != "0401"
    if code in {"0101", "0401", "0403"} and p >= 0.8 and not kept:
        assert (found.category, found.by) == (code, "trained")
    else:
        assert (found.category, found.by) == (without.category, without.by)
    assert found.consulted["probability"] == round(p, 3)
