import pytest
from screen_events import HOUR, NOW, code, facts, screen

FUTURE = screen({"check": "future", "max_minutes": 10})
OLD = screen({"check": "too_old", "hours": {"report": 72, "reading": 2}})


def test_an_event_of_the_future_is_held_back_beyond_the_allowed_minutes():
    assert code(FUTURE, occurred_at=NOW + 601) == "future"
    assert code(FUTURE, occurred_at=NOW + 600) is None


def test_age_is_limited_by_kind():
    assert code(OLD, occurred_at=NOW - 72 * HOUR - 1) == "too_old"
    assert code(OLD, occurred_at=NOW - 72 * HOUR) is None
    assert code(OLD, kind="reading", occurred_at=NOW - 3 * HOUR) == "too_old"


def test_a_kind_without_a_limit_is_never_too_old():
    assert code(OLD, kind="alarm", occurred_at=0.0) is None


@pytest.mark.parametrize(
    ("hours", "text"),
    [(80, "3.3 d old; reports count for 3.0 d"), (73, "3.0 d old; reports count for 3.0 d")],
)
def test_the_finding_tells_the_age_and_the_limit(hours, text):
    assert OLD.check(facts(occurred_at=NOW - hours * HOUR)).finding.text == text
