"""Gemini CLI's hooks, record by record."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agentmux.agents import gemini_cli
from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.gemini_cli.samples import NOW, lines

AT = datetime(2026, 11, 23, 13, 52, 3, 880000, tzinfo=UTC)
STAMP = "2026-11-23T13:52:03.880Z"


def told(event: str, **payload: Any) -> list[f.AnyFact]:
    """The facts of one payload."""
    record = {"hook_event_name": event, "timestamp": STAMP, **payload}
    return gemini_cli.parse(Source.HOOK, record, NOW)


@pytest.mark.parametrize(
    ("event", "payload", "facts"),
    [
        ("BeforeAgent", {"prompt": "go"}, [f.PromptSubmitted(at=AT, text="go", by="person")]),
        ("AfterAgent", {"prompt_response": " \nwell "},
         [f.TurnEnded(at=AT, how="unknown", text="well")]),
        ("AfterAgent", {"prompt_response": "[no response text]"},
         [f.TurnEnded(at=AT, how="unknown")]),
        ("SessionEnd", {"reason": "exit"}, [f.Ended(at=AT, why="exit")]),
        ("SessionEnd", {"reason": "clear"}, []),
        ("PreCompress", {"trigger": "auto"}, []),
        ("PreCompress", {"trigger": "manual"}, [f.Compacted(at=AT, automatic=False)]),
        ("AfterModel", {"llm_response": {}}, []),
        ("Notification", {"notification_type": "Idle", "message": "hello"}, []),
        ("Earthquake", {}, [f.Strange(at=AT, what="hook 'Earthquake'")]),
    ],
)  # fmt: skip
def test_a_payload(event: str, payload: dict[str, Any], facts: list[f.AnyFact]) -> None:
    assert told(event, **payload) == facts


def test_a_start_names_the_conversation_and_its_file() -> None:
    payload = {"session_id": "abc", "transcript_path": "/h/chat.jsonl", "source": "resume"}
    assert told("SessionStart", **payload) == [
        f.ConversationNamed(at=AT, id="abc", why="resume", path="/h/chat.jsonl"),
        f.Ready(at=AT),
    ]


def test_tools() -> None:
    written = {"file_path": "/r/a.py", "content": "é"}
    assert told("BeforeTool", tool_name="write_file", tool_input=written) == [
        f.ToolStarted(at=AT, tool="write_file", paths=("/r/a.py",),
                      input='{"file_path": "/r/a.py", "content": "é"}')
    ]  # fmt: skip
    run = {"command": "ls -l", "description": "lists"}
    assert told("BeforeTool", tool_name="run_shell_command", tool_input=run) == [
        f.ToolStarted(at=AT, tool="run_shell_command", input="ls -l")
    ]
    read = told("BeforeTool", tool_name="read_file", tool_input={"file_path": "/r/a.py"})
    assert isinstance(read[0], f.ToolStarted) and read[0].paths == ()
    failed = {"error": {"message": "no such file"}}
    assert told("AfterTool", tool_name="read_file", tool_response=failed) == [
        f.ToolEnded(at=AT, tool="read_file", ok=False, error="no such file")
    ]
    assert told("AfterTool", tool_name="ls", tool_response={"llmContent": "a"}) == [
        f.ToolEnded(at=AT, tool="ls", ok=True)
    ]


@pytest.mark.parametrize(
    ("details", "kind", "text"),
    [
        ({"type": "exec", "command": "rm x", "title": "Confirm"}, "permission", "rm x"),
        ({"type": "mcp", "toolName": "t", "title": "Confirm MCP"}, "permission", "Confirm MCP"),
        ({"type": "info", "prompt": "Fetch u?", "title": "Confirm"}, "permission", "Fetch u?"),
        ({"type": "exit_plan_mode", "title": "Plan"}, "plan", "Plan"),
        ({"type": "ask_user", "title": "Ask User"}, "question", ""),
        ({}, "permission", "needs you"),
    ],
)
def test_what_is_asked(details: dict[str, str], kind: f.AskKind, text: str) -> None:
    asked = told("Notification", notification_type="ToolPermission", message="needs you",
                 details=details)  # fmt: skip
    tool = details.get("toolName", "")
    assert asked == [f.Asked(at=AT, kind=kind, text=text, tool=tool)]


def test_text_that_looks_like_a_prompt_changes_nothing() -> None:
    said = told("AfterAgent", prompt_response="error: [y/n] ✋ Action Required")
    assert [type(fact) for fact in said] == [f.TurnEnded]


def test_the_recorded_run_holds_nothing_strange() -> None:
    parsed = [gemini_cli.parse(Source.HOOK, row["p"], NOW) for row in lines("hooks.jsonl")]
    assert not any(isinstance(fact, f.Strange) for facts in parsed for fact in facts)
    asked = [fact for facts in parsed for fact in facts if isinstance(fact, f.Asked)]
    assert [fact.kind for fact in asked] == ["permission"] * 3 + ["question"] * 2
