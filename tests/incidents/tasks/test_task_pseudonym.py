import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from incidents.tasks.pseudonym import Pseudonyms, hashed, normal
from messages.errors import SettingsError

KEY, OTHER = b"k" * 32, b"o" * 32
LAW = settings(max_examples=200, deadline=None)
IDS = st.text(min_size=8, max_size=40)


def test_it_is_hmac_sha_256_as_another_tool_computes_it():
    # printf 'subject\n320106199001011234' | openssl dgst -sha256 -mac HMAC -macopt key:kk…k
    expected = "309e4758143f319e13bd4d619d38718d"
    assert Pseudonyms(KEY).digest("320106199001011234").hex() == expected


@LAW
@given(IDS)
def test_it_has_one_form_and_never_contains_the_id(subject):
    name = Pseudonyms(KEY).of(subject)
    assert len(name) == 26
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assume(len(normal(subject)) >= 8)
    assert normal(subject) not in name


@LAW
@given(IDS, IDS)
def test_two_subjects_have_two_names_and_one_has_one(one, other):
    names = Pseudonyms(KEY)
    assert (names.of(one) == names.of(other)) == (normal(one) == normal(other))


def test_registers_that_write_an_id_in_their_own_way_mean_the_same_subject():
    names = Pseudonyms(KEY)
    assert names.of(" ３２０１０６19900101123x") == names.of("32010619900101123X")


def test_another_key_gives_another_name_another_salt_and_another_fingerprint():
    one, other = Pseudonyms(KEY), Pseudonyms(OTHER)
    assert one.of("12345678") != other.of("12345678")
    assert one.salt("2026") != other.salt("2026")
    assert one.fingerprint != other.fingerprint


def test_a_subject_called_as_a_campaign_is_does_not_give_its_salt_away():
    names = Pseudonyms(KEY)
    assert names.salt("2026") != names.of("2026")


@pytest.mark.parametrize("key", [b"", b"k" * 31])
def test_a_short_key_is_refused(key):
    with pytest.raises(SettingsError, match="subject_key"):
        Pseudonyms(key)


def test_parts_are_hashed_with_their_borders():
    assert hashed("ab", "c") != hashed("a", "bc")
