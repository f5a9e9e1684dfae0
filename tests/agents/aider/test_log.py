"""aider's own log and the end of its screen, held against a recorded run."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import aider
from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.agent import LaunchSpec
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens
from tests.support.events import JSON
from tests.support.replay import Moment, replay, rows, terminal_moments

SAMPLES = Path(__file__).parents[1] / "samples" / "aider"
AT = datetime(2026, 12, 1, tzinfo=UTC)


def lines(name: str) -> list[dict[str, Any]]:
    return list(rows(SAMPLES / name))


def logged(record: dict[str, Any], at: datetime = AT) -> list[f.AnyFact]:
    return aider.parse(Source.EVENTS, record, at)


def shown(screen: list[str], *, asked: bool = False) -> list[f.AnyFact]:
    return aider.parse(Source.SCREEN, {"lines": screen, "asked": asked}, AT)


def screen(name: str) -> list[str]:
    return (SAMPLES / "screens" / f"{name}.txt").read_text().rstrip().splitlines()


# --- the log --------------------------------------------------------------------------------------


def test_a_log_of_its_own_is_asked_for_where_there_is_a_folder() -> None:
    spec = LaunchSpec(folder="/s/[1]")
    assert aider.launch(spec).argv == (
        "aider", "--no-show-release-notes", "--analytics-log", "/s/[1]/aider.jsonl",
    )  # fmt: skip
    (feed,) = aider.feeds(spec)
    assert feed.place == "/s/[[]1]/aider.jsonl"
    own = LaunchSpec(folder="/s", args=("--analytics-log", "mine"))
    assert aider.launch(own).argv[-2:] == ("--analytics-log", "mine")
    assert "--analytics-log" not in aider.launch(own).argv[:-2]
    assert aider.feeds(own) == aider.feeds(LaunchSpec()) == ()


def test_tokens_are_its_own_estimates_and_say_so() -> None:
    used = [fact for row in lines("analytics.jsonl") for fact in logged(row)]
    counted = [fact for fact in used if isinstance(fact, f.Usage)]
    assert [fact.tokens for fact in counted] == [
        Tokens(2524, 0, 0, 0, 3),
        Tokens(2549, 0, 0, 0, 21),
        Tokens(2596, 0, 0, 0, 29),
        Tokens(2697, 0, 0, 0, 3),
    ]
    assert all(fact.own_estimate for fact in counted)
    assert len({fact.response for fact in counted}) == 4
    delivered = sum(row["usage"]["input"] for row in lines("api-ledger.jsonl") if "usage" in row)
    assert delivered != sum(fact.tokens.input for fact in counted)


def test_its_cost_is_only_what_it_says_and_no_cost_is_none() -> None:
    about = {"main_model": "anthropic/claude-x", "prompt_tokens": 9, "completion_tokens": 1}
    (used,) = logged({"event": "message_send", "properties": {**about, "cost": 0.0021}})
    assert isinstance(used, f.Usage)
    assert (used.model, used.provider) == ("claude-x", "anthropic")
    assert used.reported_usd == Decimal("0.0021")
    (unknown,) = logged({"event": "message_send", "properties": {**about, "cost": 0}})
    assert isinstance(unknown, f.Usage)
    assert unknown.reported_usd is None


def test_a_model_it_hides_is_unknown() -> None:
    about = {"main_model": "openai/REDACTED", "prompt_tokens": 9}
    (used,) = logged({"event": "message_send", "properties": about})
    assert isinstance(used, f.Usage)
    assert (used.model, used.provider) == (None, "openai")


@pytest.mark.parametrize(("age", "expected"), [(0.9, 0.0), (5.0, 5.0), (-3.0, -3.0)])
def test_what_was_just_read_happened_when_it_was_read(age: float, expected: float) -> None:
    record = {"event": "message_send_starting", "time": (AT - timedelta(seconds=age)).timestamp()}
    (fact,) = logged(record)
    assert (AT - fact.at).total_seconds() == expected


@pytest.mark.parametrize("event", ["launched", "repo", "cli session", "brand new", 7, None])
def test_other_lines_say_nothing(event: object) -> None:
    assert logged({"event": event, "properties": {}}) == []


# --- the screen -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "about", "options"),
    [
        ("Create new file? (Y)es/(N)o [Yes]:", "notes.txt", ("Yes", "No")),
        (
            "Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]:",
            "touch nope.txt",
            ("Yes", "No", "Don't ask again"),
        ),
        (
            "Add file to the chat? (Y)es/(N)o/(A)ll/(S)kip all/(D)on't ask again [Yes]:",
            "a.py",
            ("Yes", "No", "All", "Skip all", "Don't ask again"),
        ),
    ],
)
def test_the_last_line_asks(last: str, about: str, options: tuple[str, ...]) -> None:
    text = last.partition(" (")[0]
    assert shown(["x", about, last, ""]) == [
        f.Asked(at=AT, kind="permission", text=text, detail=about, options=options)
    ]


def test_recorded_screens() -> None:
    (ask,) = shown(screen("approve-write"))
    assert isinstance(ask, f.Asked)
    assert (ask.text, ask.detail) == ("Create new file?", "notes.txt")
    assert shown(screen("idle")) == [f.TurnEnded(at=AT, how="unknown")]
    assert shown(screen("interrupted")) == [f.TurnEnded(at=AT, how="unknown")]
    for name in ("working", "retrying", "error", "approve-shell"):
        assert shown(screen(name)) == []


def test_after_an_ask_the_prompt_is_an_end_and_anything_else_an_answer() -> None:
    assert shown(screen("denied"), asked=True) == [f.TurnEnded(at=AT, how="done")]
    assert shown(screen("working"), asked=True) == [f.Answered(at=AT)]


@pytest.mark.parametrize(
    "last",
    [
        "Create new file? (Y)es/(N)o [Yes]: y",
        "Overwrite? [y/n]",
        "error: (Y)es/(N)o [Yes]:",
        "print('Go? (Y)es/(N)o [Yes]:')",
        ">",
        "diff>",
    ],
)
def test_text_that_looks_like_a_prompt_changes_nothing(last: str) -> None:
    assert shown(["─" * 80, "notes.txt", "diff> Write a menu", "def menu():", last]) == []
    assert shown(["no rule at all", last]) == []


# --- the run --------------------------------------------------------------------------------------


def test_the_recorded_run() -> None:
    """What the person did, with the screen looked at once a second as it was then."""
    acts = {act.get("tag", act["act"]) + act["act"]: act["t"] for act in lines("truth.jsonl")}
    looks = [
        ("idle", acts["readyready"] + 0.2, False),
        ("idle", acts["plainsubmitted"] + 2.2, False),
        ("approve-write", acts["writesubmitted"] + 0.9, False),
        ("idle", acts["answeranswer"] - 3.2, True),
        ("denied", acts["denysubmitted"] + 0.2, True),
        ("working", acts["interruptsubmitted"] + 1, False),
        ("interrupted", acts["interruptinterrupt"] + 0.5, False),
    ]
    log = [
        Moment(row["time"] + 0.9, Source.EVENTS, row)
        for row in lines("analytics.jsonl")
        if row["time"] < acts["retryprompt"]
    ]
    screens = [
        Moment(t, Source.SCREEN, {"lines": screen(name), "asked": asked})
        for name, t, asked in looks
    ]
    keys = list(terminal_moments(SAMPLES / "terminal-events.jsonl"))
    played = replay(aider, [*log, *screens, *keys])
    assert played.state_at(acts["readyready"] + 0.3) == "idle"
    assert played.state_at(acts["plainsubmitted"] + 1) == "working"
    assert played.state_at(acts["plainsubmitted"] + 2.3) == "done"
    assert played.state_at(acts["writesubmitted"] + 1) == "asking:permission"
    assert played.state_at(acts["answeranswer"] - 3) == "done"
    assert played.state_at(acts["interruptsubmitted"] + 1) == "working"
    assert played.state_at(acts["interruptinterrupt"] + 0.6) == "idle"
    assert [(turn.outcome, turn.cause) for turn in played.of(e.TurnEnded)] == [
        ("done", None),
        ("done", None),
        ("done", None),
        ("interrupted", "you"),
    ]
    rests = [row for row in played.of(e.StateChanged) if row.to in ("idle", "done", "asking")]
    assert rests
    assert not any(row.certain for row in rests), "the screen alone tells of them"


@given(st.dictionaries(st.sampled_from(["event", "properties", "time", "lines", "asked"]), JSON))
def test_anything_at_all_never_raises(record: dict[str, Any]) -> None:
    for source in Source:
        aider.parse(source, record, AT)


@given(st.sampled_from(lines("analytics.jsonl")), JSON, st.integers(0, 200))
def test_a_changed_line_never_raises(record: dict[str, Any], value: Any, cut: int) -> None:
    for key in record:
        logged({**record, key: value})
    try:
        shorter = json.loads(json.dumps(record)[:cut])
    except ValueError:
        return
    if isinstance(shorter, dict):
        logged(shorter)
