"""Bad input is normal input: one sentence, a hint, nothing lost, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cockpit import ROOT, Cockpit, Said
from tests.support.repo import git, make_repo, write

pytestmark = pytest.mark.story


def assert_refused(said: Said, code: int, words: str) -> None:
    assert said.code == code, said
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.err.startswith("agentmux: ")


def test_not_a_repository(cockpit: Cockpit) -> None:
    folder = cockpit.home / "plain"
    folder.mkdir()
    said = cockpit.run("new", "--", "sleep", "600", cwd=folder)
    assert_refused(said, 2, "not")
    assert "hint:" in said.err
    assert cockpit.ls() == {}


def test_a_bare_repository(cockpit: Cockpit) -> None:
    git(cockpit.home, "init", "--quiet", "--bare", "bare.git")
    assert_refused(cockpit.run("new", "--", "true", cwd=cockpit.home / "bare.git"), 2, "bare")


def test_no_commits_yet(cockpit: Cockpit) -> None:
    git(cockpit.home, "init", "--quiet", "empty")
    assert_refused(cockpit.run("new", "--", "true", cwd=cockpit.home / "empty"), 2, "no commits")


def test_a_detached_head_is_a_base_like_any(cockpit: Cockpit) -> None:
    git(cockpit.repo, "checkout", "--quiet", "--detach")
    row = cockpit.new("--base", "head")
    assert row["base_commit"] == git(cockpit.repo, "rev-parse", "HEAD").strip()


def test_an_unknown_base_names_the_nearest(cockpit: Cockpit) -> None:
    assert_refused(cockpit.run("new", "--base", "mian", "--", "true"), 4, "mian")
    assert "main" in cockpit.run("new", "--base", "mian", "--", "true").err


def test_a_branch_that_exists(cockpit: Cockpit) -> None:
    git(cockpit.repo, "branch", "taken")
    said = cockpit.run("new", "--branch", "taken", "--", "sleep", "600")
    assert said.code in (1, 2)
    assert "taken" in said.err
    git(cockpit.repo, "branch", "agentmux/again")
    assert cockpit.new("--name", "again")["branch"] == "agentmux/again-2"


def test_a_branch_that_another_rules_out(cockpit: Cockpit) -> None:
    git(cockpit.repo, "branch", "taken")
    git(cockpit.repo, "branch", "deep/er")
    for branch, other in (("taken/below", "taken"), ("deep", "deep/er")):
        said = cockpit.run("new", "--branch", branch, "--", "true")
        assert_refused(said, 2, f"beside the branch '{other}'")


def test_a_variable_of_a_script_that_was_never_set(cockpit: Cockpit) -> None:
    for option in ("--base", "--branch", "--agent", "--profile", "--key", "--size"):
        assert_refused(cockpit.run("new", option, "", "--", "true"), 2, f"{option} is empty")
    assert_refused(cockpit.run("new", "--", ""), 2, "command after -- is empty")
    assert cockpit.ls() == {}


def test_a_profile_that_waits_for_trust(cockpit: Cockpit) -> None:
    text = '[profiles.quick]\ncommand = ["sleep", "600"]\n'
    write(cockpit.repo / ".agentmux.toml", text)
    said = cockpit.run("new", "--profile", "quick")
    assert_refused(said, 7, ".agentmux.toml")
    assert "agentmux trust" in said.err


def test_a_folder_that_exists(cockpit: Cockpit) -> None:
    write(cockpit.home / "acme.worktrees/job/keep.txt", "mine\n")
    row = cockpit.new("--name", "job")
    assert Path(row["worktree"]).name == "job-2"
    assert (cockpit.home / "acme.worktrees/job/keep.txt").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[31mred", "-dash", "7", "s7", "", "a" * 200])
def test_names_that_cannot_be(cockpit: Cockpit, name: str) -> None:
    said = cockpit.run("new", f"--name={name}", "--", "true")
    assert_refused(said, 2, "name")
    assert "hint:" in said.err


@pytest.mark.parametrize(
    "name", ["with space", "quo'te\"s", "#(touch x)", "ünïcode 名", "a;b", "%1"]
)
def test_odd_names_are_only_names(cockpit: Cockpit, name: str) -> None:
    row = cockpit.new("--name", name)
    assert row["name"] == name
    assert cockpit.do("stop", name, "--json").json["session"]["state"] == "exited"
    assert not list(cockpit.home.rglob("x"))


def test_a_repository_path_of_odd_bytes(cockpit: Cockpit) -> None:
    folder = cockpit.home / os.fsdecode(b"#(touch pwned) \xff;")
    make_repo(folder)
    said = cockpit.do("new", "--json", "--", "sh", "-c", "pwd > here; exec sleep 600", cwd=folder)
    row = said.json["session"]
    assert os.fsencode(row["worktree"]).startswith(os.fsencode(cockpit.home))
    assert not list(cockpit.home.rglob("pwned"))
    cockpit.do("ls")


def test_an_unknown_verb_and_an_unknown_session(cockpit: Cockpit) -> None:
    assert cockpit.run("dance").code == 2
    cockpit.new("--name", "csv-import")
    assert_refused(cockpit.run("stop", "csv-imprt"), 4, "csv-imprt")
    assert "csv-import" in cockpit.run("stop", "csv-imprt").err


def test_no_number_is_no_time_and_no_speed(cockpit: Cockpit) -> None:
    cockpit.new("--name", "job")
    assert_refused(cockpit.run("wait", "job", "--for", "exited", "--timeout", "nan"), 2, "nan")
    assert_refused(cockpit.run("demo", "--headless", "--speed", "nan"), 2, "nan")


def test_no_terminal_for_the_screen(cockpit: Cockpit) -> None:
    said = cockpit.run()
    assert_refused(said, 2, "terminal")
    for verb in ("ls", "demo", "up --headless"):
        assert verb in said.err


def test_a_folder_that_was_removed_under_the_person(cockpit: Cockpit) -> None:
    gone = cockpit.home / "gone"
    gone.mkdir()
    argv = ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", sys.executable, "-m", "agentmux"]
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    listed = subprocess.run([*argv, "ls", "--json"], cwd=gone, env=env, stdout=subprocess.PIPE)
    assert listed.returncode == 0
    assert json.loads(listed.stdout)["repo"] is None
    gone.mkdir()
    new = subprocess.run([*argv, "new", "--", "true"], cwd=gone, env=env, capture_output=True)
    assert_refused(Said(new.returncode, "", new.stderr.decode()), 2, "not")


def test_an_agent_that_does_not_exist_is_kept_for_a_retry(cockpit: Cockpit) -> None:
    said = cockpit.run("new", "--name", "none", "--", "/no/such/agent")
    assert_refused(said, 1, "/no/such/agent was not found")
    assert said.out == "kept s1 none\n"
    assert "resume s1" in said.err
    assert cockpit.row("s1")["exit_code"] == 127
    for verb in ("resume", "restart"):
        assert_refused(cockpit.run(verb, "none"), 1, "/no/such/agent was not found")
