"""Qwen Code's events, line by line."""

from typing import Any

import pytest

from agentmux.agents import qwen
from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.qwen.samples import NOW, lines


def told(**line: Any) -> list[f.AnyFact]:
    """The facts of one line."""
    return qwen.parse(Source.EVENTS, line, NOW)


def answer(*content: dict[str, Any], **usage: int) -> list[f.AnyFact]:
    """Those of a whole answer."""
    return told(type="assistant", message={"content": list(content), "usage": usage})


def text(words: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": words}


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ({"type": "system", "subtype": "session_start", "session_id": "a"},
         [f.ConversationNamed(at=NOW, id="a"), f.Ready(at=NOW)]),
        ({"type": "system", "subtype": "session_end", "session_id": "a"}, [f.Ended(at=NOW)]),
        ({"type": "system", "subtype": "model_fallback", "data": {"toModel": "m2"}},
         [f.ModelChosen(at=NOW, model="m2")]),
        ({"type": "system", "subtype": "other"}, []),
        ({"type": "user", "session_id": "b", "message": {"content": [text("go"), text("on")]}},
         [f.ConversationNamed(at=NOW, id="b"),
          f.PromptSubmitted(at=NOW, text="go\non", by="person")]),
        ({"type": "user", "message": {"content": "go"}},
         [f.PromptSubmitted(at=NOW, text="go", by="person")]),
        ({"type": "stream_event", "event": {"type": "message_start"}}, [f.Working(at=NOW)]),
        ({"type": "stream_event", "event": {"type": "content_block_delta"}}, []),
        ({"type": "result", "subtype": "success"}, []),
        ({"type": "smoke"}, [f.Strange(at=NOW, what="event 'smoke'")]),
        ({"type": "control_request", "request": {"subtype": "interrupt"}}, []),
        ({"type": "control_response",
          "response": {"subtype": "success", "response": {"allowed": False}}},
         [f.Answered(at=NOW, decision="denied")]),
        ({"type": "control_response", "response": {"subtype": "error"}}, [f.Answered(at=NOW)]),
    ],
)  # fmt: skip
def test_a_line(line: dict[str, Any], facts: list[f.AnyFact]) -> None:
    assert told(**line) == facts


def test_what_a_subagent_does_is_not_the_sessions_state() -> None:
    assert told(type="assistant", parent_tool_use_id="t1", message={"content": [text("x")]}) == []
    assert told(type="user", parent_tool_use_id="t1", message={"content": "go"}) == []


def test_what_tools_gave_back() -> None:
    good = {"type": "tool_result", "tool_use_id": "t1", "is_error": False, "content": "fine"}
    bad = {"type": "tool_result", "tool_use_id": "t2", "is_error": True, "content": "no file"}
    assert told(type="user", session_id="a", message={"content": [good, bad]}) == [
        f.ToolEnded(at=NOW, call="t1", ok=True),
        f.ToolEnded(at=NOW, call="t2", ok=False, error="no file"),
    ]


def test_an_answer_with_a_tool_goes_on() -> None:
    call = {"type": "tool_use", "id": "t1", "name": "write_file",
            "input": {"file_path": "/r/a", "content": "x"}}  # fmt: skip
    assert answer(text("I write."), call, total_tokens=5) == [
        f.ToolStarted(at=NOW, tool="write_file", call="t1", paths=("/r/a",),
                      input='{"file_path": "/r/a", "content": "x"}')
    ]  # fmt: skip
    read = {**call, "name": "read_file"}
    (started,) = answer(read)
    assert isinstance(started, f.ToolStarted) and started.paths == ()


def test_an_answer_without_a_tool_is_over_whether_it_was_cut_or_not() -> None:
    over = f.TurnEnded(at=NOW, how="unknown", text="one two thre")
    assert answer(text("one two thre"), input_tokens=0, output_tokens=0) == [over]
    assert answer(text("one two thre"), total_tokens=9) == [over]


def test_a_failed_request_comes_as_an_answer() -> None:
    error = text("[API Error: 400 Bad request]")
    assert answer(error, input_tokens=0, output_tokens=0) == [
        f.Errored(at=NOW, kind="api_error", text="400 Bad request")
    ]
    said = answer(error, input_tokens=9, total_tokens=20)
    assert [type(fact) for fact in said] == [f.TurnEnded], "an answer may quote one"


def test_text_that_looks_like_a_prompt_changes_nothing() -> None:
    said = answer(text("error: Allow execution? [y/n]"), total_tokens=9)
    assert [type(fact) for fact in said] == [f.TurnEnded]


def test_the_recorded_run_holds_nothing_strange() -> None:
    facts = [
        fact
        for name in ("events.jsonl", "second/events.jsonl")
        for line in lines(name)
        for fact in told(**line)
    ]
    assert not [fact for fact in facts if isinstance(fact, f.Strange)]
    named = dict.fromkeys(fact.id for fact in facts if isinstance(fact, f.ConversationNamed))
    assert [name[:8] for name in named] == ["44444444", "1522381b"]
