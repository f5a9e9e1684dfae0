"""Which agents are installed, where, and in which version.

Looked for on PATH and then where installers put programs without always adding the folder to
PATH. Only absolute entries count: a `.` in PATH would let a repository bring its own `claude`.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from agentmux.core.agent import Agent

LIMIT_S = 2.0
"""Seconds a program may take to print its version; a slower one's version is unknown."""

USER_FOLDERS = (
    "~/.local/bin",
    "~/bin",
    "~/.claude/local",
    "~/.opencode/bin",
    "~/.bun/bin",
    "~/.npm-global/bin",
    "~/.local/share/pnpm",
    "~/.volta/bin",
    "~/.local/share/mise/shims",
    "~/.asdf/shims",
    "~/.cargo/bin",
)
"""Looked at after PATH, in this order."""

_SHIMS = {"shims", ".volta"}
_OUTPUT = 4096

Stamp = tuple[int, int]
Versions = dict[str, tuple[Stamp, str | None]]


@dataclass(frozen=True)
class Installation:
    """What was found of one agent."""

    agent: str
    """Its row in `AGENTS`."""
    program: Path | None = None
    """Absolute path; None when it is not installed."""
    version: str | None = None
    """None when it is not installed, or did not tell in time."""


def detect(
    agents: Mapping[str, Agent],
    env: Mapping[str, str],
    cache: Path,
    limit_s: float = LIMIT_S,
    *,
    again: bool = False,
) -> tuple[Installation, ...]:
    """Every agent that needs a program, in table order, found or not.

    Blocks for at most `limit_s` seconds and a little. Versions are kept in the folder `cache` by
    path, time of change and size, and so is that a program did not tell in time; `again` asks
    those once more. A cache that cannot be read or written is done without.
    """
    wanted = {name: agent for name, agent in agents.items() if agent.PROGRAMS}
    programs = {name: find_program(agent, env) for name, agent in wanted.items()}
    known = _load(cache)
    settled = {path: row for path, row in known.items() if not again or row[1] is not None}
    with ThreadPoolExecutor(max_workers=len(wanted) or 1) as pool:
        asked = {
            name: pool.submit(_version, wanted[name], program, env, settled, limit_s)
            for name, program in programs.items()
            if program is not None
        }
    versions = {name: answer.result() for name, answer in asked.items()}
    _keep(cache, known, {programs[name]: version for name, version in versions.items()})
    return tuple(Installation(n, program, versions.get(n)) for n, program in programs.items())


def find_program(agent: Agent, env: Mapping[str, str]) -> Path | None:
    """Where the agent's program is; None when it is not installed."""
    return next((path for path in candidates(agent, env) if _is_executable(path)), None)


def candidates(agent: Agent, env: Mapping[str, str]) -> list[Path]:
    """Every path at which the program may be, the best first; absolute ones only."""
    entries = env.get("PATH", os.defpath).split(os.pathsep)
    home = env.get("HOME", "")
    usual = [folder.replace("~", home, 1) for folder in USER_FOLDERS]
    folders = [Path(entry) for entry in (*entries, *usual) if entry.startswith("/")]
    return [folder / name for name in agent.PROGRAMS for folder in folders]


def _is_executable(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def _version(
    agent: Agent, program: Path, env: Mapping[str, str], known: Versions, limit_s: float
) -> str | None:
    kept = known.get(str(program))
    if kept is not None and kept[0] == _stamp(program):
        return kept[1]
    return agent.parse_version(_output((str(program), *agent.version_argv()), env, limit_s))


def _output(argv: tuple[str, ...], env: Mapping[str, str], limit_s: float) -> str:
    """The beginning of what a program prints; empty when it has not ended within the limit.

    Into a file, so that neither a flood nor a child that keeps a pipe open can hold us.
    """
    theirs = {name: value for name, value in env.items() if not name.startswith("TMUX")}
    with tempfile.TemporaryFile() as out:
        try:
            child = subprocess.Popen(
                argv,
                cwd="/",
                env=theirs,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return ""
        if not _has_ended(child, limit_s):
            return ""
        out.seek(0)
        return out.read(_OUTPUT).decode(errors="replace")


def _has_ended(child: subprocess.Popen[bytes], limit_s: float) -> bool:
    """Whether it ended in time; otherwise it and all it started are ended."""
    try:
        child.wait(limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return False
    return True


def _stamp(program: Path) -> Stamp | None:
    """What changes when the program does; of a link, its target."""
    try:
        seen = program.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


def _load(cache: Path) -> Versions:
    try:
        rows = json.loads((cache / "versions.json").read_text())
        return {path: ((time, size), version) for path, ((time, size), version) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(cache: Path, known: Versions, versions: Mapping[Path | None, str | None]) -> None:
    """Add what was learnt; a shim stands for another program every day, so it is left out."""
    learnt = dict(known)
    for program, version in versions.items():
        if program is None or _SHIMS & set(program.parts):
            continue
        if stamp := _stamp(program):
            learnt[str(program)] = (stamp, version)
    if learnt == known:
        return
    with contextlib.suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft, path = tempfile.mkstemp(dir=cache)
        with os.fdopen(draft, "w") as out:
            json.dump(learnt, out)
        Path(path).replace(cache / "versions.json")
