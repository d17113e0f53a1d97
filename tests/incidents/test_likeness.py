"""How alike two texts and two pictures are, from what is kept of them."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.likeness import PHOTO_BITS, SKETCH, likeness, same_picture, sketch

TEXTS = st.text(st.sampled_from("路口井盖破损灯不亮积水严重abc ,。"), max_size=60)


def pairs(text):
    plain = "".join(c for c in text.casefold() if c.isalnum())
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


@given(TEXTS, TEXTS)
def test_short_texts_are_as_alike_as_the_jaccard_index_of_their_pairs(one, other):
    mine, theirs = pairs(one), pairs(other)
    found = likeness(sketch(one), sketch(other))
    if not mine or not theirs:
        assert found is None
    elif len(mine | theirs) <= SKETCH:  # nothing is left out: the estimate is exact
        assert found == pytest.approx(len(mine & theirs) / len(mine | theirs))


@given(TEXTS, TEXTS)
def test_likeness_is_symmetric_and_a_share(one, other):
    found = likeness(sketch(one), sketch(other))
    assert found == likeness(sketch(other), sketch(one))
    assert found is None or 0 <= found <= 1
    assert likeness(sketch(one), sketch(one)) in (None, 1.0)


def test_of_long_texts_the_estimate_is_within_what_is_said_of_it():
    # chance, but always the same: characters of the CJK block, half of the pairs in common
    rng, errors = random.Random(7), []
    for _ in range(200):
        common, mine, theirs = (
            "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(length))
            for length in (120, 60, 60)
        )
        one, other = common + mine, common + theirs
        true = len(pairs(one) & pairs(other)) / len(pairs(one) | pairs(other))
        found = likeness(sketch(one), sketch(other))
        errors.append(found - true)
    assert sum(abs(error) <= 0.2 for error in errors) >= 190 - 8  # 95 %, with room for chance
    assert abs(sum(errors) / len(errors)) < 0.03


def test_case_space_and_punctuation_do_not_count():
    assert sketch("Manhole, broken!") == sketch("MANHOLE broken")
    assert sketch("井 盖。破损") == sketch("井盖破损")


@pytest.mark.parametrize("text", ["", "a", "!?", " 盖 "])
def test_a_text_without_a_pair_has_no_sketch_and_is_like_nothing(text):
    assert sketch(text) == ""
    assert likeness(sketch(text), sketch("井盖破损")) is None


@given(st.text(max_size=300))
def test_a_sketch_is_short_and_holds_no_word_of_the_text(text):
    raw = base64.b64decode(sketch(text))
    assert len(raw) <= 4 * SKETCH


def test_pictures_are_the_same_up_to_a_few_bits():
    one = 0x0123456789ABCDEF
    close, far = one ^ (2**PHOTO_BITS - 1), one ^ (2 ** (PHOTO_BITS + 1) - 1)
    assert same_picture((f"{one:016x}",), (f"{far:016x}", f"{close:016x}"))
    assert not same_picture((f"{one:016x}",), (f"{far:016x}",))
    assert not same_picture((), (f"{one:016x}",))
