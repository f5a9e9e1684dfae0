"""Finding tmux, and running it with nothing of ours in its environment."""

import os
from pathlib import Path

import pytest

from agentmux.errors import MissingTool, TmuxError
from agentmux.tmux import run


def fake_tmux(folder: Path, says: str) -> dict[str, str]:
    """An environment whose tmux prints `says` when asked for its version."""
    program = folder / "tmux"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return {"PATH": str(folder)}


def test_the_tmux_of_this_machine_is_found() -> None:
    found = run.require_tmux()

    assert Path(found.program).is_absolute()
    assert found.number >= run.OLDEST
    assert run.parse_version(found.text) == found.number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3.2a", (3, 2, "a")),
        ("3.3", (3, 3, "")),
        ("next-3.6", (3, 6, "")),
        ("3.5-rc2", (3, 5, "")),
        ("openbsd-7.4", (99, 0, "")),
        ("master", (99, 0, "")),
        ("", None),
        ("screen 4.9", None),
    ],
)
def test_version_texts(text: str, number: tuple[int, int, str] | None) -> None:
    assert run.parse_version(text) == number


@pytest.mark.parametrize("says", ["tmux 3.2a", "tmux 3.7", "tmux next-3.8", "tmux openbsd-7.4"])
def test_new_enough(tmp_path: Path, says: str) -> None:
    assert run.require_tmux(fake_tmux(tmp_path, says)).text == says.removeprefix("tmux ")


@pytest.mark.parametrize("says", ["tmux 3.2", "tmux 2.9a", "tmux 1.8"])
def test_too_old_is_one_sentence_and_a_hint(tmp_path: Path, says: str) -> None:
    with pytest.raises(MissingTool, match="is too old; agentmux needs") as caught:
        run.require_tmux(fake_tmux(tmp_path, says))

    assert caught.value.hint


def test_something_else_called_tmux(tmp_path: Path) -> None:
    with pytest.raises(MissingTool, match="did not say which version"):
        run.require_tmux(fake_tmux(tmp_path, "hello"))


def test_no_tmux_at_all(tmp_path: Path) -> None:
    with pytest.raises(MissingTool, match="tmux was not found"):
        run.require_tmux({"PATH": str(tmp_path)})


def test_another_program_can_be_named(tmp_path: Path) -> None:
    env = fake_tmux(tmp_path, "tmux 3.4")

    found = run.require_tmux({"PATH": "/nowhere", "AGENTMUX_TMUX": f"{env['PATH']}/tmux"})

    assert found.text == "3.4"


def test_what_tmux_says_becomes_the_error() -> None:
    with pytest.raises(TmuxError, match="error connecting to /nowhere/socket"):
        run.run_program(["tmux", "-S", "/nowhere/socket", "list-windows"])


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(MissingTool, match="/nowhere/tmux could not be run"):
        run.run_program(["/nowhere/tmux", "-V"])


def test_a_hung_tmux_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.2)

    with pytest.raises(TmuxError, match="did not answer"):
        run.run_program(["sh", "-c", "exec sleep 60"])


def test_one_word_would_reach_a_shell() -> None:
    with pytest.raises(TmuxError, match="two words or more"):
        run.pane_command(["claude; touch planted"])


def test_only_what_locates_things_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    monkeypatch.setenv("TMUX", "/tmp/theirs,1,0")
    monkeypatch.setenv("TMUX_PANE", "%1")

    kept = run.environment()

    assert not {"ANTHROPIC_API_KEY", "TMUX", "TMUX_PANE"} & set(kept)
    assert kept["PATH"] == os.environ["PATH"]
    assert kept["LC_ALL"] == os.environ["LC_ALL"]
