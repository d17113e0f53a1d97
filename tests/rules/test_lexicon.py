import pytest

from packs.classify import Negation
from rules.lexicon import Found, Lexicon

NEGATION = Negation(
    words=("没有", "没", "不是", "no", "isn't"),
    fillers=("发现", "人", "有人", "a", "any"),
    joiners=("、", "或", "or"),
    after=("已修好",),
    past=("以前",),
    exceptions=("没收", "落水管"),
)
WORDS = ("漏水", "冒烟", "有人受伤", "受伤", "落水", "没收费", "fire", "smoke")


def find(text, words=WORDS, negation=NEGATION):
    lexicon = Lexicon(words, negation)
    found = lexicon.find(text)
    return [lexicon.words[i] for i in found.ids], [lexicon.words[i] for i in found.negated]


def test_a_word_is_affirmed_or_denied_and_never_both():
    assert Lexicon(WORDS, NEGATION).find("没有漏水，冒烟") == Found((1,), (0,))
    assert find("没有漏水，漏水") == (["漏水"], [])


def test_without_a_negation_every_word_counts():
    assert find("没有漏水", negation=None) == (["漏水"], [])


def test_a_text_without_words_finds_nothing():
    assert Lexicon(WORDS, NEGATION).find("没有人") == Found((), ())
    assert Lexicon(WORDS, NEGATION).find("") == Found((), ())
    assert Lexicon((), NEGATION).find("没有漏水") == Found((), ())


def test_a_word_that_stands_twice_in_the_list_is_denied_twice():
    assert Lexicon(("漏水", "漏水"), NEGATION).find("没有漏水") == Found((), (0, 1))


def test_words_that_overlap_a_denied_one_are_denied():
    assert find("没有人受伤") == ([], ["有人受伤", "受伤"])


def test_fillers_pass_a_denial_on_and_other_characters_do_not():
    assert find("没有发现漏水") == ([], ["漏水"])
    assert find("没有修漏水") == (["漏水"], [])


def test_a_filler_after_a_denied_word_does_not_reach_the_next():
    assert find("没有漏水有人受伤") == ([], ["漏水", "有人受伤", "受伤"]), "it touches the word"
    assert find("没有漏水发现冒烟") == (["冒烟"], ["漏水"])


def test_a_joiner_reaches_the_next_word_and_its_fillers():
    assert find("没有漏水、发现冒烟") == ([], ["漏水", "冒烟"])
    assert find("no fire or any smoke") == ([], ["fire", "smoke"])


@pytest.mark.parametrize(("reach", "denied"), [(0, False), (1, False), (2, True)])
def test_the_reach_counts_other_characters(reach, denied):
    negation = NEGATION.model_copy(update={"reach": reach})
    assert ("漏水" in find("没有厨房漏水", negation=negation)[1]) is denied


@pytest.mark.parametrize(("reach", "denied"), [(0, False), (1, True)])
def test_the_reach_counts_a_latin_word_as_one(reach, denied):
    negation = NEGATION.model_copy(update={"reach": reach})
    assert ("fire" in find("no kitchen fire", negation=negation)[1]) is denied


@pytest.mark.parametrize(
    "text", ["没有，漏水", "没有。漏水", "没有 漏水", "没有、漏水", "no; fire"]
)
def test_no_reach_crosses_a_sign(text):
    negation = NEGATION.model_copy(update={"reach": 20})
    assert find(text, negation=negation)[1] == []


def test_what_comes_after_denies_what_was_said_before():
    assert find("冒烟、漏水已修好") == ([], ["漏水", "冒烟"])
    assert find("冒烟，漏水已修好") == (["冒烟"], ["漏水"])


def test_the_past_counts_until_it_is_denied():
    assert find("以前漏水") == (["漏水"], [])
    assert find("以前漏水，现在没有漏水") == ([], ["漏水"])
    assert find("没有漏水，以前漏水") == (["漏水"], [])


def test_nothing_in_an_exception_counts_or_denies():
    assert find("落水管冒烟") == (["冒烟"], [])
    assert find("没收漏水") == (["漏水"], [])


def test_a_word_around_an_exception_counts():
    assert find("没收费") == (["没收费"], [])


def test_an_apostrophe_is_written_in_two_ways():
    assert find("it isn't fire") == find("it isn’t fire") == ([], ["fire"])


def test_a_latin_negator_is_a_whole_word():
    assert find("piano fire") == (["fire"], [])


def test_characters_beyond_the_basic_plane_do_not_shift_a_finding():
    assert find("🔥🔥没有漏水🔥冒烟") == (["冒烟"], ["漏水"])


def test_half_a_surrogate_pair_is_read_as_any_other_character():
    assert find("\ud83d没有漏水") == ([], ["漏水"])
