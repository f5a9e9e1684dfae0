"""Events survive the way into a row and back, whatever they hold and whoever wrote them."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given

from agentmux.core import events as e
from agentmux.core.facts import AnyFact, Asked, Strange, TurnEnded, UsageTotal
from agentmux.core.fleet import Fleet, apply_all
from agentmux.core.session import Gauge
from agentmux.core.state import SessionState
from agentmux.core.usage import Tokens
from agentmux.errors import LedgerError
from agentmux.ledger import codec
from tests.support.events import EVENTS, HISTORIES, at, in_state, instances, opened


@given(EVENTS)
def test_any_event_round_trips(event: e.Event) -> None:
    row = codec.encode_event(event)
    assert all(text.isascii() for text in row if text)
    assert codec.decode_event(row) == event


@pytest.mark.parametrize("kind", get_args(AnyFact), ids=codec.kind_of)
def test_every_fact_round_trips(kind: type) -> None:
    @given(instances(kind))
    def round_trips(fact: AnyFact) -> None:
        assert codec.decode_event(codec.encode_event(reported(fact))) == reported(fact)

    round_trips()


@given(instances(Gauge))
def test_any_gauge_round_trips(gauge: Gauge) -> None:
    assert codec.decode(Gauge, codec.encode(gauge)) == gauge


@given(HISTORIES)
def test_any_fleet_round_trips(history: list[e.Event]) -> None:
    fleet = apply_all(Fleet(), enumerate(history, 1))
    again = codec.decode(Fleet, codec.encode(fleet))
    assert again == fleet
    assert list(again.sessions) == list(fleet.sessions)  # the order of opening is part of it


def reported(*facts: AnyFact) -> e.Reported:
    return e.Reported(at=at(), session="s1", run=1, source="hook", facts=facts)


def changed_body(event: e.Event, changes: dict[str, object]) -> e.Event | None:
    row = codec.encode_event(event)
    return codec.decode_event(row._replace(body=json.dumps(json.loads(row.body) | changes)))


def test_a_fact_is_stored_under_its_name_and_choices_as_their_word() -> None:
    stored = json.loads(codec.encode_event(reported(TurnEnded(at=at(), how="done"))).body)
    assert stored["facts"] == [
        {"fact": "turn_ended", "at": "2026-03-01T12:00:00.123456Z", "how": "done", "text": ""}
    ]


@pytest.mark.parametrize("amount", ["0.1", "0.30", "1E-12", "123456789012345678901234567890.5"])
def test_money_is_kept_to_the_digit(amount: str) -> None:
    fact = UsageTotal(at=at(), usd=Decimal(amount), tokens=Tokens(1, 2, 3, 4, 5))
    row = codec.encode_event(reported(fact))
    assert f'"{amount}"' in row.body
    decoded = codec.decode_event(row)
    assert isinstance(decoded, e.Reported)
    assert isinstance(total := decoded.facts[0], UsageTotal)
    assert str(total.usd) == amount
    assert total.tokens == fact.tokens


@pytest.mark.parametrize(
    "stored",
    [
        {"fact": "dreamt", "of": "sheep"},
        {},
        {"fact": None},
        {"fact": ["ready"]},
        {"fact": "turn_ended"},
        {"fact": "usage", "response": "r", "tokens": 7},
        {"fact": "usage", "response": "r", "tokens": {}, "reported_usd": "much"},
    ],
    ids=["kind", "no tag", "null tag", "list", "missing field", "tokens", "money"],
)
def test_a_fact_that_is_not_understood_is_strange_and_its_row_still_counts(
    stored: dict[str, object],
) -> None:
    facts = [{"at": row_time(), **stored}, {"at": row_time(), "fact": "asked", "kind": "plan"}]
    decoded = changed_body(reported(), {"facts": facts, "feed": "x.jsonl", "offset": 7})
    assert isinstance(decoded, e.Reported)
    assert isinstance(decoded.facts[0], Strange)
    assert decoded.facts[1] == Asked(at=at(), kind="plan")
    assert (decoded.feed, decoded.offset) == ("x.jsonl", 7)


def row_time() -> str:
    return codec.encode_event(reported()).at


@pytest.mark.parametrize("facts", [7, [7], [{"fact": "ready"}], [{"fact": "ready", "at": 7}]])
def test_facts_that_are_none_leave_the_row_out(facts: object) -> None:
    assert changed_body(reported(), {"facts": facts}) is None


def test_money_that_is_none_leaves_the_row_out() -> None:
    usage = e.UsageReported(
        at=at(), session="s1", response="r", model="m", tokens=Tokens(), source="hook"
    )
    assert changed_body(usage, {"cost_usd": "0.25"}) == replace(usage, cost_usd=Decimal("0.25"))
    assert changed_body(usage, {"cost_usd": "much"}) is None


def test_every_event_has_a_kind_of_its_own() -> None:
    assert list(codec.KINDS.values()) == list(get_args(e.Event))
    assert codec.kind_of(e.SessionOpened) == "session_opened"


def test_a_row_reads_as_its_event() -> None:
    event = opened("s7", task="fix\nit", argv=("claude", "--model", "x"), key=None)
    row = codec.encode_event(event)
    assert row[:3] == ("2026-03-01T12:00:00.123456Z", "s7", "session_opened")
    stored = json.loads(row.body)
    assert stored["argv"] == ["claude", "--model", "x"]
    assert stored["task"] == "fix\nit"
    assert not {"at", "session", "key"} & set(stored)


def test_a_path_that_is_not_utf8_is_kept() -> None:
    row = codec.encode_event(opened(worktree="/tmp/a\udcffb"))
    assert "\\udcff" in row.body
    decoded = codec.decode_event(row)
    assert isinstance(decoded, e.SessionOpened)
    assert decoded.worktree == "/tmp/a\udcffb"


def test_none_inside_json_is_kept_and_tuples_come_back_as_tuples() -> None:
    event = in_state("s1", "quiet", evidence={"a": None, "b": [1, {"c": 2.5}]})
    assert codec.decode_event(codec.encode_event(event)) == event
    size = codec.decode_event(codec.encode_event(opened(size=(80, 24))))
    assert isinstance(size, e.SessionOpened)
    assert size.size == (80, 24)


def test_times_are_kept_in_utc() -> None:
    berlin = datetime(2026, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    row = codec.encode_event(replace(in_state("s1", "quiet"), at=berlin))
    assert row.at == "2026-03-01T12:00:00.000000Z"
    decoded = codec.decode_event(row)
    assert decoded is not None
    assert (decoded.at, decoded.at.tzinfo) == (berlin, UTC)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(LedgerError, match=r"A StateChanged cannot be recorded: a time without"):
        codec.encode_event(replace(in_state("s1", "quiet"), at=datetime(2026, 3, 1)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1j, {1, 2}, b"x"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    event = e.Completed(at=at(), request="r", result={"x": value})  # type: ignore[dict-item]
    with pytest.raises(LedgerError, match="A Completed cannot be recorded"):
        codec.encode_event(event)
    with pytest.raises(LedgerError, match="A Gauge cannot be recorded"):
        codec.encode(Gauge(cpu_pct=value))  # type: ignore[arg-type]


def test_a_session_id_that_is_not_ours_is_refused() -> None:
    with pytest.raises(LedgerError):
        codec.encode_event(in_state("s\udcff", "quiet"))


def test_a_field_of_a_newer_writer_is_ignored() -> None:
    row = codec.encode_event(in_state("s1", "quiet"))
    newer = row._replace(body=json.dumps(json.loads(row.body) | {"mood": "good"}))
    assert codec.decode_event(newer) == in_state("s1", "quiet")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "moon_landed"},
        {"body": '{"to":"levitating","source":"shim"}'},
        {"body": '{"source":"shim"}'},
        {"body": "[]"},
        {"body": '{"to":'},
        {"at": "yesterday"},
        {"at": 7},
    ],
    ids=["kind", "state", "missing field", "not an object", "not JSON", "time", "type"],
)
def test_a_row_that_is_not_understood_is_none(changes: dict[str, str]) -> None:
    row = codec.encode_event(in_state("s1", "quiet"))
    assert codec.decode_event(row) is not None
    assert codec.decode_event(row._replace(**changes)) is None


@pytest.mark.parametrize("text", ["", "[]", "7", '{"last_change": 5}', '{"last_change": "x"}'])
def test_text_that_is_no_gauge_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        codec.decode(Gauge, text)


def test_none_is_written_where_it_is_not_the_default() -> None:
    @dataclass(frozen=True)
    class Choice:
        colour: str | None = "red"
        state: SessionState | None = None

    assert codec.encode(Choice(colour=None)) == '{"colour":null}'
    assert codec.decode(Choice, '{"colour":null}') == Choice(colour=None)


def test_a_field_type_without_a_form_is_found_at_once() -> None:
    @dataclass(frozen=True)
    class Odd:
        phase: complex

    with pytest.raises(TypeError, match="no form for"):
        codec.decode(Odd, "{}")
