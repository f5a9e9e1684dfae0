"""Gemini CLI's command lines."""

import pytest

from agentmux.agents import gemini_cli as gemini
from agentmux.core.agent import LaunchSpec

ID = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("spec", "tail"),
    [
        (LaunchSpec(session_id=ID), ("--session-id", ID)),
        (LaunchSpec(prompt="-x\ny"), ("--prompt-interactive=-x\ny",)),
        (LaunchSpec(args=("-m", "pro"), session_id=ID), ("--session-id", ID, "-m", "pro")),
        (LaunchSpec(args=("-r", "latest"), session_id=ID), ("-r", "latest")),
    ],
)
def test_a_first_start(spec: LaunchSpec, tail: tuple[str, ...]) -> None:
    started = gemini.launch(spec)
    assert started.argv == ("gemini", *tail)
    assert started.session_id == (ID if "--session-id" in tail else None)


@pytest.mark.parametrize(
    ("spec", "tail"),
    [
        (LaunchSpec(session_id=ID), ("--resume", ID)),
        (LaunchSpec(own_folder=True), ("--resume", "latest")),
        (LaunchSpec(args=("-r", "3"), session_id=ID), ("-r", "3")),
    ],
)
def test_resume(spec: LaunchSpec, tail: tuple[str, ...]) -> None:
    started = gemini.resume(spec)
    assert started is not None
    assert started.argv == ("gemini", *tail)


def test_nothing_is_guessed_in_a_shared_folder() -> None:
    assert gemini.resume(LaunchSpec(own_folder=False)) is None
    assert gemini.fork(LaunchSpec(source_id=ID)) is None


def test_the_chat_file_is_looked_for_where_gemini_keeps_it() -> None:
    found = gemini.conversation(LaunchSpec(session_id=ID, env={"HOME": "/home/a"}))
    assert found == "/home/a/.gemini/tmp/*/chats/session-*-11111111.jsonl"
    assert gemini.conversation(LaunchSpec(session_id=ID)) is None


def test_version() -> None:
    assert gemini.parse_version("0.61.0\n") == "0.61.0"
