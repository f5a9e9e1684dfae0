"""The other recorded runs, of which nobody wrote down what was done: states read off by hand.

Runs without a terminal recording are told by hooks and transcript alone, which cannot see an
answer or an interruption: there a `?` is right, and a certain state must be.
"""

from datetime import UTC, datetime

import pytest

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.claude_code.recorded import CLAUDE, played, recorded, screen, states
from tests.support.replay import Moment, Played, replay

ASKED = "asking:permission?"
RUNS: dict[str, list[str]] = {
    # 429 twice and success · 529 to exhaustion · 401 retried, interrupted · four queued prompts,
    # run together into the usage limit · 500 until the end of the recording
    "api-errors": [
        *("idle", "working", "done"),
        *("working", "failed:server_error"),
        *("working", "idle?"),
        *("working", "limited"),
        "working",
    ],
    # Ctrl+C in a tool · Esc in its dialog · /clear · a turn · /compact and /model change nothing
    "clear-compact-model-switch": [
        *("idle", "working", ASKED, "idle?"),
        *("working", ASKED, "idle?"),
        "idle",
        *("working", "done"),
        *("working", "done"),
    ],
    # The end of the limit comes with the transcript, a little later
    "usage-limit-subscription": [*("idle", "working", "done"), *("working", "limited", "limited")],
    # Five cut streams · an interrupted one · a tool that is refused · a subagent in the background,
    # for which the turn goes on · a command in the background, for which it does not, and its end
    "subagent-and-background": [
        *("idle", "working", "done"),
        *("working", "idle?"),
        *("working", "done"),
        *("working", "done"),
        *("working", "done:background"),
        *("working", "done"),
        *("working", "done"),
    ],
    # A prompt queued while a command ran: it is taken back by Esc before any output, of which
    # nothing is written down, and typed again with another · a question · a denial
    "interrupt-and-question": [
        *("idle", "working", ASKED, "working", "done"),
        *("working?", "working", "asking:question?", "working", "done"),
        *("working", ASKED, "idle?"),
    ],
    "background-subagent": ["idle", "working", "done"],
    "background-shell": [
        *("idle", "working", "done:background?", "done:background"),
        *("working", "done"),
    ],
    "ask-of-subagent": ["idle", "working", "asking:permission", "working", "done"],
    "ask-beside-reads": ["idle", "working", "asking:permission", "working", "done"],
    "denied-with-words": ["idle", "working", "asking:permission", "working", "done"],
    "interrupted-tool": ["idle", "working", "asking:permission", "working", "idle"],
    "model-list": ["idle", "asking:setup", "idle"],
}


@pytest.mark.parametrize("run", RUNS)
def test_the_states_of_a_run(run: str) -> None:
    assert states(played(run)) == RUNS[run]


@pytest.mark.parametrize("run", [run for run in RUNS if run.count("-") < 4])
def test_no_run_leaves_anything_strange(run: str) -> None:
    assert [fact for _, fact in played(run).facts if isinstance(fact, f.Strange)] == []


def ends(run: Played) -> list[tuple[str, str | None, bool]]:
    """How its turns ended."""
    return [(turn.outcome, turn.cause, turn.certain) for turn in run.of(e.TurnEnded)]


CUT, MAYBE_CUT = ("interrupted", "you", True), ("interrupted", "you", False)
DONE = ("done", None, True)


@pytest.mark.parametrize(
    ("run", "ended"),
    [
        ("api-errors", [DONE, ("failed", "api_error", True), MAYBE_CUT, ("failed", "limit", True)]),
        ("clear-compact-model-switch", [MAYBE_CUT, MAYBE_CUT, DONE, DONE]),
        ("usage-limit-subscription", [DONE, ("failed", "limit", True)]),
        ("subagent-and-background", [DONE, MAYBE_CUT, DONE, DONE, DONE, DONE, DONE]),
        ("interrupted-tool", [CUT]),
        ("denied-with-words", [DONE]),
        ("model-list", []),
    ],
)
def test_how_turns_end(run: str, ended: list[tuple[str, str | None, bool]]) -> None:
    """Without Esc seen on its way to the agent, who interrupted is not certain."""
    assert ends(played(run)) == ended


def test_a_limit_says_when_it_ends_and_ends_then() -> None:
    until = datetime(2026, 11, 23, 14, 36, 20, tzinfo=UTC)
    run = played("usage-limit-subscription")
    assert run.session.state_until == until
    later = run.state_at(until.timestamp() - 1), played_to("usage-limit-subscription", until)
    assert later == ("limited", "idle")


def played_to(run: str, moment: datetime) -> str:
    """The state that holds at `moment`, long after the recording."""
    return played(run, end=moment.timestamp() + 1).session.state


def test_a_background_task_that_ends_begins_a_turn_of_its_own() -> None:
    by = [turn.by for turn in played("subagent-and-background").of(e.TurnStarted)]
    assert by[5] == "task"


