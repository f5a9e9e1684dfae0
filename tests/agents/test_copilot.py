"""Copilot's command lines, and where it keeps what."""

from dataclasses import replace

import pytest

from agentmux.agents import copilot
from agentmux.core.agent import LaunchSpec, Noted
from agentmux.core.facts import Source

ID = "0d6d4f0e-0000-4000-8000-000000000001"
SPEC = LaunchSpec(session_id=ID, env={"HOME": "/home/ada"})


def test_the_id_is_ours_to_choose_and_continues_as_it_began() -> None:
    for started in (copilot.launch(SPEC), copilot.resume(SPEC)):
        assert started is not None
        assert started.argv == ("copilot", "--session-id", ID)
        assert started.session_id == ID


def test_a_task_that_looks_like_an_option_stays_a_task() -> None:
    started = copilot.launch(LaunchSpec(args=("--model", "x"), prompt="-x\ny"))
    assert started.argv == ("copilot", "--model", "x", "--interactive=-x\ny")


@pytest.mark.parametrize("args", [("--resume",), ("--continue",), ("--session-id=other",), ("-r",)])
def test_a_conversation_the_person_picked_stays_picked(args: tuple[str, ...]) -> None:
    own = replace(SPEC, args=args)
    for started in (copilot.launch(own), copilot.resume(own)):
        assert started is not None
        assert (started.argv, started.session_id) == (("copilot", *args), None)


def test_without_an_id_its_own_list_is_shown() -> None:
    started = copilot.resume(LaunchSpec(own_folder=True))
    assert started is not None
    assert started.argv == ("copilot", "--resume")
    assert copilot.fork(LaunchSpec(source_id=ID)) is None


def test_its_record_is_read_wherever_its_home_is() -> None:
    (feed,) = copilot.feeds(SPEC)
    assert (feed.source, feed.way) == (Source.EVENTS, "tail")
    assert feed.place == "/home/ada/.copilot/session-state/{id}/events.jsonl"
    moved = replace(SPEC, env={"COPILOT_HOME": "/elsewhere/[x]"})
    (feed,) = copilot.feeds(moved)
    assert feed.place == "/elsewhere/[[]x]/session-state/{id}/events.jsonl"
    assert copilot.conversation(moved) == f"/elsewhere/[[]x]/session-state/{ID}/events.jsonl"
    assert copilot.feeds(LaunchSpec()) == ()
    assert copilot.conversation(LaunchSpec(session_id=ID)) is None


def test_its_notes_tell_of_trust_and_of_an_account() -> None:
    assert copilot.parse_notes('{"trustedFolders": ["/r"]}', "/r/a") == Noted()
    assert copilot.parse_notes('{"trustedFolders": ["/r"]}', "/rest").pending == ("trust in /rest",)
    assert copilot.parse_notes('{"loggedInUsers": [{"login": "ada"}]}', None) == Noted(True)
    commented = '// User settings belong elsewhere.\n{"trustedFolders": ["/r"]}'
    assert copilot.parse_notes(commented, "/r") == Noted()
    for bad in ("", "{", "[]", '{"trustedFolders": 7}', "[" * 9999):
        assert copilot.parse_notes(bad, "/r").pending == ("trust in /r",)


def test_version() -> None:
    assert copilot.parse_version("GitHub Copilot CLI 1.0.102.\nRun 'copilot update'") == "1.0.102"
