"""aider's command lines, and the prompt a task is typed at."""

import re

import pytest

from agentmux.agents import aider
from agentmux.core.agent import LaunchSpec


def test_a_task_is_left_for_typing() -> None:
    assert aider.PROMPT == "typed"
    assert aider.launch(LaunchSpec(prompt="x")).argv == ("aider", "--no-show-release-notes")


def test_the_persons_word_on_release_notes_stands() -> None:
    spec = LaunchSpec(args=("--show-release-notes",))
    assert aider.launch(spec).argv == ("aider", "--show-release-notes")


def test_resume_reads_the_history_of_a_folder_of_its_own() -> None:
    started = aider.resume(LaunchSpec(own_folder=True))
    assert started is not None
    assert started.argv == ("aider", "--no-show-release-notes", "--restore-chat-history")
    assert aider.resume(LaunchSpec(own_folder=False)) is None


@pytest.mark.parametrize(
    ("line", "ready"),
    [
        ("> ", True),
        (">", True),
        ("diff> ", True),
        ("architect multi> ", True),
        ("Add .aider* to .gitignore (recommended)? (Y)es/(N)o [Yes]: ", False),
        ("> already typing", False),
    ],
)
def test_composer(line: str, ready: bool) -> None:
    assert aider.COMPOSER is not None
    assert bool(re.search(aider.COMPOSER, line)) is ready


def test_version() -> None:
    assert aider.parse_version("aider 0.86.2\n") == "0.86.2"
