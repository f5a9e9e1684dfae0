"""Secrets never enter the ledger; the agent is started with the words as they were written."""

import os
from pathlib import Path

import pytest

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.secrets import BLOT
from agentmux.mux.viewer import Viewer
from tests.support.cockpit import Cockpit, Row, eventually
from tests.support.repo import write

pytestmark = pytest.mark.story

TOKEN = "ghp_" + "0123456789abcdefghij0123"
WORD = "correct horse battery"
"""Known by its variable alone: it has the shape of nothing."""


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("REGISTRY_PASSWORD", WORD)
    return WORD


def kept(cockpit: Cockpit) -> bytes:
    """Everything that stands in the ledger's files."""
    return b"".join(path.read_bytes() for path in cockpit.places.ledger.parent.iterdir())


def start(cockpit: Cockpit, *argv: str) -> Row:
    """A session whose command and task hold both secrets; it prints what it was given."""
    row: Row = cockpit.do(
        "new", f"log in with {TOKEN} or {WORD}", "--json", *argv, "--",
        "sh", "-c", 'echo "[$1|$2]" >> got; exec cat', "sh", TOKEN, WORD,
    ).json["session"]  # fmt: skip
    return row


def got(row: Row) -> str:
    file = Path(row["worktree"], "got")
    eventually(lambda: file.exists() and file.read_text().endswith("\n"), "the words arrived")
    return file.read_text()


def test_the_agent_gets_the_words_and_the_ledger_none_of_the_secrets(
    cockpit: Cockpit, password: str
) -> None:
    row = start(cockpit)
    assert row["task"] == f"log in with {BLOT} or {BLOT}"
    assert got(row) == f"[{TOKEN}|{WORD}]\n"
    assert TOKEN.encode() not in kept(cockpit)
    assert WORD.encode() not in kept(cockpit)
    assert "ghp" not in row["name"] + row["branch"] + row["worktree"]


def test_they_outlive_the_leader_and_go_with_the_session(cockpit: Cockpit, password: str) -> None:
    row = start(cockpit)
    got(row)
    cockpit.kill_leader()
    cockpit.do("restart", "1")
    eventually(lambda: got(row) == f"[{TOKEN}|{WORD}]\n" * 2, "started again with the same words")
    cockpit.do("stop", "1")
    cockpit.do("resume", "1")
    eventually(lambda: got(row).count(TOKEN) == 3, "and once more")
    fork = cockpit.do("fork", "1", f"now with {TOKEN}", "--json").json["session"]
    eventually(lambda: got(fork).count(TOKEN) == 4, "a fork has them too")
    assert TOKEN.encode() not in kept(cockpit)

    words = cockpit.places.words("s1")
    assert words.stat().st_mode & 0o777 == 0o600
    cockpit.do("rm", "1", "--yes", "--discard")
    eventually(lambda: not words.exists(), "they are gone with the session")
    assert cockpit.places.words("s2").exists()


async def test_what_is_asked_at_the_screen_is_kept_without_them_too(
    cockpit: Cockpit, password: str
) -> None:
    cockpit.places.make()
    here = str(cockpit.repo)
    command: list[e.Json] = ["sh", "-c", "echo $0 > got; exec cat", TOKEN]
    async with Viewer(cockpit.places, Config(), here, here, os.environ) as mux:
        await mux.request("new", task=f"log in with {password}", command=command)
    row = cockpit.row("s1")
    assert row["task"] == f"log in with {BLOT}"
    assert got(row) == f"{TOKEN}\n"
    assert TOKEN.encode() not in kept(cockpit)
    assert WORD.encode() not in kept(cockpit)


def test_words_that_are_lost_refuse_the_start(cockpit: Cockpit, password: str) -> None:
    start(cockpit)
    cockpit.do("stop", "1")
    cockpit.places.words("s1").unlink()
    said = cockpit.run("resume", "1")
    assert said.code == 1
    assert "held a secret, which is kept no more" in said.err


def test_a_word_that_only_looks_blotted_is_a_word(cockpit: Cockpit) -> None:
    row = cockpit.new(script=f'echo "{BLOT}" > got; exec cat')
    assert got(row) == f"{BLOT}\n"


def test_the_last_lines_hold_no_value_of_the_agent_s_environment(
    cockpit: Cockpit, password: str
) -> None:
    """Also when the leader that started it is dead, and when the profile brings the value."""
    write(
        cockpit.places.config_file,
        '[profiles.p]\ncommand = ["sh", "-c", "read x; echo $REGISTRY_PASSWORD, $DB_SECRET."]\n'
        'env = { DB_SECRET = "staple and more" }\n',
    )
    cockpit.do("new", "--profile", "p")
    secrets = cockpit.places.run_secrets("s1", 1)
    assert secrets.stat().st_mode & 0o777 == 0o600
    cockpit.kill_leader()
    cockpit.do("rename", "1", "renamed")
    cockpit.do("send", "1", "--keys", "0d")
    cockpit.await_state("s1", "exited")
    told = f"{BLOT}, {BLOT}."
    eventually(lambda: told in cockpit.row("s1")["last_lines"], "the last lines")
    assert b"staple" not in kept(cockpit)
    eventually(lambda: not secrets.exists(), "the values are gone with the run")
