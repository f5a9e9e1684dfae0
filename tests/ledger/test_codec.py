"""Events survive the way into a row and back, whatever they hold and whoever wrote them."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given

from agentmux.core import events as e
from agentmux.core.fleet import Fleet, apply_all
from agentmux.core.session import Gauge
from agentmux.core.state import SessionState
from agentmux.errors import LedgerError
from agentmux.ledger import codec
from tests.support.events import EVENTS, HISTORIES, at, in_state, instances, opened


@given(EVENTS)
def test_any_event_round_trips(event: e.Event) -> None:
    row = codec.encode_event(event)
    assert all(text.isascii() for text in row if text)
    assert codec.decode_event(row) == event


@given(instances(Gauge))
def test_any_gauge_round_trips(gauge: Gauge) -> None:
    assert codec.decode(Gauge, codec.encode(gauge)) == gauge


@given(HISTORIES)
def test_any_fleet_round_trips(history: list[e.Event]) -> None:
    fleet = apply_all(Fleet(), enumerate(history, 1))
    again = codec.decode(Fleet, codec.encode(fleet))
    assert again == fleet
    assert list(again.sessions) == list(fleet.sessions)  # the order of opening is part of it


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


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal(1), {1, 2}, b"x"])
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
        price: Decimal

    with pytest.raises(TypeError, match="no form for"):
        codec.decode(Odd, "{}")
