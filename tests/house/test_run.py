"""The script `run`: what it needs, what it makes once, and where it runs things.

A copy of it stands in a checkout whose lock is empty, so that the real set-up needs no network.
Its PATH holds nothing but the tools named here.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

TOOLS = ("sh", "cat", "cksum", "dirname", "id", "readlink", "rm", "git", "tmux")
PROGRAM = '''"""Print where we run and what is asked."""

import os
import sys

def main() -> int:
    print(os.getcwd(), *sys.argv[1:])
    return 0
'''
SET_UP = "setting up .venv"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH with a POSIX system's tools, git, tmux and a Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, f"{name} is not on PATH"
        (folder / name).symlink_to(found)
    base = Path(sys.executable).resolve()
    (folder / "python3").symlink_to(base)
    return folder


@pytest.fixture
def checkout(tmp_path: Path, root: Path) -> Path:
    """A checkout with `run`, an empty lock, and a program that prints its arguments."""
    made = tmp_path / "a check out"
    (made / "agentmux").mkdir(parents=True)
    shutil.copy(root / "run", made)
    (made / "requirements.lock").touch()
    (made / "pyproject.toml").touch()
    (made / "agentmux/__init__.py").write_text(PROGRAM)
    (made / "agentmux/__main__.py").write_text("from agentmux import main\nmain()\n")
    return made


def start(
    program: Path, *words: str, tools: Path, cwd: Path | None = None, **env: str
) -> "subprocess.Popen[str]":
    """Start `run` with nothing in the environment but PATH: no HOME either."""
    return subprocess.Popen(
        [str(program), *words],
        cwd=cwd or program.parent,
        env={"PATH": str(tools), "PIP_DISABLE_PIP_VERSION_CHECK": "1", **env, **_marks()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _marks() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("AGENTMUX_TEST")}


def ran(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate()
    return process.returncode, out, err


def fake(tools: Path, name: str, text: str = "exit 1") -> None:
    """Another machine's program: what its package manager would be called."""
    (tools / name).write_text(f"#!/bin/sh\n{text}\n")
    (tools / name).chmod(0o755)


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_any_shell_can_read_it(shell: str, root: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    subprocess.run([program, "-n", root / "run"], check=True)


@pytest.mark.timeout(120)
def test_the_first_start_sets_up_and_later_ones_do_not(
    checkout: Path, tools: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(checkout / "run")
    shadow = tmp_path / "shadow"
    (shadow / "agentmux").mkdir(parents=True)
    (shadow / "agentmux/__init__.py").write_text("raise SystemExit('somebody else')")

    code, out, err = ran(start(link, "ls", "--json", tools=tools, cwd=shadow))
    assert (code, out) == (0, f"{shadow} ls --json\n"), err
    assert SET_UP in err

    assert ran(start(link, tools=tools, cwd=shadow)) == (0, f"{shadow}\n", "")

    interrupted = checkout / ".venv/.stamp"
    interrupted.unlink()
    both = [start(checkout / "run", str(n), tools=tools) for n in (1, 2)]
    results = [ran(process) for process in both]
    assert [r[:2] for r in results] == [(0, f"{checkout} 1\n"), (0, f"{checkout} 2\n")]
    assert sum(SET_UP in err for _, _, err in results) == 1

    (checkout / "requirements.lock").write_text("nothing-such==1 --hash=sha256:00\n")
    code, out, err = ran(start(checkout / "run", tools=tools, PIP_NO_INDEX="1"))
    assert (code, out) == (1, "")
    assert "the next start tries again" in err
    assert not interrupted.exists()


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("dnf", "sudo dnf install git tmux python3.12"),
        ("pacman", "sudo pacman -S git tmux python"),
        ("brew", "brew install git tmux python"),
        ("", "install git, tmux and Python 3.11 or newer with its venv module"),
    ],
)
def test_what_is_missing_is_named_with_the_one_command(
    manager: str, command: str, checkout: Path, tools: Path
) -> None:
    (tools / "tmux").unlink()
    if manager:
        fake(tools, manager)

    code, out, err = ran(start(checkout / "run", "demo", tools=tools))

    assert (code, out) == (3, "")
    first, second = err.splitlines()
    assert first == "run: missing: tmux"
    assert second.endswith(command)
    assert not (checkout / ".venv").exists()


def test_apt_asks_a_person_without_rights_to_install(checkout: Path, tools: Path) -> None:
    for name in ("git", "python3", "id"):
        (tools / name).unlink()
    fake(tools, "id", "echo 1000")
    fake(tools, "sudo")
    fake(tools, "apt-get")
    fake(tools, "apt-cache", '[ "$2" = python3.11-venv ]')

    code, _, err = ran(start(checkout / "run", tools=tools))

    assert code == 3
    assert err.splitlines() == [
        "run: missing: git python",
        "run: install with: sudo apt-get install -y --no-install-recommends git python3.11-venv",
    ]


def test_apt_installs_what_is_missing_where_it_may(
    checkout: Path, tools: Path, tmp_path: Path
) -> None:
    tmux = (tools / "tmux").resolve()
    (tools / "tmux").unlink()
    log = tmp_path / "log"
    fake(tools, "id", "echo 0")
    fake(tools, "apt-cache", "exit 0")
    ln = shutil.which("ln")
    fake(tools, "apt-get", f'echo "$@" >>"{log}"; {ln} -s "{tmux}" "{tools}/tmux"')
    (checkout / "requirements.lock").write_text("nothing-such==1 --hash=sha256:00\n")

    _, _, err = ran(start(checkout / "run", tools=tools, PIP_NO_INDEX="1"))

    assert err.splitlines()[:2] == ["run: missing: tmux", "run: installing with apt-get: tmux"]
    assert log.read_text() == "install -y --no-install-recommends tmux\n"
    assert SET_UP in err


def test_an_old_python_is_not_taken(checkout: Path, tools: Path) -> None:
    (tools / "python3").unlink()
    fake(tools, "python3")

    code, _, err = ran(start(checkout / "run", tools=tools))

    assert code == 3
    assert err.splitlines()[0] == "run: missing: python"
