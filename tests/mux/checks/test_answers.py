"""What is made of a terminal's answers, and of having none."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agentmux.git.repo import Repo
from agentmux.mux.checks import CHECKS, Answers, Check
from agentmux.mux.checks.answers import judge_outer_clipboard
from tests.mux.checks.conftest import Look, subject


@pytest.fixture(autouse=True)
def _outside_of_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)


def ask(repo: Repo, name: str, answers: Answers) -> Check:
    (found,) = CHECKS[name](replace(subject(repo), answers=answers))
    return found


@pytest.mark.parametrize("name", ["keys", "clipboard", "background"])
def test_without_a_terminal_each_says_so(name: str, repo: Repo) -> None:
    (found,) = CHECKS[name](subject(repo))
    assert (found.level, found.message.startswith("No terminal here")) == ("ok", True)


def test_kitty_keys(repo: Repo, look: Look) -> None:
    assert look("keys")["keys"].fix == "agentmux doctor --keys"
    kitty = ask(repo, "keys", Answers(kitty=True, complete=True)).message
    assert "has Kitty keys" in kitty and "press ctrl+q" in kitty
    assert "no Kitty keys, so Shift+Enter" in ask(repo, "keys", Answers(complete=True)).message
    assert "answers no questions" in ask(repo, "keys", Answers()).message


def test_clipboard(repo: Repo, look: Look) -> None:
    assert look("clipboard")["clipboard"].fix is None
    said = ask(repo, "clipboard", Answers(clipboard=True, complete=True))
    assert (said.fix, "takes copies" in said.message) == (None, True)
    unsaid = ask(repo, "clipboard", Answers(complete=True))
    assert unsaid.fix
    tried = subprocess.run(unsaid.fix, shell=True, check=True, capture_output=True)
    assert tried.stdout == b"\x1b]52;c;aGVsbG8=\a"


def test_background(repo: Repo, look: Look) -> None:
    assert look("background")["background"].level == "ok"
    told = ask(repo, "background", Answers(background="rgb:1e1e/1e1e/2e2e", complete=True))
    assert "rgb:1e1e/1e1e/2e2e" in told.message
    assert ask(repo, "background", Answers()).fix == "export AGENTMUX_THEME=light"


def test_a_tmux_that_does_not_say() -> None:
    assert judge_outer_clipboard(None).level == "warn"


@pytest.fixture
def outer(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A tmux around this terminal."""
    socket = private_home / "outer"
    tmux = ["tmux", "-S", str(socket), "-f", os.devnull]
    subprocess.run([*tmux, "new-session", "-d", "sleep", "60"], check=True)
    monkeypatch.setenv("TMUX", f"{socket},1,0")
    yield tmux
    subprocess.run([*tmux, "kill-server"], check=True)


@pytest.mark.tmux
def test_an_outer_tmux_decides_and_its_fix_helps(outer: list[str], look: Look) -> None:
    found = look("clipboard")["clipboard"]
    assert (found.level, "set-clipboard is external" in found.message) == ("warn", True)
    assert found.fix

    subprocess.run(found.fix, shell=True, check=True)

    assert look("clipboard")["clipboard"].level == "ok"
