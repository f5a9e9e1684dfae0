"""A session from its start to its removal, by verbs."""

import shutil
from pathlib import Path

import pytest

from agentmux.mux.log import LIMIT
from tests.support.cockpit import Cockpit, eventually
from tests.support.repo import commit, git, make_repo, write

pytestmark = pytest.mark.story


def test_a_session_works_in_a_worktree_of_its_own(cockpit: Cockpit) -> None:
    row = cockpit.new("--name", "csv import", script="echo made > made.txt; exec sleep 600")

    assert row["state"] in ("starting", "running")
    assert (row["slot"], row["name"], row["branch"]) == (1, "csv import", "agentmux/csv-import")
    worktree = Path(row["worktree"])
    eventually((worktree / "made.txt").exists, "the agent's file in its worktree")
    assert not (cockpit.repo / "made.txt").exists()
    eventually(lambda: cockpit.row("s1").get("dirty") == 1, "one dirty path in ls")
    assert git(cockpit.repo, "worktree", "list").count("\n") == 2


def test_the_exit_code_is_told_with_the_last_lines(cockpit: Cockpit) -> None:
    cockpit.new(script="echo the last words; exit 7")

    row = cockpit.await_state("s1", "exited")

    assert (row["exit_code"], row["exit_signal"]) == (7, None)
    eventually(lambda: "the last words" in cockpit.row("s1")["last_lines"], "its last lines")


def test_a_killed_agent_is_told_by_its_signal(cockpit: Cockpit) -> None:
    cockpit.new(script="kill -KILL $$")

    row = cockpit.await_state("s1", "exited")

    assert (row["exit_code"], row["exit_signal"]) == (None, 9)


def test_a_missing_program_is_kept_for_a_retry(cockpit: Cockpit) -> None:
    said = cockpit.run("new", "--json", "--", "no-such-program-anywhere")

    assert said.code == 1
    assert "no-such-program-anywhere" in said.err
    assert "Traceback" not in said.err
    row = cockpit.await_state("s1", "exited")
    assert row["exit_code"] == 127
    write(cockpit.home / "bin/no-such-program-anywhere", "#!/bin/sh\nexec sleep 600\n").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{cockpit.home / 'bin'}:/usr/bin:/bin")
        assert cockpit.do("resume", "s1", "--json").json["session"]["run"] == 2


def test_stop_keeps_the_worktree_and_resume_goes_on_in_it(cockpit: Cockpit) -> None:
    row = cockpit.new(script="echo x >> runs; exec sleep 600")
    runs = Path(row["worktree"], "runs")
    eventually(runs.exists, "the first run")

    stopped = cockpit.do("stop", "1", "--json").json["session"]
    assert stopped["state"] == "exited"
    resumed = cockpit.do("resume", "1", "--json").json["session"]

    assert (resumed["id"], resumed["run"], resumed["slot"]) == ("s1", 2, 1)
    eventually(lambda: runs.read_text() == "x\nx\n", "the second run in the same worktree")
    assert cockpit.windows() == ["s1-2"]


def test_restart_ends_the_agent_and_starts_it_afresh(cockpit: Cockpit) -> None:
    first = cockpit.new()["pid"]

    again = cockpit.do("restart", "s1", "--json").json["session"]

    assert again["run"] == 2
    assert again["pid"] != first


def test_rename_changes_the_name_alone(cockpit: Cockpit) -> None:
    cockpit.new("--name", "old")
    row = cockpit.do("rename", "old", "new name", "--json").json["session"]
    assert (row["name"], row["branch"]) == ("new name", "agentmux/old")
    assert cockpit.run("rename", "new name", "7").code == 2
    assert cockpit.run("stop", "old").code == 4


def test_fork_takes_uncommitted_work_along(cockpit: Cockpit) -> None:
    row = cockpit.new("--name", "first")
    write(Path(row["worktree"]) / "idea.txt", "half an idea\n")

    forked = cockpit.do("fork", "first", "--json").json["session"]

    assert forked["name"] == "first-fork"
    assert Path(forked["worktree"], "idea.txt").read_text() == "half an idea\n"
    assert forked["worktree"] != row["worktree"]
    assert cockpit.do("fork", "first", "--json").json["session"]["name"] == "first-fork-2"


def test_rm_refuses_to_lose_work_and_keeps_a_ref_even_when_told(cockpit: Cockpit) -> None:
    row = cockpit.new()
    write(Path(row["worktree"]) / "work.txt", "precious\n")

    refused = cockpit.run("rm", "1", "--yes")
    assert refused.code == 7
    assert "1 uncommitted path" in refused.err
    assert cockpit.row("s1")["state"] in ("starting", "running", "quiet")
    assert cockpit.run("rm", "1").code == 7

    cockpit.do("rm", "1", "--yes", "--discard")

    assert not Path(row["worktree"]).exists()
    assert git(cockpit.repo, "show", "refs/agentmux/removed/s1:work.txt") == "precious\n"
    assert cockpit.ls() == {}
    assert cockpit.row("s1")["kept_ref"] == "refs/agentmux/removed/s1"
    assert git(cockpit.repo, "branch", "--list", "agentmux/*") == ""


def test_rm_after_the_worktree_was_removed_by_hand_keeps_its_commits(cockpit: Cockpit) -> None:
    worktree = Path(cockpit.new()["worktree"])
    write(worktree / "work.txt", "precious\n")
    commit(worktree)
    shutil.rmtree(worktree)

    refused = cockpit.run("rm", "1", "--yes")
    assert (refused.code, "1 unmerged commit" in refused.err) == (7, True)
    cockpit.do("rm", "1", "--yes", "--discard")

    assert git(cockpit.repo, "show", "refs/agentmux/removed/s1:work.txt") == "precious\n"


