"""What a repository's file would start is shown, and accepted with exactly that content."""

import hashlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from agentmux.core.text import clean
from tests.support.cockpit import ROOT, Cockpit
from tests.support.repo import git, write

pytestmark = pytest.mark.story


def test_each_start_and_removal_says_which_hooks_were_withheld(cockpit: Cockpit) -> None:
    write(cockpit.repo / ".agentmux.toml", '[hooks]\nlaunch = "touch planted"\n')
    cockpit.new()
    for verb in ("restart", "stop", "resume", "fork"):
        said = cockpit.do(verb, "1")
        assert (".agentmux.toml is not trusted" in said.err) is (verb != "stop"), verb
    assert ".agentmux.toml is not trusted" in cockpit.do("rm", "1", "--yes").err


def test_trust_shows_exactly_what_is_accepted(cockpit: Cockpit) -> None:
    text = '[hooks]\nsetup = "echo hidden\\u202e"\n# \u202e \u200b\n'
    write(cockpit.repo / ".agentmux.toml", text)
    said = cockpit.do("trust", "--yes", "--json")
    assert clean(text) in said.err
    (row,) = said.json["trusted"]
    assert row["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_link_is_no_file_to_trust(cockpit: Cockpit) -> None:
    write(cockpit.home / "elsewhere", '[hooks]\nsetup = "true"\n')
    (cockpit.repo / ".agentmux.toml").symlink_to(cockpit.home / "elsewhere")
    said = cockpit.run("trust", "--yes")
    assert said.code == 2
    assert "it is a link" in said.err


def test_a_filter_the_repository_sets_waits_for_trust_and_waits_again_on_change(
    cockpit: Cockpit,
) -> None:
    """As git-crypt sets it: without it a worktree holds what is stored, not what is meant."""

    def app(*argv: str) -> tuple[str, bool]:
        said = cockpit.do("new", "--json", *argv, "--", "sleep", "600")
        text = Path(said.json["session"]["worktree"], "app.py").read_text()
        return text, f"{cockpit.repo}/.git is not trusted" in said.err

    stored, meant = "print('hello')\n", "PRINT('HELLO')\n"
    git(cockpit.repo, "config", "filter.shout.smudge", "tr a-z A-Z")
    write(cockpit.repo / ".git/info/attributes", "app.py filter=shout\n")
    assert app() == (stored, True)
    assert app("--here") == (stored, False)
    assert "tr a-z A-Z" in cockpit.do("trust", "--yes").err
    assert app() == (meant, False)
    git(cockpit.repo, "config", "filter.shout.smudge", "tee ran")
    assert app() == (stored, True)


def read_until(terminal: int, *words: bytes) -> str:
    """What a program prints, up to the last of `words` in their order."""
    said = b""
    for word in words:
        seen = len(said)
        while word not in said[seen:]:
            said += os.read(terminal, 4096)
    return said.decode()


def test_a_file_that_changes_while_it_is_read_is_shown_as_it_was(cockpit: Cockpit) -> None:
    """The second file is swapped while the person thinks about the first."""
    write(cockpit.repo / ".agentmux.toml", '[hooks]\nsetup = "true"\n')
    text = '[hooks]\nlaunch = "echo evil"\n'
    second = write(cockpit.repo / ".agentmux.local.toml", text)
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [sys.executable, "-m", "agentmux", "trust"],
        cwd=cockpit.repo,
        env={**cockpit.environment(), "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    with asked:
        read_until(ours, b"Let it?")
        write(second, "# all is well\n")
        os.write(ours, b"y\n")
        said = read_until(ours, b"Let it?")
        os.write(ours, b"y\n")
        read_until(ours, b"trusted 2 files")
        asked.wait()
    os.close(ours)
    assert "echo evil" in said
    assert "all is well" not in said
    write(second, text)
    assert cockpit.do("trust", "--yes").out == "trusted 0 files\n"
