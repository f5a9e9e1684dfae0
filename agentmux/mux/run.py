"""The one runner of other programs: setup and teardown hooks, check commands, the editor.

A hook runs under `sh -e` in the worktree, in a process group of its own that is ended whole when
its time is up, and its output is kept in the session's folder.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from agentmux.core.secrets import redact, secret_values

TAIL = 400
"""Characters of a failed hook's output that go into its one-line account."""
LOOKED_AT = 4096
"""Bytes at the end of its output that are read for them."""


def run_hook(
    commands: Sequence[str], cwd: str, env: Mapping[str, str], log: Path, timeout_s: float
) -> str | None:
    """Run `commands` one after the other; None when all succeed, else what went wrong, redacted.

    Output of all of them goes to `log`. Blocks; the leader calls it in a thread.
    """
    with log.open("ab") as out:
        for command in commands:
            out.write(f"$ {command}\n".encode(errors="surrogateescape"))
            out.flush()
            failed = _run_one(command, cwd, env, out.fileno(), timeout_s)
            if failed:
                return redact(f"{command}: {failed}{_last_line(log)}", secret_values(env))
    return None


def _run_one(
    command: str, cwd: str, env: Mapping[str, str], out: int, timeout_s: float
) -> str | None:
    try:
        child = subprocess.Popen(
            ["sh", "-e", "-c", command],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    except OSError as error:
        return str(error.strerror)
    try:
        code = child.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return f"no end after {timeout_s:.0f} s"
    return None if code == 0 else f"exit code {code}"


def _last_line(log: Path) -> str:
    with log.open("rb") as written:
        written.seek(-min(LOOKED_AT, log.stat().st_size), os.SEEK_END)
        lines = written.read(LOOKED_AT).decode(errors="replace").strip().splitlines()
    said = [line for line in lines if not line.startswith("$ ")]
    return f" ({said[-1][:TAIL]})" if said else ""
