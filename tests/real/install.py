"""The real agents in pinned versions, kept between runs in a cache outside the environment.

npm no longer runs install scripts, and its wrapper packages need one, so the package that holds
this platform's native program is installed by name and the program is run directly. It needs no
Node itself.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 600.0
"""Seconds for one download of about 100 MB."""


@dataclass(frozen=True)
class Pinned:
    """One agent in one version; `{platform}` stands for `linux-x64` and the like."""

    name: str
    version: str
    package: str
    """What npm is asked for: name and version."""
    program: str
    """Pattern of the program's path below `node_modules`."""


PINNED = {
    "claude": Pinned(
        name="claude",
        version="2.1.330",
        package="@anthropic-ai/claude-code-{platform}@{version}",
        program="@anthropic-ai/claude-code-{platform}/claude",
    ),
    "codex": Pinned(
        name="codex",
        version="0.169.0",
        package="@openai/codex@{version}-{platform}",
        program="@openai/codex/vendor/*/bin/codex",
    ),
}


class CannotInstall(Exception):
    """One sentence, for the person who runs the tests."""


def cache_folder() -> Path:
    """Where the agents stay from run to run; some 800 MB."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(given) if given.startswith("/") else Path.home() / ".cache"
    return root / "agentmux-tests"


def install(agent: Pinned, cache: Path) -> Path:
    """The program of `agent`, downloaded at the first use; raises CannotInstall."""
    home = cache / f"{agent.name}-{agent.version}"
    if not home.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _download(agent, home)
    programs = list((home / "node_modules").glob(_fill(agent.program, agent)))
    if len(programs) != 1:
        raise CannotInstall(f"{home} holds no {agent.name} for this machine; remove it.")
    return programs[0]


def _download(agent: Pinned, home: Path) -> None:
    """Into a folder beside, then renamed: an interrupted download is never taken for a whole."""
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall(f"npm is needed to install {agent.name} {agent.version}.")
    draft = Path(tempfile.mkdtemp(prefix=".", dir=home.parent))
    package = _fill(agent.package, agent)
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    try:
        done = subprocess.run(
            [npm, "install", *flags, "--prefix", str(draft), package],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        if done.returncode:
            raise CannotInstall(f"npm could not install {package}: {done.stderr.strip()[-400:]}")
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(text: str, agent: Pinned) -> str:
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower()
    )
    if system is None or machine is None:
        raise CannotInstall(f"{agent.name} is not pinned for this machine.")
    return text.format(platform=f"{system}-{machine}", version=agent.version)