def test_rm_after_the_repository_is_gone_removes_the_row(cockpit: Cockpit) -> None:
    cockpit.new()
    cockpit.do("stop", "1")
    shutil.rmtree(cockpit.repo)
    cockpit.do("rm", "s1", "--yes", cwd=cockpit.home)
    assert cockpit.ls_from(cockpit.home) == {}


def test_rm_of_a_clean_session_needs_to_be_told_once(cockpit: Cockpit) -> None:
    row = cockpit.new()
    cockpit.do("rm", "1", "--yes")
    assert not Path(row["worktree"]).exists()
    assert cockpit.row("s1")["kept_ref"] is None


def test_rm_without_being_told_says_what_it_would_do(cockpit: Cockpit) -> None:
    row = cockpit.new()
    write(Path(row["worktree"]) / "new.txt", "new\n")
    refused = cockpit.run("rm", "1")
    assert (refused.code, refused.out) == (7, "")
    for words in ("end its agent", f"delete {row['worktree']}", "lose 1 uncommitted path"):
        assert words in refused.err
    cockpit.new("--name", "mine", "--here")
    assert "delete" not in cockpit.run("rm", "mine").err


def test_here_works_in_the_checkout_and_rm_leaves_it(cockpit: Cockpit) -> None:
    row = cockpit.new("--here")
    assert (row["worktree"], row["here"]) == (str(cockpit.repo), True)
    cockpit.do("rm", "1", "--yes")
    assert (cockpit.repo / "app.py").exists()


def test_carry_takes_the_checkout_s_uncommitted_work(cockpit: Cockpit) -> None:
    write(cockpit.repo / "app.py", "print('changed')\n")
    row = cockpit.new("--carry")
    assert Path(row["worktree"], "app.py").read_text() == "print('changed')\n"


def test_nine_sessions_and_no_tenth(cockpit: Cockpit) -> None:
    for _ in range(9):
        cockpit.new()
    said = cockpit.run("new", "--", "sleep", "600")
    assert said.code == 2
    assert "nine slots" in said.err
    assert [row["slot"] for row in cockpit.ls().values()] == list(range(1, 10))
    cockpit.do("stop", "5")
    assert cockpit.new()["slot"] == 5
    assert cockpit.row("s5")["slot"] is None


def test_the_same_key_is_the_same_session(cockpit: Cockpit) -> None:
    first = cockpit.new("--key", "k1")
    second = cockpit.new("--key", "k1")
    assert first["id"] == second["id"]
    assert len(cockpit.windows()) == 1


def test_a_key_whose_session_has_exited_starts_another(cockpit: Cockpit) -> None:
    first = cockpit.new("--key", "k1")
    cockpit.do("stop", "1")

    second = cockpit.new("--key", "k1")

    assert second["id"] != first["id"]
    assert second["state"] in ("starting", "running")
    assert cockpit.new("--key", "k1")["id"] == second["id"]


def test_the_same_key_in_another_repository_is_another_session(cockpit: Cockpit) -> None:
    first = cockpit.new("--key", "k1")
    other = make_repo(cockpit.home / "other").root
    argv = ("new", "--json", "--key", "k1", "--", "sleep", "600")

    second = cockpit.do(*argv, cwd=other).json["session"]

    assert (second["repo"], second["id"]) == (str(other), "s2")
    inside = cockpit.do(*argv, cwd=Path(first["worktree"])).json["session"]
    assert inside["id"] == first["id"]


def test_without_name_and_task_a_session_is_named_after_its_profile(cockpit: Cockpit) -> None:
    write(cockpit.places.config_file, '[profiles.Watcher]\ncommand = ["sleep", "600"]\n')

    row = cockpit.do("new", "--json", "--profile", "Watcher").json["session"]

    assert (row["agent"], row["name"]) == ("command", "watcher")
    assert cockpit.new("--profile", "Watcher", "watch the tests")["name"] == "watch-the-tests"


def test_send_and_screen(cockpit: Cockpit) -> None:
    cockpit.new(script="exec cat")
    cockpit.do("send", "1", "two words")
    cockpit.await_screen("1", "two words")
    cockpit.do("send", "1", "--keys", "61 62 0d")
    cockpit.await_screen("1", "ab")
    shown = cockpit.do("screen", "1", "--json").json
    assert (shown["cols"], shown["rows"]) == (120, 40)
    cockpit.do("send", "1", "--stdin", stdin=b"from a pipe")
    cockpit.await_screen("1", "from a pipe")


def test_wait_ends_with_the_state_or_with_time(cockpit: Cockpit) -> None:
    cockpit.new(script="exec cat")
    assert cockpit.run("wait", "1", "--for", "exited", "--timeout", "0.2").code == 1
    cockpit.do("send", "1", "--keys", "04")
    cockpit.do("wait", "1", "--for", "exited", "--timeout", "10")
    assert cockpit.run("wait", "1", "--for", "dancing").code == 2


def test_a_leader_begins_with_a_short_log(cockpit: Cockpit) -> None:
    log = cockpit.places.leader_log
    write(log, "x" * LIMIT + "\n")

    cockpit.do("up", "--headless")

    eventually(lambda: log.stat().st_size < LIMIT, "the log is short")
    assert log.with_name("leader.log.1").stat().st_size > LIMIT


def test_up_is_idempotent_and_down_leaves_sessions_running(cockpit: Cockpit) -> None:
    cockpit.do("up", "--headless")
    leader = cockpit.leader()
    cockpit.do("up", "--headless")
    assert cockpit.leader() == leader
    pid = cockpit.new()["pid"]

    cockpit.do("down")

    assert cockpit.leader() is None
    assert cockpit.row("s1")["pid"] == pid
    cockpit.do("up", "--headless")
    assert cockpit.row("s1")["pid"] == pid
