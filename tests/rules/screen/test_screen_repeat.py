from screen_events import HOUR, desk, screen

REPEAT = {"check": "repeat", "window_hours": 24}
TRUSTED = {"check": "source", "source": ["app"], "effect": "pass"}


def test_an_id_that_was_seen_is_put_aside_and_names_what_it_opened():
    finding = screen(REPEAT).repeat_of(desk(), "003-261123-0000007", None)
    assert finding.text == "event id seen within 24 h; it opened incident 003-261123-0000007"
    assert (finding.code, finding.effect) == ("repeat", "quarantine")


def test_an_id_whose_first_event_was_put_aside_says_so():
    assert screen(REPEAT).repeat_of(desk(), None, None).text.endswith("it was put aside")


def test_a_repeat_may_only_be_marked():
    assert screen(REPEAT | {"effect": "mark"}).repeat_of(desk(), "x", None).effect == "mark"


def test_a_pack_may_say_whose_repeats():
    rules = screen(REPEAT | {"source": ["hotline"]})
    assert rules.repeat_of(desk(source="app"), "x", None) is None
    assert rules.repeat_of(desk(source="hotline"), "x", None) is not None


def test_what_was_let_through_before_is_asked_no_more():
    assert screen(TRUSTED, REPEAT).repeat_of(desk(), "x", "source") is None
    assert screen(REPEAT, TRUSTED).repeat_of(desk(), "x", "source") is not None


def test_the_window_is_there_to_read_also_without_a_filter():
    assert screen(REPEAT | {"window_hours": 2}).repeat_window_s == 2 * HOUR
    assert screen().repeat_window_s == 24 * HOUR
    assert screen().repeat_of(desk(), "x", None) is None
