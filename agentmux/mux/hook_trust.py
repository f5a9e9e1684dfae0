"""Asking an agent's own program, before a start, what its hooks need so that they are let run.

Codex runs an injected hook only with a hash of it that its program tells; asked for and given for
this start alone, nothing is written into the person's files. Whatever goes wrong here, the agent
starts without hooks: its other sources tell of it.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from agentmux.core.agent import Agent, AsksFirst, LaunchSpec, Question

LIMIT_S = 5.0
"""Seconds an answer may take; half a second is usual."""
ANSWER = 4 << 20
"""Bytes of one."""
NOTES = 4 << 20


def prepared(adapter: Agent, spec: LaunchSpec, cwd: str) -> LaunchSpec:
    """`spec` with what the agent's notes say and what its program answered; blocks meanwhile."""
    spec = replace(spec, notes=_notes(adapter, spec))
    if not isinstance(adapter, AsksFirst) or not spec.hook:
        return spec
    question = adapter.hook_question(spec)
    if question is None:
        return spec
    answer = _ask(question, cwd, spec.env)
    return replace(spec, hook_trust=adapter.parse_hook_answer(answer))


def _notes(adapter: Agent, spec: LaunchSpec) -> str:
    setup = adapter.setup(spec.env)
    if setup is None or setup.notes is None:
        return ""
    try:
        with Path(setup.notes).open("rb") as file:
            return file.read(NOTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _ask(question: Question, cwd: str, env: Mapping[str, str]) -> str:
    """What the program printed up to the line that ends the answer; empty when it could not run."""
    try:
        child = subprocess.Popen(
            list(question.argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return ""
    try:
        return _listen(child, question)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _listen(child: "subprocess.Popen[bytes]", question: Question) -> str:
    """The input stays open until the answer is there: at its end the program leaves at once."""
    assert child.stdin is not None and child.stdout is not None
    with suppress(OSError):
        child.stdin.write(question.stdin.encode())
        child.stdin.flush()
    said, end = b"", time.monotonic() + LIMIT_S
    while question.until.encode() not in said[: said.rfind(b"\n") + 1] and len(said) < ANSWER:
        left = end - time.monotonic()
        if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
            break
        if not (more := os.read(child.stdout.fileno(), 1 << 16)):
            break
        said += more
    return said.decode("utf-8", "replace")
