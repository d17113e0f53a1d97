import pytest

from messages.errors import RunError, SettingsError
from packs.authority import AuthorityFile
from streams.put_aside import chosen, of_decisions, of_verdicts, put_aside, require_office


def record(offset, event_id="e"):
    return {
        "event": {"event_id": event_id, "source": "app"},
        "origin": {"topic": "t", "partition": 0, "offset": offset},
        "reasons": [{"step": "screen", "code": "too_old", "text": "old"}],
    }


def of(offset):
    return {"topic": "t", "partition": 0, "offset": offset}


def verdict(offset, what, **change):
    event = {"schema_version": 1, "kind": "report", "event_id": "e", "source": "app"}
    body = {
        "schema_version": 1,
        "verdict_id": "v",
        "verdict": what,
        "of": of(offset),
        "event_id": "e",
        "author": "duty",
        "reason": "seen",
        "decided_at": "2026-11-23T12:00:00Z",
        "lane": "reports",
        "event": {**event, "occurred_at": "2026-11-23T12:00:00Z"},
    }
    return body | change


@pytest.mark.parametrize(
    "body", [{"x": 1}, [1], verdict(1, "discard", reason=""), verdict(1, None)], ids=range(4)
)
def test_what_is_no_verdict_decided_nothing(body):
    assert list(of_verdicts([body])) == []


def test_what_was_decided_on_is_known_and_the_first_verdict_stands():
    verdicts = [verdict(1, "release"), verdict(1, "discard"), verdict(2, "discard")]
    found = put_aside([record(1), record(2), record(3)], of_verdicts(verdicts))
    assert [one.verdict for one in found] == ["released", "discarded", ""]


def test_a_run_tells_its_verdicts_by_its_decisions():
    decisions = [
        {"outcome": "routed"},
        {"outcome": "routed", "released_from": of(1)},
        {"outcome": "discarded", "released_from": of(2)},
    ]
    assert list(of_decisions(decisions)) == [("t/0/1", "released"), ("t/0/2", "discarded")]


def test_a_record_put_aside_twice_by_a_repeated_unit_stands_once():
    assert len(put_aside([record(1), record(1)], [])) == 1


def test_a_record_is_named_by_its_event_or_its_origin():
    found = put_aside([record(1, "a"), record(2, "b")], [])
    assert [one.where for one in chosen(found, ["b", "t/0/1"])] == ["t/0/2", "t/0/1"]


@pytest.mark.parametrize(("name", "code"), [("x", "run.not_in_quarantine"), ("e", "run.ambiguous")])
def test_a_name_that_means_none_or_several_is_refused(name, code):
    with pytest.raises(RunError) as caught:
        chosen(put_aside([record(1), record(2)], []), [name])
    assert caught.value.code == code


@pytest.mark.parametrize("author", ["stranger", "clerk"])
def test_only_whom_the_pack_names_decides_on_quarantine(author):
    authority = AuthorityFile.model_validate(
        {
            "schema_version": 1,
            "officers": (
                {"officer": "duty", "name": "d", "office": "city", "powers": ("quarantine",)},
                {"officer": "clerk", "name": "c", "office": "city"},
            ),
        }
    )
    require_office(authority, "duty")
    with pytest.raises(SettingsError, match="duty"):
        require_office(authority, author)
