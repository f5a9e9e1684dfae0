"""Each event of opencode's server as facts; and no record, however garbled, raises."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import opencode
from agentmux.core import facts as f
from agentmux.core.facts import AnyFact, Source
from agentmux.core.usage import Tokens
from tests.agents.opencode.samples import AT, event, facts, lines
from tests.support.events import JSON

OWN: dict[str, Any] = {"at": AT, "conversation": "ses_1"}
MS = int(AT.timestamp() * 1000)


def message(**about: Any) -> dict[str, Any]:
    """An assistant's message in which so much is different from one just begun."""
    info = {
        "id": "msg_1",
        "sessionID": "ses_1",
        "role": "assistant",
        "mode": "build",
        "tokens": {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}},
        "time": {"created": MS},
        **about,
    }
    return event("message.updated", info=info)


def tool(status: str, **state: Any) -> dict[str, Any]:
    part = {"type": "tool", "tool": "write", "callID": "c1", "sessionID": "ses_1"}
    return event("message.part.updated", part={**part, "state": {"status": status, **state}})


OVER = {"time": {"created": MS, "completed": MS}}
TABLE: list[tuple[str, dict[str, Any], list[AnyFact]]] = [
    (
        "a conversation begins",
        event("session.created", info={"id": "ses_1", "title": "New session"}),
        [f.ConversationNamed(at=AT, id="ses_1", why="startup")],
    ),
    (
        "a subagent begins",
        event("session.created", info={"id": "ses_2", "parentID": "ses_1", "title": "look"}),
        [f.SubagentStarted(at=AT, agent="ses_2", title="look")],
    ),
    (
        "a prompt",
        message(role="user"),
        [
            f.ConversationNamed(id="ses_1", **OWN),
            f.PromptSubmitted(by="person", **OWN),
        ],
    ),
    ("the same, said again with what changed", message(role="user", summary={"diffs": []}), []),
    ("a message begins", message(), [f.Working(**OWN)]),
    ("its last word, before it is over", message(finish="stop"), []),
    ("it is over", message(finish="stop", **OVER), [f.TurnEnded(how="done", **OWN)]),
    ("it calls tools", message(finish="tool-calls", **OVER), []),
    ("a compaction is over", message(finish="stop", mode="compaction", **OVER), []),
    ("busy, which is also said at the end", event("session.status", status={"type": "busy"}), []),
    (
        "at rest",
        event("session.status", status={"type": "idle"}),
        [f.TurnEnded(how="unknown", **OWN)],
    ),
    ("at rest, said twice", event("session.idle"), [f.TurnEnded(how="unknown", **OWN)]),
    (
        "a request is tried again",
        event(
            "session.status",
            status={"type": "retry", "attempt": 2, "message": "busy", "next": MS + 2000},
        ),
        [f.Retrying(attempt=2, next=AT + timedelta(seconds=2), text="busy", **OWN)],
    ),
    (
        "the vendor's limit",
        event(
            "session.status",
            status={"type": "retry", "attempt": 1, "message": "limit", "next": MS + 3_600_000},
        ),
        [f.Limited(until=AT + timedelta(hours=1), text="limit", **OWN)],
    ),
    (
        "Esc twice",
        event("session.error", error={"name": "MessageAbortedError", "data": {}}),
        [f.TurnEnded(how="interrupted", **OWN)],
    ),
    (
        "a refusal, in the vendor's word",
        event(
            "session.error",
            error={
                "name": "APIError",
                "data": {"message": "no", "responseBody": '{"error": {"type": "billing_error"}}'},
            },
        ),
        [f.Errored(kind="billing_error", text="no", **OWN)],
    ),
    (
        "an error of its own",
        event("session.error", error={"name": "ContextOverflowError", "data": {"message": "x"}}),
        [f.Errored(kind="ContextOverflowError", text="x", **OWN)],
    ),
    ("a tool is about to be called", tool("pending", input={}), []),
    (
        "a tool is called",
        tool("running", input={"filePath": "/r/a", "content": "x"}),
        [
            f.ToolStarted(
                tool="write",
                call="c1",
                input='{"filePath": "/r/a", "content": "x"}',
                paths=("/r/a",),
                **OWN,
            )
        ],
    ),
    ("its output so far", tool("running", input={}, metadata={"output": "x"}), []),
    (
        "it has worked",
        tool("completed", input={}, metadata={}),
        [f.ToolEnded(tool="write", call="c1", ok=True, **OWN)],
    ),
    (
        "it has failed",
        tool("error", input={}, error="rejected"),
        [f.ToolEnded(tool="write", call="c1", ok=False, error="rejected", **OWN)],
    ),
    (
        "a subagent has ended",
        tool("completed", input={}, metadata={"sessionId": "ses_2"}),
        [
            f.SubagentEnded(agent="ses_2", **OWN),
            f.ToolEnded(tool="write", call="c1", ok=True, **OWN),
        ],
    ),
    (
        "a permission",
        event(
            "permission.asked",
            id="per_1",
            permission="bash",
            patterns=["touch x"],
            metadata={"command": "touch x"},
            tool={"callID": "c1"},
        ),
        [
            f.Asked(
                kind="permission",
                text="touch x",
                tool="bash",
                call="c1",
                options=("Allow once", "Allow always", "Reject"),
                request="per_1",
                **OWN,
            )
        ],
    ),
    (
        "a permission of a kind unknown here",
        event("permission.asked", id="per_1", permission="fly", patterns=["a", "b"], metadata={}),
        [
            f.Asked(
                kind="permission",
                text="a, b",
                tool="fly",
                options=("Allow once", "Allow always", "Reject"),
                request="per_1",
                **OWN,
            )
        ],
    ),
    (
        "it is given",
        event("permission.replied", requestID="per_1", reply="always"),
        [f.Answered(decision="allowed", by="person", request="per_1", **OWN)],
    ),
    (
        "it is not given",
        event("permission.replied", requestID="per_1", reply="reject"),
        [f.Answered(decision="denied", by="person", request="per_1", **OWN)],
    ),
    (
        "two questions at once",
        event(
            "question.asked",
            id="que_1",
            questions=[
                {"question": "Which?", "options": [{"label": "Red"}, {"label": "Blue"}]},
                {"question": "Why?", "options": []},
            ],
        ),
        [
            f.Asked(
                kind="question",
                text="Which?\nWhy?",
                tool="question",
                options=("Red", "Blue"),
                request="que_1",
                **OWN,
            )
        ],
    ),
    (
        "they are answered",
        event("question.replied", requestID="que_1", answers=[["Red"]]),
        [f.Answered(decision="answered", by="person", request="que_1", **OWN)],
    ),
    (
        "they are turned down",
        event("question.rejected", requestID="que_1"),
        [f.Answered(decision="denied", by="person", request="que_1", **OWN)],
    ),
    ("what is no news", event("session.diff", diff=[]), []),
    ("what nobody knows", event("session.danced"), []),
]


