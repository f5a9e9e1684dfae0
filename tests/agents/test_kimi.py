"""Kimi Code's command lines, its composer, and where its records lie."""

import re

import pytest

from agentmux.agents import kimi
from agentmux.core.agent import LaunchSpec

HOME = {"HOME": "/home/ada"}


def test_a_task_is_left_for_typing() -> None:
    assert kimi.launch(LaunchSpec(prompt="x", args=("-m", "k3"))).argv == ("kimi", "-m", "k3")


@pytest.mark.parametrize(
    ("spec", "argv"),
    [
        (LaunchSpec(session_id="session_1"), ("kimi", "--session", "session_1")),
        (LaunchSpec(own_folder=True), ("kimi", "--continue")),
        (LaunchSpec(session_id="i", args=("-r", "mine")), ("kimi", "-r", "mine")),
        (LaunchSpec(), None),
    ],
)
def test_resume(spec: LaunchSpec, argv: tuple[str, ...] | None) -> None:
    started = kimi.resume(spec)
    assert (started and started.argv) == argv


@pytest.mark.parametrize(
    ("line", "ready"),
    [
        (" " * 90 + "context: 1% (1.1k/195k)   ", True),
        ("context: 0% (0/195k)", True),
        ("  ↑/↓ select · 1/2/3/4 choose · ↵ confirm", False),
        ("Bye!", False),
    ],
)
def test_composer(line: str, ready: bool) -> None:
    assert kimi.COMPOSER is not None
    assert bool(re.search(kimi.COMPOSER, line)) is ready


def test_its_records_lie_in_a_folder_named_after_that_of_the_session() -> None:
    (feed,) = kimi.feeds(LaunchSpec(env=HOME))
    assert feed.place == "/home/ada/.kimi-code/sessions/wd_*_{hash}/*/agents/*/wire.jsonl"
    (feed,) = kimi.feeds(LaunchSpec(env={**HOME, "KIMI_CODE_HOME": "/k[1]"}))
    assert feed.place.startswith("/k[[]1]/sessions/")
    assert kimi.feeds(LaunchSpec()) == ()


def test_setup_and_version() -> None:
    setup = kimi.setup(HOME)
    assert setup is not None
    assert setup.files == ("/home/ada/.kimi-code/credentials/kimi-code.json",)
    assert kimi.parse_version("2.1.0\n") == "2.1.0"
