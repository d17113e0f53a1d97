import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.text import normalise
from rules.words import Words

LAW = settings(max_examples=100, deadline=None)  # a busy machine is no fault
ALPHABET = "积水道路fire A1"


def found(words, text):
    compiled = Words(words)
    return [compiled.words[i] for i in compiled.find(text)]


@pytest.mark.parametrize("text", ["ＦＩＲＥ", "Fire", "fire", "ﬁre"])
def test_full_width_capitals_and_ligatures_are_the_same_word(text):
    assert normalise(text) == "fire"


def test_a_word_is_found_anywhere_in_a_chinese_text():
    assert found(["积水"], "昨夜积水严重") == ["积水"]


@pytest.mark.parametrize("text", ["fireplace", "campfire", "fire2", "wildfires"])
def test_a_latin_word_is_not_found_inside_another(text):
    assert found(["fire"], text) == []


@pytest.mark.parametrize("text", ["fire", "there was fire!", "着火fire了", "fire-brigade"])
def test_a_latin_word_is_found_between_spaces_signs_and_chinese(text):
    assert found(["fire"], text) == ["fire"]


def test_a_word_in_a_longer_one_is_found_with_it():
    assert found(["积水", "道路积水"], "道路积水") == ["积水", "道路积水"]


def test_a_word_that_comes_twice_counts_once():
    assert found(["积水"], "积水积水") == ["积水"]


def test_no_words_find_nothing():
    assert found([], "积水") == []


@LAW
@given(
    st.lists(st.text(ALPHABET, min_size=1, max_size=4).filter(str.strip), max_size=6),
    st.text(ALPHABET, max_size=20),
)
def test_the_automaton_finds_what_a_plain_search_finds(words, text):
    def latin(char):
        return char.isascii() and char.isalnum()

    def plain(word):
        form, inside = normalise(word).strip(), normalise(text)
        for at in range(len(inside) - len(form) + 1):
            end = at + len(form)
            if inside[at:end] != form:
                continue
            left = at > 0 and latin(form[0]) and latin(inside[at - 1])
            right = end < len(inside) and latin(form[-1]) and latin(inside[end])
            if not left and not right:
                return True
        return False

    assert found(words, text) == [word for word in words if plain(word)]


@pytest.mark.parametrize(
    "word", ["无", "或者", "煅"]
)  # their last byte in UTF-8 looks like a space
def test_every_byte_of_a_character_counts(word):
    assert found([word], f"有{word}的") == [word]
    assert found([f" {word}\t"], word) == [f" {word}\t"]
