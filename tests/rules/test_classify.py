import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packs.classify import ClassifyFile, Negation
from packs.source import SourceFile
from packs.taxonomy import TaxonomyFile
from rules.classify import Classifier

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "未分类", "priority": "P3"},
            {"code": "0101", "name": "垃圾", "priority": "P4"},
            {"code": "0401", "name": "火灾", "priority": "P1", "life_safety": True},
            {"code": "0403", "name": "道路积水", "priority": "P2"},
            {"code": "0603", "name": "维护", "priority": "P4"},
        ),
        "sensors": (
            {"code": "smoke", "name": "烟感", "category": "0401", "upkeep": "0603"},
            {
                "code": "level",
                "name": "液位",
                "category": "0403",
                "unit": "m",
                "limits": {"above": 0.3, "below": -0.1, "priority": "P2"},
            },
        ),
    }
)
CLASSIFY = ClassifyFile.model_validate(
    {
        "schema_version": 1,
        "minimum_score": 1.0,
        "lexicon": (
            {"category": "0403", "words": ("积水", "水深"), "weight": 1.5},
            {"category": "0401", "words": ("着火", "fire"), "weight": 2.0},
            {"category": "0401", "words": ("火光",), "weight": 1.5},
            {"category": "0101", "words": ("垃圾",), "weight": 0.5},
        ),
    }
)
APP = SourceFile.model_validate(
    {
        "schema_version": 1,
        "name": "app",
        "datum": "gcj02",
        "lane": "reports",
        "category_hints": {"Street Flood": "0403", "其他": "0000"},
    }
)
CLASSIFIER = Classifier.compile(CLASSIFY, TAXONOMY, {"app": APP})


def report(text="", hint=None, source="app"):
    return CLASSIFIER.classify(text, hint, source)


def test_the_words_of_the_text_decide_and_are_kept_as_evidence():
    found = report("路口积水")
    assert (found.category, found.by, found.evidence) == ("0403", "lexicon", (("积水", 1.5),))
    assert found.reason["text"] == "积水 (1.5) → 0403 道路积水"


def test_the_weights_of_one_category_add_up():
    assert report("着火了，路口积水，水深半米").category == "0403"


def test_between_equal_scores_the_more_urgent_category_wins():
    assert report("积水 火光").category == "0401"


def test_a_score_under_the_minimum_is_not_believed_and_says_so():
    found = report("垃圾")
    assert (found.category, found.by) == ("0000", "default")
    assert found.reason["text"] == "垃圾 (0.5) is under the minimum of 1 → 0000 未分类"


def test_a_text_without_a_known_word_is_unknown():
    assert report("你好").by == "default"


def test_a_category_code_as_hint_counts_more_than_the_text():
    found = report("着火", hint="0403")
    assert (found.category, found.by) == ("0403", "hint")


@pytest.mark.parametrize("hint", ["Street Flood", "street flood", "ＳＴＲＥＥＴ flood"])
def test_a_source_s_own_word_is_mapped(hint):
    assert report("着火", hint=hint).category == "0403"


def test_another_source_s_word_is_not_mapped():
    assert report("着火", hint="Street Flood", source="web").category == "0401"


@pytest.mark.parametrize("hint", ["其他", "0000"])
def test_a_hint_that_says_unknown_leaves_it_to_the_text(hint):
    assert report("着火", hint=hint).category == "0401"


def test_a_hint_that_nothing_maps_can_be_seen_in_the_record():
    found = report("着火", hint="什么")
    assert found.by == "lexicon"
    assert found.consulted["hint_unknown"] == "什么"
    assert "hint_unknown" not in report("着火").consulted


def test_a_device_s_event_has_the_category_that_it_was_given():
    found = CLASSIFIER.of_device("0401", "smoke alarm", {"sensor": "smoke"})
    assert (found.category, found.by, found.life_safety) == ("0401", "sensor", True)
    assert found.consulted == {"sensor": "smoke"}
    assert "smoke alarm" in found.reason["text"]


@LAW
@given(st.text("积水深着火光垃圾fire 的", max_size=12), st.permutations(CLASSIFY.lexicon))
def test_the_order_of_the_lexicon_does_not_matter(text, lexicon):
    other = Classifier.compile(
        CLASSIFY.model_copy(update={"lexicon": tuple(lexicon)}), TAXONOMY, {"app": APP}
    )
    assert other.classify(text, None, "app").category == report(text).category


@LAW
@given(st.text(max_size=60), st.none() | st.text(min_size=1, max_size=10))
def test_every_report_gets_a_category_of_the_taxonomy(text, hint):
    assert report(text, hint).category in {c.code for c in TAXONOMY.categories}


DENYING = Classifier.compile(
    CLASSIFY.model_copy(update={"negation": Negation(words=("没有", "no"))}),
    TAXONOMY,
    {"app": APP},
)


def test_a_denied_word_does_not_count_and_stands_in_the_record():
    found = DENYING.classify("没有着火，路口积水", None, "app")
    assert (found.category, found.evidence, found.negated) == (
        "0403",
        (("积水", 1.5),),
        ("着火",),
    )
    assert found.reason["text"] == "积水 (1.5); denied: 着火 → 0403 道路积水"
    assert found.consulted == {"word_score": 1.5, "words": "积水 0403 1.5", "negated": "着火"}


def test_a_text_of_denied_words_is_unknown_and_says_why():
    found = DENYING.classify("没有着火，no fire", None, "app")
    assert (found.category, found.by, found.negated) == ("0000", "default", ("着火", "fire"))
    assert found.reason["text"] == "no hint, only denied words: 着火, fire → 0000 未分类"


def test_texts_with_the_same_words_and_other_denials_are_kept_apart():
    texts = ["着火 积水", "没有着火，积水", "着火，没有积水", "没有着火，没有积水"]
    found = [DENYING.classify(text, None, "app") for text in texts]
    assert [one.category for one in found] == ["0401", "0403", "0401", "0000"]


def test_the_words_of_other_categories_stand_in_the_record_too():
    assert report("着火 积水 垃圾").consulted == {
        "word_score": 2.0,
        "words": "积水 0403 1.5, 着火 0401 2, 垃圾 0101 0.5",
    }
