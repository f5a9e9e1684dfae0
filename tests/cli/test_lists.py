"""The verbs that list what agentmux knows: keys, settings, agents, profiles, themes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from agentmux.agents import AGENTS
from agentmux.ui.keymap import KEYMAP
from tests.support.cockpit import ROOT, Cockpit
from tests.support.repo import write

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    return Cockpit(private_home)


def configure(cockpit: Cockpit, text: str) -> None:
    write(cockpit.places.config_file, text)


def test_keys_are_those_in_force(cockpit: Cockpit) -> None:
    configure(cockpit, 'leader = "ctrl+]"\n[keys]\nfork = ["F"]\n')
    rows = {row["id"]: row for row in cockpit.do("keys", "--json").json["keys"]}
    assert list(rows) == [row.id for row in KEYMAP]
    assert rows["fork"]["keys"] == ["F"]
    assert rows["leader.literal"]["keys"] == ["ctrl+]"]
    assert "| `F` |" in cockpit.do("keys", "--md").out
    assert len(cockpit.do("keys").out.splitlines()) == len(KEYMAP)


def test_a_setting_says_where_it_comes_from(cockpit: Cockpit) -> None:
    configure(cockpit, 'layout = "wall"\n')
    write(cockpit.repo / ".agentmux.toml", '[worktree]\nbase = "head"\n')
    rows = {row["key"]: row for row in cockpit.do("config", "show", "--json").json["settings"]}
    assert rows["layout"]["value"] == "wall"
    assert str(cockpit.places.config_file) in rows["layout"]["origin"]
    assert rows["worktree.base"]["value"] == "head"
    assert ".agentmux.toml" in rows["worktree.base"]["origin"]
    assert rows["theme"]["value"] == "auto"

    (only,) = cockpit.do("config", "explain", "layout", "--json").json["settings"]
    assert only == rows["layout"]
    assert cockpit.do("config", "path").out == f"{cockpit.places.config_file}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('\n[keys]\n"fork.it" = ["F"]\n', "line 3: keys.fork.it: there is no such action"),
        ('[keys]\nstop = ["X"]\nfork = ["F", "blorp"]\n', "line 3: keys.fork: 'blorp' is not"),
        ('\nleader = "ctrl+blorp"\n', "line 2: leader: 'ctrl+blorp' is not"),
        ('[keys]\nstop = ["n"]\n', "line 1: keys: n is both"),
    ],
)
def test_a_mistaken_key_is_told_with_file_and_line(cockpit: Cockpit, text: str, told: str) -> None:
    configure(cockpit, text)
    said = cockpit.run("keys")
    assert (said.code, said.out) == (2, "")
    assert f"{cockpit.places.config_file}, {told}" in said.err
    assert "hint:" in said.err


def test_config_alone_shows_every_setting(cockpit: Cockpit) -> None:
    for format_ in ((), ("--json",)):
        assert cockpit.do("config", *format_) == cockpit.do("config", "show", *format_)
    assert cockpit.run("config", "--json", "path").code == 2


def test_a_setting_that_is_none_is_answered_with_the_nearest(cockpit: Cockpit) -> None:
    said = cockpit.run("config", "explain", "layuot")
    assert said.code in (2, 4)
    assert "layout" in said.err


def test_agents_are_found_on_the_path(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cockpit.home / "bin"
    write(folder / "codex", "#!/bin/sh\necho codex-cli 0.163.0\n")
    (folder / "codex").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("SHELL", "/bin/sh")
    rows = {row["name"]: row for row in cockpit.do("agents", "--json").json["agents"]}
    assert rows.keys() == AGENTS.keys() - {"command"}
    assert (rows["shell"]["installed"], rows["shell"]["path"]) == (True, "/bin/sh")
    assert (rows["codex"]["version"], rows["codex"]["path"]) == ("0.163.0", str(folder / "codex"))
    assert rows["codex"]["installed"] is True
    assert any(line.startswith("codex ") for line in cockpit.do("agents").out.splitlines())


def test_profiles_name_what_they_set_but_not_to_what(cockpit: Cockpit) -> None:
    assert "No profiles" in cockpit.do("profiles").err
    configure(
        cockpit, '[profiles.quick]\nagent = "codex"\nargs = ["-m", "x"]\nenv = {KEY = "hush"}\n'
    )
    (row,) = cockpit.do("profiles", "--json").json["profiles"]
    assert (row["name"], row["agent"], row["env"]) == ("quick", "codex", ["KEY"])
    said = cockpit.do("profiles")
    assert said.out.split() == ["quick", "codex", "-m", "x"]
    assert "hush" not in said.out


def test_themes_are_ours_and_the_persons(cockpit: Cockpit) -> None:
    ours = sorted(path.stem for path in (ROOT / "themes").glob("*.toml"))
    dark = (ROOT / "themes/dark.toml").read_text()
    write(cockpit.places.config / "themes/mine.toml", dark)
    names = [row["name"] for row in cockpit.do("themes", "--json").json["themes"]]
    assert names == sorted([*ours, "mine"])
    assert cockpit.do("themes").out.splitlines() == names


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_a_script_of_that_shell(cockpit: Cockpit, shell: str) -> None:
    script = cockpit.do("completions", shell).out
    assert "_AGENTMUX_COMPLETE" in script
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=script.encode(), check=True)


def test_no_completions_for_an_unknown_shell(cockpit: Cockpit) -> None:
    said = cockpit.run("completions", "csh")
    assert (said.code, "bash, zsh, fish" in said.err) == (2, True)
