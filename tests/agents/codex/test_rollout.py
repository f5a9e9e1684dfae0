"""Lines of rollouts, as recorded, and what they tell."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from agentmux.agents import codex
from agentmux.core.facts import (
    AnyFact,
    ConversationNamed,
    Errored,
    Limited,
    PromptSubmitted,
    Quota,
    Source,
    Strange,
    ToolEnded,
    TurnEnded,
    Working,
)
from tests.agents.codex.samples import AT, facts, lines

TIME = "2026-11-23T13:51:13.370Z"


def told(name: str) -> list[AnyFact]:
    return facts(Source.TRANSCRIPT, lines(name))


def event(**payload: Any) -> list[AnyFact]:
    record = {"timestamp": TIME, "type": "event_msg", "payload": payload}
    return codex.parse(Source.TRANSCRIPT, record, AT)


def ends(name: str) -> list[str]:
    """How the turns of a rollout ended, in their order."""
    found: list[str] = []
    for fact in told(name):
        match fact:
            case TurnEnded():
                found.append(fact.how)
            case Errored():
                found.append(fact.kind)
            case Limited():
                found.append("limited")
            case _:
                pass
    return found


def test_how_turns_end() -> None:
    assert ends("standard/rollout.jsonl") == [
        "done", "done", "done", "interrupted", "interrupted", "done", "billing_error", "limited",
    ]  # fmt: skip
    assert ends("interrupts/rollout.jsonl") == ["done", *["interrupted"] * 3]
    assert ends("api-errors-and-compaction/rollout.jsonl") == [
        "done", "done", "internal_server_error", "limited", "http_connection_failed",
        "context_window_exceeded", "other", "server_overloaded",
    ]  # fmt: skip


def test_a_turn_that_was_killed_stays_open() -> None:
    """Three turns begin, two of them end: nobody but the process tells of the other."""
    begun = [f for f in told("killed-and-resumed/rollout.jsonl") if isinstance(f, Working)]
    assert len(begun) == 3 and ends("killed-and-resumed/rollout.jsonl") == ["done", "done"]


def test_a_line_has_its_own_time() -> None:
    (fact,) = event(type="task_complete", turn_id="a", root_turn_id="a", last_agent_message="x")
    assert fact == TurnEnded(
        at=datetime(2026, 11, 23, 13, 51, 13, 370000, tzinfo=UTC), how="done", text="x"
    )


@pytest.mark.parametrize("kind", ["task_started", "task_complete", "turn_aborted"])
def test_the_turn_of_a_subagent_is_none_of_the_conversation(kind: str) -> None:
    assert event(type=kind, turn_id="b", root_turn_id="a", reason="interrupted") == []
    assert event(type=kind, turn_id="a", turn_attribution={"parent_turn_id": "p"}) == []
    assert event(type=kind, turn_id="a", reason="interrupted")


def test_a_turn_that_another_replaced_is_not_over() -> None:
    assert event(type="turn_aborted", turn_id="a", reason="replaced") == []


def test_tools_are_told_of_once_they_are_over() -> None:
    ended = {f.tool: f for f in told("standard/rollout.jsonl") if isinstance(f, ToolEnded)}
    command, patch = ended["Bash"], ended["apply_patch"]
    assert command.input.startswith("python3 -c") and command.ok is True
    assert command.duration_s == pytest.approx(2.89388)
    assert patch.paths == ("/repo/wt/s1/notes.txt",)
    kinds = Counter(type(f).__name__ for f in told("standard/rollout.jsonl"))
    assert kinds["ToolStarted"] == 0  # a command in the background may end after its turn


def test_a_command_that_failed() -> None:
    item = {"type": "CommandExecution", "id": "c", "command": ["false"], "exit_code": 1,
            "aggregated_output": "no", "status": "failed"}  # fmt: skip
    (ended,) = event(type="item_completed", item=item)
    assert isinstance(ended, ToolEnded)
    assert (ended.ok, ended.error, ended.input) == (False, "no", "false")


def test_prompts_typed_into_a_turn_are_told() -> None:
    prompts = [
        f.text
        for f in told("subagent-and-steering/rollout.jsonl")
        if isinstance(f, PromptSubmitted)
    ]
    assert prompts[-3:-1] == [
        "Long [[slow 6 ++ say slow one two]]", "Queued [[say queued done]]",
    ]  # fmt: skip


def test_a_resumed_and_a_branched_off_conversation_are_named() -> None:
    resumed = [f for f in told("fork-and-resume/rollout.jsonl") if isinstance(f, ConversationNamed)]
    assert {name.id[-4:] for name in resumed} == {"4012"} and len(resumed) == 5
    fork = next(f for f in told("fork-and-resume/rollout-fork.jsonl"))
    assert isinstance(fork, ConversationNamed) and (fork.why, fork.id[-4:]) == ("fork", "bb11")


def test_the_conversation_of_a_subagent_names_nothing() -> None:
    record = lines("subagent-and-steering/rollout-subagent.jsonl")[0]
    assert codex.parse(Source.TRANSCRIPT, record, AT) == []


def test_how_much_of_a_window_is_used() -> None:
    quotas = [f for f in told("api-errors-and-compaction/rollout.jsonl") if isinstance(f, Quota)]
    full = next(quota for quota in quotas if quota.used_pct >= 100)
    assert full.window == "five_hour"
    assert full.resets and full.resets.timestamp() == 1795441955


def test_nothing_recorded_is_strange() -> None:
    for run in ("standard", "interrupts", "api-errors-and-compaction", "killed-and-resumed",
                "subagent-and-steering", "fork-and-resume"):  # fmt: skip
        assert not [f for f in told(f"{run}/rollout.jsonl") if isinstance(f, Strange)]


def test_an_unknown_record_is_strange() -> None:
    record = {"timestamp": TIME, "type": "later", "payload": {}}
    assert isinstance(codex.parse(Source.TRANSCRIPT, record, AT)[0], Strange)
    assert isinstance(event(type="later")[0], Strange)
