"""The coding agents: where each is, in which version, whether it is signed in, what it asks first.

Nothing is started but `--version`, and no file with a secret in it is opened: that it is there is
all a check wants to know. A dialog that stands before the composer would take a task's first keys,
so it is named before a session meets it.
"""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from agentmux.agents import AGENTS
from agentmux.core.agent import Agent, Noted, Setup
from agentmux.mux.checks.check import Check, Subject
from agentmux.mux.detect import Installation, detect

MOST_NOTES = 16 << 20
"""Bytes of an agent's notes that are read; Claude Code's grow to some megabytes."""


def check_agents(subject: Subject) -> Iterator[Check]:
    """Found or not, both are fine: a missing one only shows how it would be installed."""
    for found in detect(AGENTS, subject.env, subject.places.cache):
        agent = AGENTS[found.agent]
        if found.program is None:
            install = agent.INSTALL or None
            yield Check(f"agent.{found.agent}", "ok", f"{agent.TITLE} is not installed.", install)
        else:
            version = found.version or "(version unknown)"
            message = f"{agent.TITLE} {version} at {found.program}."
            yield Check(f"agent.{found.agent}", "ok", message)
            yield from _check_setup(subject, agent, found)


def _check_setup(subject: Subject, agent: Agent, found: Installation) -> Iterator[Check]:
    """What a person has to do once, before a session of this agent can work."""
    env = _environment(subject, found.agent)
    setup = agent.setup(env)
    if setup is None:
        return
    notes = _read(setup.notes, subject.folder) if setup.notes else ""
    noted = agent.parse_notes(notes, subject.repo)
    yield _judge_sign_in(f"agent.{found.agent}.sign_in", agent, setup, noted, env)
    if noted.pending:
        message = f"{agent.TITLE} begins with a dialog: {' and '.join(noted.pending)}."
        folder = f"cd {shlex.quote(subject.repo)} && " if subject.repo else ""
        fix = f"{folder}{shlex.quote(str(found.program))}"
        yield Check(f"agent.{found.agent}.first_run", "warn", message, fix)


def _judge_sign_in(
    name: str, agent: Agent, setup: Setup, noted: Noted, env: Mapping[str, str]
) -> Check:
    """A sign-in that is kept where no file shows it (a keychain) is one that is not seen."""
    ways = [variable for variable in setup.variables if env.get(variable)]
    ways += [path for path in setup.files if Path(path).is_file()]
    ways += [setup.notes] if setup.notes and noted.signed_in else []
    if ways:
        return Check(name, "ok", f"{agent.TITLE} is signed in, says {ways[0]}.")
    seen = " or ".join([*setup.files, *setup.variables[:1]])
    return Check(name, "warn", f"{agent.TITLE} shows no sign-in (no {seen}).", setup.sign_in)


def _environment(subject: Subject, name: str) -> Mapping[str, str]:
    """The person's environment, with what their profiles of this agent add to it."""
    env = dict(subject.env)
    for profile in subject.config.profiles.values():
        if profile.agent == name:
            env = {**profile.env, **env}
    return env


def _read(path: str, folder: str) -> str:
    """The beginning of a plain file; empty when there is none to read."""
    file = Path(folder, path)
    try:
        if not file.is_file():
            return ""
        with file.open(errors="replace") as text:
            return text.read(MOST_NOTES)
    except OSError:
        return ""
