"""The shim in a real tmux pane: what tmux reports is what happened to the agent."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shim.pane import BARE, SHIM, is_alive, program, until

pytestmark = pytest.mark.tmux
Tmux = Callable[..., str]


@pytest.fixture
def tmux(private_home: Path) -> Iterator[Tmux]:
    """A private server; called with a command's words it returns what tmux prints."""

    def run(*words: str) -> str:
        command = ["tmux", "-S", str(private_home / "s"), "-f", os.devnull, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    run("new-session", "-d", "-s", "hub", "-x", "100", "-y", "30", "cat")
    run("set-option", "-g", "remain-on-exit", "on")
    yield run
    subprocess.run(["tmux", "-S", str(private_home / "s"), "kill-server"], capture_output=True)


def open_pane(tmux: Tmux, folder: Path, argv: list[str]) -> tuple[str, Path]:
    """A window whose pane runs the shim around `argv`; its pane id and its spool."""
    spool = folder / "spool.jsonl"
    spec = {name: str(folder / name) for name in ("modes", "terminal")}
    fields = spec | {"argv": argv, "cwd": str(folder), "spool": str(spool)}
    file = folder / "spec.json"
    file.write_text(json.dumps(fields | {"env": dict(os.environ), "grace_s": 0.3}))
    shim = [*BARE, str(SHIM), str(file)]
    return tmux("new-window", "-d", "-P", "-F", "#{pane_id}", "-t", "hub", "--", *shim), spool


def shows(tmux: Tmux, pane: str, text: str) -> None:
    until(lambda: text in tmux("capture-pane", "-p", "-S-", "-t", pane), f"{text!r} on the screen")


def dies(tmux: Tmux, pane: str, told: str) -> None:
    """Wait until tmux reports the pane as `dead status signal-`.

    tmux 3.3a misses the death of one process in twenty, a plain `sh` too, until the next one: a
    SIGCHLD makes it look again.
    """
    server = int(tmux("display", "-p", "#{pid}"))
    form = "#{pane_dead} #{pane_dead_status} #{pane_dead_signal}-"

    def reported() -> bool:
        os.kill(server, signal.SIGCHLD)
        return tmux("display", "-p", "-t", pane, form) == told

    until(reported, f"the report {told}")


def agent_of(spool: Path) -> int:
    until(spool.exists, "the spool")
    return int(json.loads(spool.read_text().splitlines()[0])["pid"])


@pytest.mark.parametrize(
    ("end", "told"), [("exit 7", "1 7 -"), ("kill -9 $$", "1  9-"), ("kill -15 $$", "1  15-")]
)
def test_tmux_reports_the_agents_end(tmux: Tmux, tmp_path: Path, end: str, told: str) -> None:
    pane, _ = open_pane(tmux, tmp_path, ["sh", "-c", f"echo last words; {end}"])

    dies(tmux, pane, told)
    shows(tmux, pane, "last words")


def test_keys_size_and_title(tmux: Tmux, tmp_path: Path) -> None:
    """Keys arrive as bytes; the probe that tmux 3.3a takes for a title does not become one."""
    reads = program(
        "tty.setraw(0)\n"
        "os.write(1, b'\\x1b]2;mine\\x07\\x1b_Gi=31,s=1;AAAA\\x1b\\\\')\n"
        "os.write(1, b'%dx%d.' % os.get_terminal_size(0))\n"
        "while (data := os.read(0, 100)) != b'q': os.write(1, data.hex().encode() + b'.')"
    )
    pane, _ = open_pane(tmux, tmp_path, reads)
    shows(tmux, pane, "100x30.")
    tmux("send-keys", "-t", pane, "-H", "1b", "5b", "31", "33", "3b", "32", "75")
    shows(tmux, pane, "1b5b31333b3275.")

    assert tmux("display", "-p", "-t", pane, "#{pane_title}") == "mine"
    tmux("send-keys", "-t", pane, "q")
    dies(tmux, pane, "1 0 -")


def test_a_killed_window_ends_an_agent_that_ignores_hup(tmux: Tmux, tmp_path: Path) -> None:
    pane, spool = open_pane(tmux, tmp_path, ["sh", "-c", "trap '' HUP; echo ready; cat"])
    shows(tmux, pane, "ready")
    agent = agent_of(spool)
    tmux("kill-pane", "-t", pane)

    until(lambda: not is_alive(agent), "the agent's death")
    until(lambda: '"e":"exit"' in spool.read_text(), "the exit row")


def test_a_killed_server_ends_the_agent(tmux: Tmux, tmp_path: Path) -> None:
    pane, spool = open_pane(tmux, tmp_path, ["sh", "-c", "trap '' HUP; echo ready; cat"])
    shows(tmux, pane, "ready")
    agent = agent_of(spool)
    os.kill(int(tmux("display", "-p", "#{pid}")), 9)

    until(lambda: not is_alive(agent), "the agent's death")
    until(lambda: '"e":"exit"' in spool.read_text(), "the exit row")