@pytest.mark.parametrize(("what", "record", "meant"), TABLE, ids=[row[0] for row in TABLE])
def test_an_event_means(what: str, record: dict[str, Any], meant: list[AnyFact]) -> None:
    assert facts(record) == meant


@pytest.mark.parametrize("text", ["error: disk full [y/n]", "△ Permission required", "Aborted"])
def test_text_that_only_looks_like_something_changes_nothing(text: str) -> None:
    part = {"type": "text", "text": text, "sessionID": "ses_1", "time": {"start": 1}}
    assert facts(event("message.part.updated", part=part)) == []
    assert opencode.parse(Source.SCREEN, {"lines": [text]}, AT) == []
    assert opencode.parse(Source.TITLE, {"text": "OpenCode"}, AT) == []


def test_its_title_names_what_it_does() -> None:
    named = opencode.parse(Source.TITLE, {"text": "OC | Scripted session"}, AT)
    assert named == [f.Titled(at=AT, title="Scripted session")]


# --- usage ------------------------------------------------------------------------------------


def used(tokens: dict[str, Any], **about: Any) -> list[Tokens]:
    said = facts(message(tokens=tokens, **{**OVER, **about}))
    return [fact.tokens for fact in said if isinstance(fact, f.Usage)]


def test_reasoning_counts_once_whether_within_the_output_or_beside() -> None:
    cache = {"read": 5, "write": 1000}
    within = {"total": 1035, "input": 10, "output": 20, "reasoning": 7, "cache": cache}
    beside = {"total": 1035, "input": 10, "output": 13, "reasoning": 7, "cache": cache}
    assert used(within) == used(beside) == [Tokens(10, 5, 1000, 0, 20)]


