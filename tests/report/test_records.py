"""Rows for other programs: their names never collide, and no secret leaves."""

import json

from agentmux.ledger import codec
from agentmux.ledger.codec import Row, encode_event
from agentmux.report.records import exported, line_of, record
from tests.support.day import asked, ended
from tests.support.events import in_state, opened

KEY = "sk-" + "a1B2c3D4" * 4


def test_a_line_begins_with_id_time_session_and_kind() -> None:
    told = record(7, encode_event(ended("s1", 3, 1, "failed", cause="limit")))
    assert list(told)[:4] == ["id", "at", "session", "kind"]
    assert (told["id"], told["session"], told["kind"]) == (7, "s1", "turn_ended")
    assert told["at"] == "2026-03-01T12:00:01.123Z"
    assert (told["turn"], told["outcome"], told["cause"]) == (3, "failed", "limit")


def test_a_kind_of_ask_or_state_has_a_name_of_its_own() -> None:
    told = record(1, encode_event(asked("s1", 1, 0, "plan")))
    assert (told["kind"], told["ask_kind"]) == ("ask_opened", "plan")
    told = record(1, encode_event(in_state("s1", "failed", kind="limit")))
    assert (told["kind"], told["state_kind"]) == ("state_changed", "limit")
    told = record(1, Row("2026-03-01T12:00:00Z", None, "later", '{"kind":1,"at":2}'))
    assert (told["kind"], told["later_kind"], told["later_at"]) == ("later", 1, 2)


def test_no_secret_leaves() -> None:
    row = encode_event(
        opened(task=f"use {KEY}", argv=("x", "hunter22hunter"), profile='"quoted"pass')
    )
    known = {"hunter22hunter", '"quoted"pass'}
    for text in (
        json.dumps(record(1, row, known)),
        json.dumps(exported(1, row, b"", known)),
        line_of(1, row, known),
    ):
        assert "a1B2c3D4" not in text
        assert "hunter22" not in text
        assert "quoted" not in text


def test_what_is_exported_comes_back_as_the_same_event() -> None:
    event = opened(task="a \udce4 \x1b[31m", branch="b")
    told = json.loads(json.dumps(exported(1, encode_event(event), b"\x01")))
    row = Row(told["at"], told["session"], told["kind"], json.dumps(told["body"]))
    assert codec.decode_event(row) == event
    assert told["chain"] == "01"


def test_a_damaged_row_is_shown_as_it_stands() -> None:
    for body in ("{", "[]", "[" * 100_000):
        told = record(1, Row("yesterday", "s1", "state_changed", body))
        assert (told["at"], told["unreadable"]) == ("yesterday", body)


def test_a_line_for_people_is_one_safe_line() -> None:
    line = line_of(1, encode_event(opened(task="a\nb\x1b[31m" + "x" * 500)))
    assert "\n" not in line and "\x1b" not in line
    assert "task=a\\nb" in line and "…" in line