def test_a_queued_prompt_begins_its_turn_when_its_time_comes() -> None:
    assert [t.by for t in played("interrupt-and-question").of(e.TurnStarted)][1] == "queue"


def test_background_work_is_named() -> None:
    for run, task in (("background-shell", "bg"), ("background-subagent", "Finder")):
        told = [fact.tasks for _, fact in played(run).facts if isinstance(fact, f.Background)]
        assert told == [(task,), ()]


def test_the_subagents_of_a_run() -> None:
    facts = [fact for _, fact in played("subagent-and-background", [Source.HOOK]).facts]
    agent = "afdb2c14544c6b354"
    began = [x for x in facts if isinstance(x, f.SubagentStarted)]
    assert [(x.agent, x.title) for x in began] == [(agent, "general-purpose"), (agent, "Finder")]
    assert [x.agent for x in facts if isinstance(x, f.SubagentEnded)] == [agent]
    inside = [x for x in facts if isinstance(x, f.ToolStarted) and x.agent]
    assert [(x.tool, x.input) for x in inside] == [("Bash", "ls")]


def test_compaction_ends_no_subagent() -> None:
    """Two `SubagentStop` without a type come with it."""
    facts = [fact for _, fact in played("clear-compact-model-switch").facts]
    assert not [x for x in facts if isinstance(x, f.SubagentEnded)]
    assert [x.automatic for x in facts if isinstance(x, f.Compacted)] == [False, False]


def test_clear_begins_another_conversation_in_the_same_run() -> None:
    run = played("clear-compact-model-switch")
    assert run.session.agent_session_id == "a64687cd-fbdd-44d5-b491-e59824757564"
    assert len(run.session.transcripts) == 2
    assert not [
        fact for source, fact in run.facts if isinstance(fact, f.Ended) and fact.why == "clear"
    ]


def test_a_model_chosen_on_the_way_is_told() -> None:
    facts = [x for _, x in played("clear-compact-model-switch", [Source.HOOK]).facts]
    chosen = [x.model for x in facts if isinstance(x, f.ModelChosen)]
    assert chosen[-1] == "claude-haiku-4-5"


def test_who_decided_on_each_tool() -> None:
    facts = [x for _, x in played().facts if isinstance(x, f.Answered)]
    by_call = {(x.call, x.decision, x.by) for x in facts}
    assert by_call == {
        ("toolu_fkd8242ca7x0x0n2", "allowed", "person"),
        ("toolu_fk00389f33x0x0n4", "allowed", "person"),
        ("toolu_fk34c50e44x0x0n6", "denied", "person"),
        ("toolu_fkce0fadc0x0x0n8", "allowed", "person"),
    }


def test_the_conversations_name_comes_without_a_glyph() -> None:
    titles = {x.title for _, x in played().facts if isinstance(x, f.Titled)}
    assert titles == {"Fix notes"}


def shown(t: float, name: str, *, asked: bool = False) -> Moment:
    """A look at the screen."""
    return Moment(t, Source.SCREEN, {"lines": screen(name), "asked": asked})


def test_the_page_of_trust_comes_before_everything() -> None:
    """Nothing else tells of it, so it is uncertain; and it is no turn."""
    first = min(moment.t for moment in recorded(""))
    looks = [shown(first - 9, "trust"), shown(first - 4, "idle", asked=True)]
    begun = [moment for moment in recorded("") if moment.t < first + 2]
    run = replay(CLAUDE, [*looks, *begun])
    assert (states(run)[0], states(run)[-1]) == ("asking:setup?", "idle")
    ask = run.of(e.AskOpened)[0]
    assert (ask.kind, ask.options[0]) == ("setup", "No, exit")
    assert run.of(e.TurnStarted) == []


def test_a_request_that_is_tried_again_is_seen_on_the_screen_alone() -> None:
    submitted, answered = 1795441798.38, 1795441802.87
    looks = [shown(submitted + 1, "retrying"), shown(answered + 1, "idle")]
    heard = [moment for moment in recorded("") if submitted - 1 < moment.t < answered + 2]
    run = replay(CLAUDE, [*heard, *looks])
    assert states(run) == ["working", "working:retrying", "working", "done"]


def test_tools_that_end_beside_the_ask_leave_it_standing() -> None:
    """Two files were read while the fetch was asked about; here nobody answers."""
    (asked,) = [at for at, state in played("ask-beside-reads").states if "asking" in state]
    unanswered = [moment for moment in recorded("ask-beside-reads") if moment.t < asked + 2]
    assert states(replay(CLAUDE, unanswered, end=asked + 60))[-1] == "asking:permission"


def test_the_turn_after_an_unseen_interruption_begins_with_its_prompt() -> None:
    run = played("subagent-and-background")
    prompted = [
        fact.at
        for source, fact in run.facts
        if isinstance(fact, f.PromptSubmitted) and source is Source.HOOK
    ]
    assert run.of(e.TurnStarted)[2].at == prompted[3]
