"""What the environment says of the terminal, and who stands before it."""

import os
import subprocess
from pathlib import Path

import pytest

from agentmux.mux.checks.terminal import judge_size
from tests.mux.checks.conftest import Look
from tests.support.repo import write


def test_a_usual_terminal(look: Look) -> None:
    found = look("terminal")["terminal"]
    assert (found.level, "true colour" in found.message) == ("ok", True)


@pytest.mark.parametrize(("term", "words"), [("dumb", "no screen"), ("vt100", "colours")])
def test_a_terminal_that_can_little(
    term: str, words: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM")
    found = look("terminal")["terminal"]
    assert (found.level, found.fix) == ("warn", "export TERM=xterm-256color")
    assert words in found.message


def test_sizes() -> None:
    assert judge_size(40, 10).level == "ok"
    assert judge_size(39, 30).level == "warn"
    assert judge_size(200, 9).level == "warn"


def test_the_locale_that_counts_is_the_first_one_set(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look("locale")["locale"].level == "ok"
    monkeypatch.setenv("LC_ALL", "C")
    found = look("locale")["locale"]
    assert found.level == "warn"
    assert found.fix and found.fix.startswith("export LC_ALL=")
    monkeypatch.delenv("LC_ALL")
    assert look("locale")["locale"].level == "ok"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZELLIJ", "0"),
        ("TERM_PROGRAM", "vscode"),
        ("TERMINAL_EMULATOR", "JetBrains-JediTerm"),
        ("WSL_DISTRO_NAME", "Debian"),
    ],
)
def test_surroundings_that_take_the_leader(
    name: str, value: str, look: Look, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    found = look("outer")["outer"]
    assert found.level == "warn"
    assert "ctrl+]" in found.message and found.fix

    subprocess.run(found.fix, shell=True, check=True)

    assert look("outer")["outer"].level == "ok"
    assert "ctrl+] passes" in look("outer")["outer"].message


def test_a_file_that_is_there_is_not_written_over(
    look: Look, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(private_home / "agentmux/config/config.toml", '[panes]\nsize = "80x24"\n')
    monkeypatch.setenv("ZELLIJ", "0")
    found = look("outer")["outer"]
    assert found.fix and found.fix.endswith(str(file))
    assert "above the first table" in found.fix


@pytest.mark.parametrize(
    ("name", "value"), [("STY", "1.pts"), ("NVIM", "/run/nvim"), ("TERM_PROGRAM", "ghostty")]
)
def test_surroundings_that_let_it_pass(
    name: str, value: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert look("outer")["outer"].level == "ok"


@pytest.mark.tmux
def test_an_outer_tmux_with_our_leader_as_prefix(
    look: Look, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = private_home / "outer"
    tmux = ["tmux", "-S", str(socket), "-f", os.devnull]
    subprocess.run([*tmux, "new-session", "-d", "sleep", "60"], check=True)
    try:
        monkeypatch.setenv("TMUX", f"{socket},1,0")
        assert look("outer")["outer"].level == "ok"
        assert "ctrl+b" in look("outer")["outer"].message
        subprocess.run([*tmux, "set-option", "-g", "prefix", "C-q"], check=True)
        assert look("outer")["outer"].level == "warn"
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
