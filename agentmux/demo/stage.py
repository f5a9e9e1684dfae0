"""The stage of the demo: a temporary home, a small repository, and the simulated sessions.

It speaks to agentmux as anybody does: by requests to the leader of that home.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from agentmux.core.events import Json
from agentmux.demo import agent, personas
from agentmux.git.run import act
from agentmux.ledger.store import Ledger
from agentmux.mux import requests
from agentmux.mux.start import end_server, ensure_leader
from agentmux.paths import Places, places

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
        script = self.root / "scripts" / f"{name}.json"
        script.parent.mkdir(exist_ok=True)
        steps = personas.script_of(name, seed)
        task = f"the task of {name}"
        play = {"name": name, "task": task, "speed": speed, "stay": stay, "steps": steps}
        script.write_text(json.dumps(play), encoding="utf-8")
        command: list[Json] = [sys.executable, "-I", agent.__file__, str(script)]
        args: dict[str, Json] = {"name": name, "task": task, "command": command}
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
    """A stage in a temporary folder, taken down afterwards unless `keep`."""
    root = Path(tempfile.mkdtemp(prefix="agentmux-demo-", dir="/tmp")).resolve()
    before = dict(os.environ)
    os.environ["AGENTMUX_HOME"] = str(root / "home")
    try:
        where = places()
        where.make()
        yield Stage(root, where, make_repository(root / "acme-api"))
    finally:
        try:
            if not keep:
                take_down(root)
        finally:
            os.environ.clear()
            os.environ.update(before)


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
        act(folder, *argv, trusted=True, env={**os.environ, **identity})
    return folder


def take_down(root: Path) -> None:
    """End every process of the stage and remove its files."""
    end_server(places())
    for process in processes_of(root):
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
