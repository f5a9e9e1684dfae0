"""How a session ends: asked once, nothing of its work lost, no secret kept."""

import os
from pathlib import Path

import pytest

from tests.support.cockpit import Cockpit, eventually
from tests.support.repo import git, make_repo, write

pytestmark = pytest.mark.story

LAST_WORK = """
trap 'echo precious > late.txt; exit' HUP TERM
echo ready
while :; do read -r line || :; done
"""


def test_what_an_agent_writes_as_it_is_ended_is_kept_too(cockpit: Cockpit) -> None:
    cockpit.new(script=LAST_WORK)
    cockpit.await_screen("1", "ready")

    cockpit.do("rm", "1", "--yes", "--discard")

    assert cockpit.row("s1")["kept_ref"] == "refs/agentmux/removed/s1"
    assert git(cockpit.repo, "show", "refs/agentmux/removed/s1:late.txt") == "precious\n"


def test_rm_tells_what_the_kept_ref_does_not_hold(cockpit: Cockpit) -> None:
    worktree = Path(cockpit.new()["worktree"])
    inner = make_repo(worktree / "vendor" / "lib").root
    git(inner, "update-index", "--add", "--cacheinfo", f"100644,{'1' * 40},pipe")
    os.mkfifo(inner / "pipe")

    said = cockpit.do("rm", "1", "--yes", "--discard", "--json")

    assert git(cockpit.repo, "show", "refs/agentmux/removed/s1:vendor/lib/app.py")
    lost = ["vendor/lib/pipe", "vendor/lib/.git"]
    assert said.json["session"]["not_kept"] == lost
    assert "Not kept: vendor/lib/pipe, vendor/lib/.git." in said.err
    assert cockpit.row("s1")["not_kept"] == lost


def test_rm_names_a_repository_that_git_ignores(cockpit: Cockpit) -> None:
    worktree = Path(cockpit.new()["worktree"])
    write(worktree.parent / "exclude", "vendor/\n")
    git(worktree, "config", "core.excludesFile", str(worktree.parent / "exclude"))
    make_repo(worktree / "vendor" / "mine")

    refused = cockpit.run("rm", "1", "--yes")

    assert refused.code == 7
    assert "would lose the repository vendor/mine in it, kept by no ref" in refused.err
    assert (worktree / "vendor/mine/.git").is_dir()
    said = cockpit.do("rm", "1", "--yes", "--discard")
    assert "Not kept: vendor/mine." in said.err


def test_rm_leaves_nothing_of_a_session_but_its_row(cockpit: Cockpit) -> None:
    write(cockpit.places.config_file, '[hooks]\nlaunch = ["echo up"]\nteardown = ["echo down"]\n')
    cockpit.new()
    folder = cockpit.places.session_dir("s1")
    assert (folder / "launch.log").exists()

    cockpit.do("rm", "1", "--yes")

    assert not folder.exists()
    assert cockpit.row("s1")["removed"]


def test_the_next_leader_clears_what_a_killed_one_left_of_a_removed_session(
    cockpit: Cockpit,
) -> None:
    cockpit.new("--name", "stays")
    cockpit.new("--name", "goes")
    cockpit.do("rm", "goes", "--yes")
    left = write(cockpit.places.spool("s2", 1), "")
    cockpit.kill_leader()

    cockpit.do("up", "--headless")

    eventually(lambda: not left.parent.exists(), "the folder is gone")
    assert cockpit.places.spool("s1", 1).exists()


def test_resume_of_a_session_that_runs_starts_no_second_agent(cockpit: Cockpit) -> None:
    first = cockpit.new()

    again = cockpit.do("resume", "1", "--json").json["session"]

    assert (again["run"], again["pid"]) == (1, first["pid"])
    assert cockpit.windows() == ["s1-1"]


def test_tokens_among_the_last_lines_are_not_recorded(cockpit: Cockpit) -> None:
    rest = "0123456789abcdefghij"
    token = f"ghp_{rest}"
    cockpit.new(script=f"echo the key is ghp_''{rest}; read line; exit 1")
    cockpit.await_screen("1", token)

    cockpit.do("send", "1", "--keys", "0d")

    cockpit.await_state("s1", "exited")
    assert "the key is [secret]" in cockpit.row("s1")["last_lines"]
    assert token.encode() not in b"".join(
        file.read_bytes() for file in cockpit.places.ledger.parent.glob("ledger*")
    )


def test_a_session_of_a_ledger_that_was_moved_away_is_no_run_of_a_new_one(
    cockpit: Cockpit,
) -> None:
    cockpit.new(script="exit 7")
    cockpit.await_state("s1", "exited")
    cockpit.do("down", "--all", "--yes")
    ledger = cockpit.places.ledger
    for file in ledger.parent.glob(f"{ledger.name}*"):
        file.rename(file.with_name(f"set-aside-{file.name}"))

    row = cockpit.new(script="echo alive; exec sleep 600")

    assert row["state"] in ("starting", "running")
    assert row["id"] == "s2"
    cockpit.await_screen(row["id"], "alive")
