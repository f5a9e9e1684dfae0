"""Program status, titles, the session file and the status line."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens
from tests.agents.claude_code.recorded import AT, SAMPLES, parse
from tests.support.replay import rows

THEN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MILLISECONDS = int(THEN.timestamp() * 1000)


def status(state: str, kind: str = "", said: str = "") -> list[f.AnyFact]:
    message = base64.b64encode(said.encode()).decode()
    data = f"state={state}:app=claude-code:kind={kind}:msg={message}"
    return parse(Source.OSC7501, {"data": data})


@pytest.mark.parametrize(
    ("kind", "said", "text"),
    [
        ("permission", "approve Bash: touch x: y", "touch x: y"),
        ("permission", "approve notes - get (MCP): {}", "{}"),
        ("permission", "something new", "something new"),
        ("question", "answer: Which color? (Red · Blue)", "Which color?"),
        ("question", "answer: Really (yes)?", "Really (yes)?"),
        ("question", "Which?", "Which?"),
    ],
)
def test_asks_without_the_words_around_them(kind: f.AskKind, said: str, text: str) -> None:
    assert status("blocked", kind, said) == [f.Asked(at=AT, kind=kind, text=text)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("1 shell still running", f.TurnEnded(at=AT, how="unknown")),
        ("12 shells still running", f.TurnEnded(at=AT, how="unknown")),
        ("the shell is still running", f.Working(at=AT, activity="the shell is still running")),
        ("", f.Working(at=AT)),
    ],
)
def test_a_command_in_the_background_holds_no_turn(said: str, expected: f.AnyFact) -> None:
    assert status("working", said=said) == [expected]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("✳ Fix notes", "Fix notes"),
        ("◐ Fix notes", "Fix notes"),
        ("Fix notes", "Fix notes"),
        ("✳ Claude Code", None),
        ("Claude Code", None),
        ("✳ ", None),
        ("", None),
    ],
)
def test_titles(title: str, name: str | None) -> None:
    expected = [f.Titled(at=AT, title=name)] if name else []
    assert parse(Source.TITLE, {"text": title}) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "idle"}, f.TurnEnded(at=THEN, how="unknown")),
        ({"status": "shell"}, f.TurnEnded(at=THEN, how="unknown")),
        ({"status": "busy"}, f.Working(at=THEN)),
        (
            {"status": "waiting", "waitingFor": "permission prompt"},
            f.Asked(at=THEN, kind="permission"),
        ),
        ({"status": "waiting", "waitingFor": "input needed"}, f.Asked(at=THEN, kind="question")),
        (
            {"status": "waiting", "waitingFor": "dialog open"},
            f.Asked(at=THEN, kind="setup", text="dialog open"),
        ),
        ({"status": "waiting"}, f.Asked(at=THEN, kind="question")),
        ({"status": "napping"}, f.Strange(at=THEN, what="session status 'napping'")),
    ],
)
def test_the_session_file(fields: dict[str, Any], expected: f.AnyFact) -> None:
    record = {"sessionId": "c1", "statusUpdatedAt": MILLISECONDS, **fields}
    assert parse(Source.REGISTRY, record) == [f.ConversationNamed(at=THEN, id="c1"), expected]


def test_a_session_file_of_an_older_version_says_nothing() -> None:
    first = next(rows(SAMPLES / "session-registry.jsonl"))["v"]
    assert "status" not in first
    assert parse(Source.REGISTRY, first) == []


def test_the_status_line() -> None:
    *_, last = rows(SAMPLES / "statusline-usage-limit-subscription.jsonl")
    assert parse(Source.STATUSLINE, last["p"]) == [
        f.UsageTotal(at=AT, usd=Decimal("0.0032"), scope="006b80bb-32c1-461b-b146-a746d620aecd"),
        f.ModelChosen(at=AT, model="claude-sonnet-5-5"),
        f.Quota(
            at=AT,
            window="five_hour",
            used_pct=100,
            resets=datetime(2026, 11, 23, 14, 36, 20, tzinfo=UTC),
        ),
    ]


def test_a_status_line_of_another_form_says_what_it_can() -> None:
    record = {"fast_mode": True, "model": {"id": "m"}, "rate_limits": {"day": {"used": 1}, "x": 3}}
    assert parse(Source.STATUSLINE, record) == [f.ModelChosen(at=AT, model="m", fast=True)]
    assert Tokens().is_empty
