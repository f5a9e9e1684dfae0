"""What each hook of Claude Code says, payload by payload."""

import json
from typing import Any

import pytest

from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.claude_code.recorded import AT, parse

BASH = {"command": "touch x", "description": "Make a file"}
QUESTIONS = {
    "questions": [
        {
            "question": "Which color?",
            "options": [{"label": "Red", "description": "Warm"}, {"label": "Blue"}],
        },
        {"question": "Which size?", "options": [{"label": "Big"}]},
    ]
}


def hook(event: str, **fields: Any) -> list[f.AnyFact]:
    return parse(Source.HOOK, {"hook_event_name": event, "session_id": "c1", **fields})


@pytest.mark.parametrize("why", ["startup", "resume", "clear"])
def test_a_conversation_begins(why: str) -> None:
    told = hook("SessionStart", source=why, transcript_path="/t/c1.jsonl", model="claude-opus-5-5")
    assert told == [
        f.ConversationNamed(at=AT, id="c1", why=why, path="/t/c1.jsonl"),
        f.ModelChosen(at=AT, model="claude-opus-5-5"),
        f.Ready(at=AT),
    ]


def test_compaction_is_no_new_start() -> None:
    """It happens in mid-turn as well."""
    told = hook("SessionStart", source="compact", session_title="Fix it")
    assert told == [
        f.ConversationNamed(at=AT, id="c1", why="compact"),
        f.Titled(at=AT, title="Fix it"),
    ]


def test_prompts_and_who_gave_them() -> None:
    assert hook("UserPromptSubmit", prompt="go on") == [
        f.PromptSubmitted(at=AT, text="go on", by="person")
    ]
    task = "<task-notification>\n<task-id>b1</task-id>\n<summary>It is over</summary>\n</task-…"
    assert hook("UserPromptSubmit", prompt=task) == [
        f.PromptSubmitted(at=AT, text="It is over", by="task")
    ]
    assert hook("UserPromptSubmit", prompt="<task-notification>cut") == [
        f.PromptSubmitted(at=AT, by="task")
    ]


@pytest.mark.parametrize(
    ("tool", "given", "said", "paths"),
    [
        ("Bash", BASH, "touch x", ()),
        ("Write", {"file_path": "/w/a", "content": "b"}, None, ("/w/a",)),
        ("NotebookEdit", {"notebook_path": "/w/n", "new_source": "b"}, None, ("/w/n",)),
        ("Read", {"file_path": "/w/a"}, None, ()),
        ("mcp__notes__get", {"id": 7}, None, ()),
    ],
)
def test_a_tool_begins(tool: str, given: dict[str, Any], said: str | None, paths: Any) -> None:
    told = hook("PreToolUse", tool_name=tool, tool_input=given, tool_use_id="t1")
    text = json.dumps(given) if said is None else said
    assert told == [f.ToolStarted(at=AT, tool=tool, call="t1", input=text, paths=paths)]


