import time

import pytest
from screen_events import code, facts, screen

BLANK = screen({"check": "blank"})
CONTACT = screen(
    {
        "check": "contact_only",
        "words": ["您好", "您", "联系电话", "电话", "先生", "女士", "张", "Thank you", "tel"],
    }
)
TRIAL = screen(
    {
        "check": "test_message",
        "texts": ["测试", "This is a test", "111", "!?"],
        "prefixes": ["【系统测试】", "联调", "ticket test"],
    }
)
SAYS_MORE = [{"has_media": True}, {"has_hint": True}, {"kind": "alarm"}]


@pytest.mark.parametrize("text", ["", " ", "\u3000\n", "\u200b\ufeff", " \u200b "])
def test_a_report_that_says_nothing_is_blank(text):
    assert code(BLANK, text=text) == "blank"


@pytest.mark.parametrize("more", SAYS_MORE)
def test_a_picture_a_hint_or_a_device_says_something(more):
    assert code(BLANK, text="", **more) is None


@pytest.mark.parametrize("text", ["水", "!", "\u200b水", " 1"])
def test_a_report_with_one_visible_character_is_not_blank(text):
    assert code(BLANK, text=text) is None


def test_a_pack_may_ask_for_the_texts_of_alarms_too():
    rules = screen({"check": "blank", "kind": ["report", "alarm"]})
    assert code(rules, text="", kind="alarm") == "blank"


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "张先生 138-1234-5678",
        "您好,联系电话:13812345678",
        "１３８１２３４５６７８",
        "TEL: 025 8888 8888, thank you!",
        "您好您您好",
        "先生",
        "您好,张* 138-****-**78",
        "???",
    ],
)
def test_a_number_a_name_and_a_greeting_tell_nobody_what_has_happened(text):
    assert code(CONTACT, text=text) == "contact_only"


@pytest.mark.parametrize(
    "text", ["您好 积水 13812345678", "着火 13812345678", "张家湾", "telegraph pole", ""]
)
def test_one_other_word_says_something(text):
    assert code(CONTACT, text=text) is None


@pytest.mark.parametrize("more", SAYS_MORE)
def test_a_number_beside_a_picture_or_a_hint_is_a_report(more):
    assert code(CONTACT, text="13812345678", **more) is None


def test_the_number_itself_does_not_stand_in_the_reason():
    text = CONTACT.check(facts(text="张先生 13812345678")).finding.text
    assert "138" not in text
    assert text.startswith("15 characters")


def test_contact_words_are_taken_away_in_one_pass_however_the_text_is_made():
    rules = screen({"check": "contact_only", "words": ["a", "aa", "aaa", "ab"]})
    began = time.process_time()
    assert code(rules, text="a" * 3999 + "x") is None
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("text", ["测试", " 测试!!", "测 试。", "THIS IS A TEST.", "１１１", "!?"])
def test_a_text_that_is_a_test_is_found_with_and_without_its_punctuation(text):
    assert code(TRIAL, text=text) == "test_message"


@pytest.mark.parametrize("text", ["【系统测试】路口积水", " 联调数据", "Ticket test 5"])
def test_a_text_that_begins_as_a_test_is_found(text):
    assert code(TRIAL, text=text) == "test_message"


@pytest.mark.parametrize(
    "text", ["测试过消火栓没有水", "1111", "ticket tested", "路口积水 联调", "!", ""]
)
def test_a_text_that_only_holds_such_words_is_no_test(text):
    assert code(TRIAL, text=text) is None
