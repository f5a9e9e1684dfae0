"""What a repository brings along: files to copy, links, hooks that run only once trusted."""

from pathlib import Path

import pytest

from tests.support.cockpit import Cockpit, eventually
from tests.support.repo import commit, status, write

pytestmark = pytest.mark.story


def own_config(cockpit: Cockpit, text: str) -> None:
    """The person's own configuration file."""
    write(cockpit.places.config_file, text)


def test_included_files_are_copied_and_shared_folders_linked(cockpit: Cockpit) -> None:
    write(cockpit.repo / ".gitignore", ".env\nnode_modules/\n")
    write(cockpit.repo / ".worktreeinclude", ".env\n")
    write(cockpit.repo / ".worktreelink", "node_modules\n")
    commit(cockpit.repo)
    write(cockpit.repo / ".env", "KEY=1\n")
    write(cockpit.repo / "node_modules/x.js", "x\n")

    worktree = Path(cockpit.new()["worktree"])

    assert (worktree / ".env").read_text() == "KEY=1\n"
    assert (worktree / "node_modules").is_symlink()
    assert status(worktree) == []


def test_setup_and_launch_hooks_of_the_person_run_in_the_worktree(cockpit: Cockpit) -> None:
    own_config(
        cockpit,
        '[hooks]\nsetup = "echo $AGENTMUX_SLOT > setup.txt"\nlaunch = "echo x >> launch.txt"\n',
    )
    worktree = Path(cockpit.new()["worktree"])
    assert (worktree / "setup.txt").read_text() == "1\n"
    cockpit.do("restart", "1")
    assert (worktree / "setup.txt").read_text() == "1\n"
    assert (worktree / "launch.txt").read_text() == "x\nx\n"


def test_a_failing_launch_hook_starts_nothing_and_says_so_at_once(cockpit: Cockpit) -> None:
    own_config(cockpit, '[hooks]\nlaunch = "echo not today; exit 4"\n')
    said = cockpit.run("new", "--", "sleep", "600")
    assert said.code == 1
    assert "The launch hook failed" in said.err and "not today" in said.err
    row = cockpit.row("s1")
    assert (row["state"], row["pid"]) == ("exited", None)
    own_config(cockpit, "")
    assert cockpit.do("resume", "s1", "--json").json["session"]["run"] == 2


def test_hooks_are_told_of_their_own_session_also_when_asked_from_inside_another(
    cockpit: Cockpit,
) -> None:
    tell = "echo $AGENTMUX_SESSION $AGENTMUX_SLOT >>"
    own_config(
        cockpit,
        f'[hooks]\nsetup = "{tell} told"\nlaunch = "{tell} told"\n'
        f'teardown = "cat told > {cockpit.home}/all; {tell} {cockpit.home}/all"\n',
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AGENTMUX_SESSION", "s99")
        patch.setenv("AGENTMUX_SLOT", "9")
        cockpit.new()
        cockpit.do("rm", "1", "--yes", "--discard")
    assert (cockpit.home / "all").read_text() == "s1 1\n" * 3


def test_hooks_are_not_told_of_the_asker_s_tmux(cockpit: Cockpit) -> None:
    tell = f"echo [$TMUX][$TMUX_PANE] >> {cockpit.home}/told"
    own_config(cockpit, f'[hooks]\nsetup = "{tell}"\nlaunch = "{tell}"\nteardown = "{tell}"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMUX", "/tmp/elsewhere,1,0")
        patch.setenv("TMUX_PANE", "%7")
        cockpit.new()
        cockpit.do("rm", "1", "--yes", "--discard")
    assert (cockpit.home / "told").read_text() == "[][]\n" * 3


def test_a_failing_setup_hook_marks_the_session_and_keeps_the_worktree(cockpit: Cockpit) -> None:
    own_config(cockpit, '[hooks]\nsetup = ["echo no network; exit 3"]\n')
    row = cockpit.new()
    assert "exit code 3" in row["setup_failed"]
    assert "no network" in row["setup_failed"]
    assert Path(row["worktree"]).is_dir()


def test_a_teardown_hook_runs_before_the_worktree_goes(cockpit: Cockpit) -> None:
    own_config(cockpit, f'[hooks]\nteardown = "echo $AGENTMUX_BRANCH $PWD > {cockpit.home}/gone"\n')
    row = cockpit.new()
    cockpit.do("rm", "1", "--yes")
    told = (cockpit.home / "gone").read_text().strip()
    assert told == f"{row['branch']} {row['worktree']}"


def test_a_repository_s_hooks_wait_for_trust_and_wait_again_on_change(cockpit: Cockpit) -> None:
    ran = cockpit.home / "ran"
    file = write(cockpit.repo / ".agentmux.toml", f'[hooks]\nsetup = "echo x >> {ran}"\n')

    said = cockpit.do("new", "--", "sleep", "600")
    assert ".agentmux.toml is not trusted" in said.err
    assert not ran.exists()
    assert cockpit.run("trust").code == 7

    cockpit.do("trust", "--yes")
    assert "trusted" not in cockpit.do("new", "--", "sleep", "600").err
    assert ran.read_text() == "x\n"

    write(file, f'[hooks]\nsetup = "echo evil >> {ran}"\n')
    assert "not trusted" in cockpit.do("new", "--", "sleep", "600").err
    assert ran.read_text() == "x\n"


def test_a_profile_sets_command_arguments_and_environment(cockpit: Cockpit) -> None:
    own_config(
        cockpit,
        "[profiles.mine]\n"
        'command = ["sh", "-c", "echo $WHO-$1-$0-$SECRET_X; exec sleep 600"]\n'
        'args = ["zero", "one"]\nenv = { WHO = "me" }\ndeny_env = ["SECRET_X"]\n',
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_X", "leaked")
        row = cockpit.do("new", "--profile", "mine", "--json").json["session"]
    assert (row["profile"], row["agent"]) == ("mine", "command")
    cockpit.await_screen("1", "me-one-zero-")
    assert "leaked" not in cockpit.screen("1")


def test_a_profile_s_task_is_that_of_its_sessions(cockpit: Cockpit) -> None:
    own_config(cockpit, '[profiles.p]\ncommand = ["sleep", "600"]\ntask = "look around"\n')
    row = cockpit.do("new", "--profile", "p", "--json").json["session"]
    assert (row["task"], row["name"]) == ("look around", "look-around")


def test_the_scrollback_is_as_long_as_configured(cockpit: Cockpit) -> None:
    own_config(cockpit, "[panes]\nhistory_limit = 50\n")
    cockpit.new(script="seq 1 500; exec sleep 600")
    cockpit.await_screen("1", "500")
    assert len(cockpit.screen("1").splitlines()) < 100


def test_the_agent_has_the_asker_s_environment_less_tmux_s(cockpit: Cockpit) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MY_TOOL", "here")
        patch.setenv("TMUX", "/tmp/elsewhere,1,0")
        cockpit.new(script="echo [$MY_TOOL][$TMUX][$AGENTMUX_SLOT][$TERM]; exec sleep 600")
    cockpit.await_screen("1", "[here][][1][tmux-256color]")
    left = [cockpit.places.request_env("r").parent, cockpit.places.shim_spec("s1", 1).parent]
    eventually(lambda: not any(any(f.iterdir()) for f in left), "no environment is left in a file")
