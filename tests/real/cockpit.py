"""The whole of agentmux around a real agent: its verbs, its screen on a terminal, its leader."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentmux.paths import places
from tests.real.clients import Client
from tests.real.terminal import Terminal

CHECKOUT = Path(__file__).parents[2]
AGENTMUX = (sys.executable, "-m", "agentmux")
COMMAND = r"^ COMMAND "
"""The hint line while keys are agentmux's own; while they are the agent's it begins with TYPE."""
TYPE = r"^ TYPE "


@dataclass(frozen=True)
class Cockpit:
    """One person, their repository and their agentmux; use it in `with`."""

    client: Client
    repo: Path
    home: Path
    """AGENTMUX_HOME; short, since a socket stands below it."""

    def __enter__(self) -> "Cockpit":
        config = places(self.env).config_file
        config.parent.mkdir(parents=True, exist_ok=True)
        args = json.dumps(list(self.client.args))
        config.write_text(f'[profiles.real]\nagent = "{self.client.name}"\nargs = {args}\n')
        return self

    def __exit__(self, *details: object) -> None:
        """End every session, the leader and the private tmux server."""
        for session in self.sessions():
            self.run("stop", str(session["id"]), check=False)
        self.run("down", check=False)
        server = ["tmux", "-S", str(places(self.env).socket), "kill-server"]
        subprocess.run(server, capture_output=True, check=False)

    @property
    def env(self) -> dict[str, str]:
        """The person's environment, with agentmux of this checkout."""
        ours = {"AGENTMUX_HOME": str(self.home), "PYTHONPATH": str(CHECKOUT)}
        git = {name: value for name, value in os.environ.items() if name.startswith("GIT_")}
        return {**self.client.env, **git, **ours}

    def run(self, *args: str, check: bool = True) -> str:
        """What one verb prints."""
        done = subprocess.run(
            [*AGENTMUX, *args], env=self.env, cwd=self.repo, capture_output=True, text=True
        )
        if check and done.returncode:
            raise AssertionError(f"agentmux {args} → {done.returncode}: {done.stderr}")
        return done.stdout

    def sessions(self) -> list[dict[str, Any]]:
        """`agentmux ls --json`."""
        found: list[dict[str, Any]] = json.loads(self.run("ls", "--json"))["sessions"]
        return found

    def new(self, *args: str) -> Path:
        """Start a session of the real agent; its worktree."""
        told = json.loads(self.run("new", "--profile", "real", "--json", *args))
        return Path(told["session"]["worktree"])

    def screen(self, folder: Path) -> Terminal:
        """agentmux on a terminal, in the repository."""
        return Terminal(AGENTMUX, self.env, self.repo, folder)
