"""What holds of every text, with a negation of our own and with the city's."""

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from packs.classify import ClassifyFile, Negation
from packs.yaml_file import read_model
from rules.lexicon import Lexicon
from rules.words import Words

LAW = settings(max_examples=100, deadline=None)  # a busy machine is no fault
FILE = read_model(Path(__file__).parents[2] / "cities/nanjing/classify.yaml", ClassifyFile)
CITY = Lexicon((word for entry in FILE.lexicon for word in entry.words), FILE.negation)
WORDS = ("积水", "漏水", "没有水", "水管", "着火", "fire", "no water")
NEGATION = Negation(
    words=("没有", "没", "不", "no", "not"),
    fillers=("发现", "有", "a"),
    joiners=("、",),
    after=("已修好",),
    past=("以前",),
    exceptions=("没收",),
)
LEXICON = Lexicon(WORDS, NEGATION)
PIECES = (
    *WORDS,
    *NEGATION.words,
    *NEGATION.fillers,
    "、",
    "已修好",
    "以前",
    "没收",
    "管",
    "，",
    " ",
)
texts = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)
# What says nothing about any word: an unrelated sentence.
unrelated = st.text("甲乙丙丁 xyz", max_size=10)


def affirmed(text, lexicon=LEXICON):
    return {lexicon.words[i] for i in lexicon.find(text).ids}


@LAW
@given(texts | st.text(max_size=40))
def test_a_text_is_read_in_one_way(text):
    assert LEXICON.find(text) == LEXICON.find(text) == Lexicon(WORDS, NEGATION).find(text)
    assert CITY.find(text) == CITY.find(text)


@LAW
@given(texts | st.text(max_size=40))
def test_what_is_found_is_in_the_text_and_in_one_of_the_two_lists(text):
    found, there = LEXICON.find(text), set(Words(WORDS).find(text))
    assert not set(found.ids) & set(found.negated)
    assert set(found.ids) | set(found.negated) <= there
    assert list(found.ids) == sorted(found.ids)
    assert list(found.negated) == sorted(found.negated)


@LAW
@given(texts, unrelated, st.sampled_from("。；\n"))
def test_an_unrelated_sentence_behind_a_full_stop_takes_no_word_away(text, more, stop):
    assert affirmed(text) <= affirmed(f"{text}{stop}{more}")


@LAW
@given(texts, unrelated, st.sampled_from("。；\n"))
def test_an_unrelated_sentence_before_a_full_stop_changes_nothing(text, more, stop):
    assert affirmed(f"{more}{stop}{text}") == affirmed(text)


@LAW
@given(st.sampled_from(["积水", "漏水", "着火"]), st.lists(unrelated, min_size=1, max_size=4))
def test_a_word_whose_every_place_is_denied_is_denied(word, sentences):
    text = "。".join(f"{sentence}。没有{word}" for sentence in sentences)
    found = LEXICON.find(text)
    assert (found.ids, [WORDS[i] for i in found.negated]) == ((), [word])


@LAW
@given(st.sampled_from(["积水", "漏水", "着火"]), st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_word_counts_if_one_sentence_affirms_it(word, denials):
    text = "。".join(f"没有{word}" if denied else word for denied in denials)
    assert (word in affirmed(text)) is (not all(denials))


@LAW
@given(st.integers(0, 6))
def test_every_second_negator_affirms(count):
    text = "".join(("没有", "不")[i % 2] for i in range(count)) + "漏水"
    assert (affirmed(text) == {"漏水"}) is (count % 2 == 0)


@LAW
@given(texts | st.text(max_size=40))
def test_without_a_negator_the_lexicon_finds_what_the_words_are(text):
    plain = Lexicon(WORDS)
    assert plain.find(text) == (Words(WORDS).find(text), ())


@LAW
@given(st.sampled_from(PIECES), st.sampled_from(PIECES), st.sampled_from(["", "，"]))
def test_a_long_text_made_to_be_hard_is_read_in_no_time(first, second, sign):
    text = (first + second + sign) * (4000 // len(first + second + sign))
    began = time.process_time()
    LEXICON.find(text)
    assert time.process_time() - began < 1.0