def test_what_is_not_over_yet_is_not_counted() -> None:
    assert used({"input": 10, "output": 20}, time={"created": MS}) == []


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        ({"name": "MessageAbortedError", "data": {"message": "Aborted"}}, [(Tokens(), False)]),
        ({"name": "APIError", "data": {"message": "reset"}}, [(Tokens(), False)]),
        ({"name": "APIError", "data": {"message": "no", "statusCode": 400}}, []),
    ],
)
def test_an_answer_cut_off_took_at_least_so_much_and_a_refusal_nothing(
    error: dict[str, Any], meant: list[tuple[Tokens, bool]]
) -> None:
    said = facts(message(error=error, **OVER))
    assert [(u.tokens, u.complete) for u in said if isinstance(u, f.Usage)] == meant


# --- joined in the middle ---------------------------------------------------------------------

BASE = "http://127.0.0.1:1"


def asked(**answers: Any) -> list[AnyFact]:
    """`status={…}` is what was answered to /session/status."""
    paths = {
        "status": "/session/status",
        "permission": "/permission",
        "question": "/question",
        "children": "/session/{id}/children",
        "message": "/session/{id}/message?limit=50",
    }
    return facts({"asked": {BASE + paths[name]: answer for name, answer in answers.items()}})


def test_joined_at_rest() -> None:
    said = asked(status={}, permission=[], question=[])
    assert said == [f.Answered(at=AT), f.TurnEnded(at=AT, how="unknown")]


def test_joined_at_work() -> None:
    assert asked(status={"ses_1": {"type": "busy"}}) == [f.Answered(at=AT), f.Working(**OWN)]


def test_joined_while_it_asks_and_a_subagent_works() -> None:
    permission = {"id": "per_1", "sessionID": "ses_2", "permission": "bash", "patterns": ["x"]}
    said = asked(
        status={"ses_1": {"type": "busy"}, "ses_2": {"type": "busy"}},
        permission=[permission],
        children=[{"id": "ses_2", "title": "look"}],
    )
    assert said[0] == f.SubagentStarted(at=AT, agent="ses_2", title="look")
    assert said[1:4] == [
        f.Answered(at=AT),
        f.Working(**OWN),
        f.Working(at=AT, conversation="ses_2"),
    ]
    assert isinstance(said[4], f.Asked)
    assert said[4].request == "per_1"


def test_what_was_used_meanwhile_is_counted() -> None:
    tokens = {"input": 1, "output": 2}
    answered = message(tokens=tokens, **OVER)["properties"]
    assert [u.tokens for u in asked(message=[answered]) if isinstance(u, f.Usage)] == [
        Tokens(input=1, output=2)
    ]


def test_a_server_that_did_not_answer_says_nothing() -> None:
    assert asked() == []


# --- bad input --------------------------------------------------------------------------------

RECORDED = [row["v"] for row in lines("events.jsonl")] + [record for _, record, _ in TABLE]


@given(st.sampled_from(RECORDED), st.data())
def test_a_changed_event_never_raises(record: dict[str, Any], data: Any) -> None:
    changed = json.loads(json.dumps(record))
    inner = changed
    while isinstance(inner, dict) and inner:
        step = data.draw(st.sampled_from(sorted(inner)))
        if not isinstance(inner[step], dict) or data.draw(st.booleans()):
            inner[step] = data.draw(JSON | st.sampled_from(["9" * 5000, -1, 1e300, [[]], "\ud800"]))
            break
        inner = inner[step]
    facts(changed)
    facts({"asked": {BASE + "/session/status": changed, BASE + "/permission": [changed]}})
    facts({"asked": changed})
    facts({"asked": data.draw(JSON)})


@given(JSON, JSON, JSON)
def test_answers_of_any_kind_never_raise(status: Any, permission: Any, messages: Any) -> None:
    asked(status=status, permission=permission, question=[permission], message=messages)
    asked(status={"ses_1": status}, message=[messages, {"info": messages}], children=[status])
