"""Payloads of Codex's hooks, as recorded, and what they tell."""

from collections import Counter

from agentmux.agents import codex
from agentmux.core.facts import (
    AnyFact,
    Asked,
    Compacted,
    ConversationNamed,
    Source,
    SubagentEnded,
    SubagentStarted,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tests.agents.codex.samples import AT, copy, facts, lines

SUB = "01a22cb7-c806-72a0-95e5-e0c757719b10"


def told(run: str) -> list[AnyFact]:
    return facts(Source.HOOK, (row["p"] for row in lines(f"{run}/hooks.jsonl")))


def test_what_a_run_tells() -> None:
    kinds = Counter(type(fact).__name__ for fact in told("standard"))
    assert kinds == {
        "ConversationNamed": 1, "PromptSubmitted": 8, "ToolStarted": 3, "Asked": 3,
        "ToolEnded": 2, "TurnEnded": 6, "Ended": 1,
    }  # fmt: skip


def test_an_ask_has_its_command_and_its_reason() -> None:
    patch, command, _ = (fact for fact in told("standard") if isinstance(fact, Asked))
    assert (patch.tool, patch.text) == ("apply_patch", "/repo/wt/s1/notes.txt")
    assert command.text.startswith("python3 -c") and command.detail == "Scripted step needs it"
    assert command.kind == "permission" and not command.only_told


def test_a_call_names_the_files_it_will_write() -> None:
    patch = next(fact for fact in told("standard") if isinstance(fact, ToolStarted))
    assert patch.paths == ("/repo/wt/s1/notes.txt",)
    assert patch.call == "exec-eef6a74c-3256-4755-a21c-4c5e27dff629"


def test_interrupts_are_told_and_errors_are_not() -> None:
    assert sum(f == TurnEnded(at=AT, how="interrupted") for f in told("interrupts")) == 3
    ends = [f for f in told("api-errors-and-compaction") if isinstance(f, TurnEnded)]
    assert len(ends) == 2  # of nine turns, seven of which ended by an error


def test_compaction_by_itself_goes_on_and_by_hand_ends() -> None:
    by_itself = told("api-errors-and-compaction")
    at = next(i for i, fact in enumerate(by_itself) if isinstance(fact, Compacted))
    assert by_itself[at] == Compacted(at=AT, automatic=True)
    assert not isinstance(by_itself[at + 1], TurnEnded)
    by_hand = told("new-and-question")
    at = next(i for i, fact in enumerate(by_hand) if isinstance(fact, Compacted))
    assert by_hand[at : at + 2] == [
        Compacted(at=AT, automatic=False), TurnEnded(at=AT, how="done"),
    ]  # fmt: skip


def test_a_new_conversation_is_named() -> None:
    names = [f for f in told("new-and-question") if isinstance(f, ConversationNamed)]
    assert [(name.why, name.id[-4:]) for name in names] == [
        ("startup", "989c"), ("compact", "989c"), ("startup", "4a36"),
    ]  # fmt: skip
    assert all(name.path and name.path.endswith(f"{name.id}.jsonl") for name in names)


def test_a_question_is_told_of_and_claimed_by_nobody() -> None:
    """The hook comes before Codex refuses the tool, and looks the same when it does not."""
    questions = [fact for fact in told("new-and-question") if isinstance(fact, Asked)]
    assert [(q.text, q.options, q.only_told) for q in questions] == [
        ("Which one?", ("red", "blue"), True)
    ] * 2


def test_subagents_and_their_tools() -> None:
    run = told("subagent-and-steering")
    assert SubagentStarted(at=AT, agent=SUB, title="default") in run
    assert SubagentEnded(at=AT, agent=SUB) in run
    tools = [(fact.tool, fact.agent) for fact in run if isinstance(fact, ToolStarted)]
    assert ("Bash", SUB) in tools and ("Bash", None) in tools
    assert sum(isinstance(fact, ToolEnded) and fact.agent == SUB for fact in run) == 1


def test_an_unknown_hook_is_strange() -> None:
    record = copy(lines("standard/hooks.jsonl")[0]["p"]) | {"hook_event_name": "Later"}
    assert [type(f).__name__ for f in codex.parse(Source.HOOK, record, AT)] == ["Strange"]
