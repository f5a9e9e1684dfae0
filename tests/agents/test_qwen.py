"""Qwen Code's command lines, and what a start puts beside them."""

import pytest

from agentmux.agents import qwen
from agentmux.core.agent import Feed, LaunchSpec
from agentmux.core.facts import Source

ID = "11111111-2222-4333-8444-555555555555"
OTLP = "http://127.0.0.1:4711/token"
EVENTS = "/state/s1/qwen-events.jsonl"


@pytest.mark.parametrize(
    ("spec", "tail"),
    [
        (LaunchSpec(session_id=ID), ("--session-id", ID)),
        (LaunchSpec(prompt="-x\ny"), ("--prompt-interactive=-x\ny",)),
        (LaunchSpec(args=("-m", "max"), session_id=ID), ("--session-id", ID, "-m", "max")),
        (LaunchSpec(args=("-c",), session_id=ID), ("-c",)),
        (LaunchSpec(folder="/state/s1"), ("--json-file", EVENTS)),
        (LaunchSpec(folder="/state/s1", args=("--json-fd", "3")), ("--json-fd", "3")),
    ],
)
def test_a_first_start(spec: LaunchSpec, tail: tuple[str, ...]) -> None:
    started = qwen.launch(spec)
    assert started.argv == ("qwen", *tail)
    assert started.session_id == (ID if "--session-id" in tail else None)


@pytest.mark.parametrize(
    ("spec", "tail"),
    [
        (LaunchSpec(session_id=ID), ("--resume", ID)),
        (LaunchSpec(own_folder=True), ("--continue",)),
        (LaunchSpec(args=("-r", ID), session_id="x"), ("-r", ID)),
    ],
)
def test_resume(spec: LaunchSpec, tail: tuple[str, ...]) -> None:
    started = qwen.resume(spec)
    assert started is not None
    assert started.argv == ("qwen", *tail)


def test_nothing_is_guessed_in_a_shared_folder() -> None:
    assert qwen.resume(LaunchSpec(own_folder=False)) is None


def test_fork() -> None:
    forked = qwen.fork(LaunchSpec(source_id=ID, session_id="chosen"))
    assert forked is not None
    assert forked.argv == ("qwen", "--resume", ID, "--fork-session")
    assert forked.session_id is None
    assert qwen.fork(LaunchSpec()) is None


def test_the_events_of_every_start_begin_in_an_empty_file() -> None:
    """Over an older file Qwen writes from its beginning and leaves the rest of it standing."""
    spec = LaunchSpec(folder="/state/s1", session_id=ID)
    for started in (qwen.launch(spec), qwen.resume(spec)):
        assert started is not None and started.files == {"qwen-events.jsonl": ""}


def test_telemetry_comes_to_us_unless_the_person_exports() -> None:
    env = dict(qwen.launch(LaunchSpec(otlp=OTLP)).env)
    assert env["QWEN_TELEMETRY_OTLP_ENDPOINT"] == OTLP
    assert env["QWEN_TELEMETRY_LOG_PROMPTS"] == "false"
    assert qwen.launch(LaunchSpec()).env == {}
    own = LaunchSpec(otlp=OTLP, env={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://mine"})
    assert qwen.launch(own).env == {}


def test_feeds() -> None:
    chats = "/home/a/.qwen/projects/*/chats/{id}.jsonl"
    events = Feed(Source.EVENTS, "tail", EVENTS)
    spec = LaunchSpec(folder="/state/s1", env={"HOME": "/home/a"})
    assert qwen.feeds(spec) == (events, Feed(Source.TRANSCRIPT, "tail", chats))
    assert qwen.feeds(LaunchSpec()) == ()


def test_the_chat_file_is_looked_for_where_qwen_keeps_it() -> None:
    spec = LaunchSpec(session_id=ID, env={"HOME": "/home/a"})
    assert qwen.conversation(spec) == f"/home/a/.qwen/projects/*/chats/{ID}.jsonl"
    moved = LaunchSpec(session_id=ID, env={"QWEN_HOME": "/q"})
    assert qwen.conversation(moved) == f"/q/projects/*/chats/{ID}.jsonl"
    assert qwen.conversation(LaunchSpec(session_id=ID)) is None


def test_the_title_is_believed_before_the_events() -> None:
    ranks = qwen.RANKS
    assert ranks[Source.PROCESS] > ranks[Source.TITLE] > ranks[Source.EVENTS]
    assert ranks[Source.EVENTS] > ranks[Source.TRANSCRIPT]


def test_version() -> None:
    assert qwen.parse_version("0.24.4\n") == "0.24.4"
