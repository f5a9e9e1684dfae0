"""The stage of the demo: a temporary home, a small repository, and the simulated sessions.

It speaks to agentmux as anybody does: by requests to the leader of that home. A stage whose demo
was killed with -9 is taken down by the next one: a lock that the kernel frees tells it apart.
"""

import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from agentmux.core.events import Json
from agentmux.demo import agent, personas
from agentmux.demo.tour import LABEL
from agentmux.git.run import act
from agentmux.ledger.store import Ledger
from agentmux.mux import requests
from agentmux.mux.start import end_server, ensure_leader
from agentmux.paths import Places, places

PREFIX = "agentmux-demo-"
PLAYING = "playing"
"""The file a running demo holds locked."""
KEPT_SETTINGS = ("AGENTMUX_TMUX", "AGENTMUX_COLOR", "AGENTMUX_THEME", "AGENTMUX_A11Y")
"""All others of the person's settings stay outside: hooks of theirs must not run in here."""

FILES = {
    "README.md": "# acme-api\n\nThe repository of the agentmux demo.\n",
    "src/importer.py": "import csv\n\n\ndef rows(source):\n",
    "src/auth.py": "def refresh(token): ...\n",
    "src/session.py": "TIMEOUT = 60\n",
    "tests/test_clock.py": "def test_clock(): ...\n",
}


@dataclass(frozen=True)
class Stage:
    """Where the demo plays."""

    root: Path
    places: Places
    repo: Path

    def start(self, name: str, seed: int, speed: float, *, stay: bool) -> None:
        """Start one persona as a session; `stay` keeps its composer open afterwards."""
        steps = personas.script_of(name, seed)
        task = personas.TASKS[name]
        play = {"name": name, "task": task, "speed": speed, "stay": stay, "steps": steps}
        command: list[Json] = [*_command(self.root, name, play)]
        args: dict[str, Json] = {"name": name, "task": task, "command": command, "profile": LABEL}
        with Ledger.open(self.places.ledger) as ledger:
            requests.ask(
                ledger,
                self.places,
                "new",
                {**args, "cwd": str(self.repo), "force": True},
                keep_leader=lambda: ensure_leader(self.places),
            )


@contextmanager
def stage(*, keep: bool) -> Iterator[Stage]:
    """A stage in a temporary folder, taken down afterwards unless `keep`.

    SIGTERM and SIGHUP take it down as well.
    """
    sweep()
    root = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")).resolve()
    before, handlers = dict(os.environ), _leave_on_signals()
    lock = _hold(root)
    try:
        _set_environment(root)
        where = places()
        where.make()
        _configure(where, root)
        yield Stage(root, where, make_repository(root / "acme-api"))
    finally:
        try:
            if keep:
                (root / "kept").touch()
            else:
                take_down(root)
        finally:
            os.close(lock)
            os.environ.clear()
            os.environ.update(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)


def sweep() -> None:
    """Take down every stage of ours that was neither kept nor is played on any more."""
    for root in Path("/tmp").glob(f"{PREFIX}*"):
        if root.is_symlink() or (root / "kept").exists():
            continue
        with suppress(OSError), (root / PLAYING).open("rb") as playing:
            if os.fstat(playing.fileno()).st_uid == os.geteuid():
                fcntl.flock(playing, fcntl.LOCK_EX | fcntl.LOCK_NB)
                take_down(root)


def _hold(root: Path) -> int:
    """The lock of a new stage, which has its name only once it is held."""
    draft = root / f"{PLAYING}.new"
    lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    draft.rename(root / PLAYING)
    return lock


def _leave_on_signals() -> dict[int, "signal._HANDLER"]:
    """Make SIGTERM and SIGHUP end this process by an exception; the handlers of before."""

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    return {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}


def _set_environment(root: Path) -> None:
    for name in [n for n in os.environ if n.startswith("AGENTMUX_") and n not in KEPT_SETTINGS]:
        del os.environ[name]
    os.environ["AGENTMUX_HOME"] = str(root / "home")


def _configure(where: Places, root: Path) -> None:
    """One more simulated agent is what `n` starts here."""
    play = {"name": "a", "task": "", "speed": 1, "stay": True, "steps": personas.NEWCOMER}
    words = json.dumps(_command(root, LABEL, play))  # in these characters JSON is TOML
    where.config.mkdir(exist_ok=True)
    where.config_file.write_text(f"[profiles.{LABEL}]\ncommand = {words}\n", encoding="utf-8")


def _command(root: Path, name: str, play: dict[str, object]) -> list[str]:
    """What plays `play`, which is written down first."""
    script = root / "scripts" / f"{name}.json"
    script.parent.mkdir(exist_ok=True)
    script.write_text(json.dumps(play), encoding="utf-8")
    return [sys.executable, "-I", agent.__file__, str(script)]


def make_repository(folder: Path) -> Path:
    """A small repository with one commit."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    identity = {
        "GIT_AUTHOR_NAME": "demo",
        "GIT_AUTHOR_EMAIL": "demo@localhost",
        "GIT_COMMITTER_NAME": "demo",
        "GIT_COMMITTER_EMAIL": "demo@localhost",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for argv in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message=The repository of the demo"),
    ):
        act(folder, *argv, trusted=None, env={**os.environ, **identity})
    return folder


def take_down(root: Path) -> None:
    """End every process of the stage and remove its files."""
    end_server(places({"AGENTMUX_HOME": str(root / "home")}))
    for process in processes_of(root):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes_of(root), timeout=5)
    shutil.rmtree(root, ignore_errors=True)


def processes_of(root: Path) -> list[psutil.Process]:
    """Living processes whose command line names a place on the stage, ourselves left out."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if alive and process.pid != os.getpid() and any(str(root) in word for word in words):
            found.append(process)
    return found


def left_behind(root: Path) -> dict[str, Json]:
    """What is still there of a stage that was taken down; all zero when it was done well."""
    files = list(root.rglob("*")) if root.exists() else []
    return {
        "processes": len(processes_of(root)),
        "worktrees": len([file for file in files if file.name == ".git" and file.is_file()]),
        "sockets": len([file for file in files if file.is_socket()]),
        "files": len(files),
    }