def test_a_tool_ends() -> None:
    common = {"tool_name": "Bash", "tool_input": BASH, "tool_use_id": "t1"}
    assert hook("PostToolUse", **common, duration_ms=3305) == [
        f.ToolEnded(at=AT, tool="Bash", call="t1", ok=True, duration_s=3.305)
    ]
    assert hook("PostToolUseFailure", **common, error="exit 1", agent_id="a1") == [
        f.ToolEnded(at=AT, tool="Bash", call="t1", ok=False, error="exit 1", agent="a1")
    ]


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("Bash", BASH, {"text": "touch x", "detail": "Make a file"}),
        (
            "Edit",
            {"file_path": "/w/a", "old_string": "one\ntwo", "new_string": "three"},
            {"text": "/w/a", "detail": "- one\n- two\n+ three"},
        ),
        (
            "MultiEdit",
            {
                "file_path": "/w/a",
                "edits": [
                    {"old_string": "a", "new_string": "b"},
                    {"old_string": "c", "new_string": ""},
                ],
            },
            {"text": "/w/a", "detail": "- a\n+ b\n- c"},
        ),
        ("Write", {"file_path": "/w/a", "content": "x\ny"}, {"text": "/w/a", "detail": "+ x\n+ y"}),
        (
            "WebFetch",
            {"url": "http://x"},
            {"text": "http://x", "detail": '{\n  "url": "http://x"\n}'},
        ),
        ("mcp__notes__list", {}, {"text": "{}", "detail": ""}),
        (
            "ExitPlanMode",
            {"plan": "1. do it"},
            {"kind": "plan", "text": "Start with this plan?", "detail": "1. do it"},
        ),
        (
            "AskUserQuestion",
            QUESTIONS,
            {
                "kind": "question",
                "text": "Which color?\nWhich size?",
                "options": ("Red", "Blue"),
                "detail": "Which color?\n  Red: Warm\n  Blue\nWhich size?\n  Big",
            },
        ),
    ],
)
def test_what_is_asked(tool: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    told = hook("PermissionRequest", tool_name=tool, tool_input=given)
    assert told == [f.Asked(**{"at": AT, "kind": "permission", "tool": tool, **expected})]


def test_auto_mode_denies_by_itself() -> None:
    told = hook("PermissionDenied", tool_name="Bash", tool_input=BASH, tool_use_id="t1")
    assert told == [f.Answered(at=AT, decision="denied", by="rule", call="t1")]


def running(kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": "b1", "type": kind, "status": "running", **fields}


@pytest.mark.parametrize(
    ("tasks", "names", "is_over"),
    [
        ([], (), True),
        ([running("shell", description="bg", command="sleep 8")], ("bg",), True),
        ([running("shell", command="sleep 8")], ("sleep 8",), True),
        ([running("subagent", description="Finder")], ("Finder",), False),
        (
            [running("shell"), running("subagent", agent_type="Explore")],
            ("shell", "Explore"),
            False,
        ),
        ([running("subagent") | {"status": "completed"}], (), True),
        (["odd", 7], ("task", "task"), True),
        ({"not": "a list"}, (), True),
    ],
)
def test_a_turn_stops(tasks: Any, names: tuple[str, ...], is_over: bool) -> None:
    told = hook("Stop", background_tasks=tasks, last_assistant_message="All done.")
    over = [f.TurnEnded(at=AT, how="done", text="All done.")]
    assert told == [f.Background(at=AT, tasks=names), *(over if is_over else [])]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("rate_limit", f.Limited(at=AT, text="no more")),
        ("server_error", f.Errored(at=AT, kind="server_error", text="no more")),
        ("", f.Errored(at=AT, text="no more")),
    ],
)
def test_a_turn_fails(error: str, expected: f.AnyFact) -> None:
    assert hook("StopFailure", error=error, last_assistant_message="no more") == [expected]


def test_subagents() -> None:
    kind = {"agent_id": "a1", "agent_type": "Explore"}
    assert hook("SubagentStart", **kind) == [f.SubagentStarted(at=AT, agent="a1", title="Explore")]
    assert hook("SubagentStop", **kind) == [f.SubagentEnded(at=AT, agent="a1")]
    assert hook("SubagentStop", agent_id="a1", agent_type="") == []  # compaction's
    launched = {"status": "async_launched", "agentId": "a1", "description": "Finder"}
    told = hook("PostToolUse", tool_name="Agent", tool_use_id="t1", tool_response=launched)
    assert told[1:] == [f.SubagentStarted(at=AT, agent="a1", title="Finder")]
    ended = hook("PostToolUse", tool_name="Agent", tool_response={**launched, "status": "done"})
    assert len(ended) == 1


def test_the_rest() -> None:
    assert hook("PostCompact", trigger="auto") == [f.Compacted(at=AT, automatic=True)]
    assert hook("PostModelSwitch", to_model="m2") == [f.ModelChosen(at=AT, model="m2")]
    assert hook("SessionEnd", reason="prompt_input_exit") == [
        f.Ended(at=AT, why="prompt_input_exit")
    ]
    assert hook("SessionEnd", reason="clear") == []


@pytest.mark.parametrize(
    "event", ["Notification", "MessageDisplay", "PreCompact", "PostToolBatch", "NewInNextVersion"]
)
def test_hooks_that_say_nothing(event: str) -> None:
    """A notification comes seconds after what it is about, and repeats it."""
    assert hook(event, message="error: [y/n]", delta="Do you want to proceed? [y/n]") == []


def test_a_payload_of_no_event_is_strange() -> None:
    assert parse(Source.HOOK, {}) == [f.Strange(at=AT, what="a hook payload without an event")]
