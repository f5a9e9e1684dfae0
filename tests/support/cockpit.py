"""The real program, driven as a person drives it: verbs in a repository, answers read back."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentmux.paths import places
from tests.support.modes import obey_modes
from tests.support.repo import make_repo

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What one verb said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Row:
        row: Row = json.loads(self.out)
        return row


def eventually(what: Callable[[], object], doing: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until `what` is true; fails with `doing` when it never is."""
    deadline = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < deadline, f"never came true: {doing}"
        time.sleep(0.02)


class Cockpit:
    """One agentmux home and one repository."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.repo = make_repo(home / "acme").root
        self.places = places(os.environ)
        self.obeys_modes = False
        """Whether file modes count for the verbs, should the tests run as root."""

    def environment(self) -> dict[str, str]:
        """What the person's shell has in its environment."""
        return dict(os.environ)

    def run(self, *argv: str, cwd: Path | None = None, stdin: bytes = b"") -> Said:
        """One command line, whatever comes of it."""
        done = subprocess.run(
            [sys.executable, "-m", "agentmux", *argv],
            cwd=cwd or self.repo,
            input=stdin,
            capture_output=True,
            env={**self.environment(), "PYTHONPATH": str(ROOT)},
            timeout=PATIENCE_S * 2,
            preexec_fn=obey_modes if self.obeys_modes else None,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def do(self, *argv: str, cwd: Path | None = None, stdin: bytes = b"") -> Said:
        """One command line that must succeed."""
        said = self.run(*argv, cwd=cwd, stdin=stdin)
        assert said.code == 0, f"{argv}: {said}"
        return said

    def new(self, *argv: str, script: str = "exec sleep 600") -> Row:
        """A session that runs a shell script; the row `new` answered with."""
        said = self.do("new", "--json", *argv, "--", "sh", "-c", script)
        row: Row = said.json["session"]
        return row

    def ls(self, *argv: str) -> dict[str, Row]:
        """Id → row."""
        return {row["id"]: row for row in self.do("ls", "--json", *argv).json["sessions"]}

    def ls_from(self, folder: Path) -> dict[str, Row]:
        """`ls` asked from another folder."""
        rows = self.do("ls", "--json", cwd=folder).json["sessions"]
        return {row["id"]: row for row in rows}

    def row(self, session: str) -> Row:
        return self.ls("--all")[session]

    def screen(self, session: str) -> str:
        return self.do("screen", session, "--history").out

    def await_state(self, session: str, *states: str) -> Row:
        """Wait until `ls` says so; the row as it is then."""
        eventually(lambda: self.row(session)["state"] in states, f"{session} in {states}")
        return self.row(session)

    def await_screen(self, session: str, text: str) -> None:
        eventually(lambda: text in self.screen(session), f"{text!r} on the screen of {session}")

    def leader(self) -> int | None:
        pid: int | None = self.do("ls", "--json").json["leader"]["pid"]
        return pid

    def kill_leader(self) -> int:
        """`kill -9` of the leader; its pid."""
        pid = self.leader()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: self.leader() != pid, "the killed leader is gone")
        return pid

    def server_pid(self) -> int:
        return int(self.tmux("display-message", "-p", "#{pid}"))

    def tmux(self, *argv: str) -> str:
        """What the private tmux server says to plain tmux."""
        socket = str(self.places.socket)
        done = subprocess.run(["tmux", "-S", socket, *argv], capture_output=True, check=True)
        return done.stdout.decode().strip()

    def windows(self) -> list[str]:
        """Names of the windows agents run or ran in."""
        names = self.tmux("list-windows", "-t", "hub", "-F", "#{window_name}").splitlines()
        return [name for name in names if name.partition("-")[0] not in ("keeper", "leader")]

    def close(self) -> None:
        """End everything, whatever state it is in."""
        self.run("down", "--all", "--yes", cwd=self.home)
        subprocess.run(
            ["tmux", "-S", str(self.places.socket), "kill-server"], capture_output=True, check=False
        )
