"""Codex CLI: always without its daemon, so that ending the pane ends the agent.

By default Codex starts a server that outlives the pane and goes on working. Its session id
cannot be chosen; Codex keeps its latest conversation by folder, which is exact in a worktree of
the session's own. Everything below was tried on version 0.169.0.
"""

import glob
import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.codex import injection
from agentmux.agents.codex.hooks import parse_hook
from agentmux.agents.codex.pages import parse_screen
from agentmux.agents.codex.rollout import parse_rollout
from agentmux.agents.codex.telemetry import parse_telemetry
from agentmux.agents.codex.titles import parse_title
from agentmux.core import facts
from agentmux.core.agent import (
    Feed,
    Launch,
    LaunchSpec,
    Noted,
    PromptWay,
    Question,
    Setup,
    find_version,
    home_path,
    names_option,
    parse_reports,
    prompt_argument,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source

NAME = "codex"
TITLE = "Codex CLI"
PROGRAMS: tuple[str, ...] = ("codex",)
LEVEL = 3
INSTALL = "npm install -g @openai/codex"
CHOOSES_ID = False
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = Dialect("hint", "›")
RANKS = facts.RANKS

version_argv = version_flag
parse_version = find_version
parse_hook_answer = injection.parse_hook_answer

_PARSERS = {
    Source.HOOK: parse_hook,
    Source.TRANSCRIPT: parse_rollout,
    Source.OTLP: parse_telemetry,
    Source.TITLE: parse_title,
    Source.SCREEN: parse_screen,
}


def launch(spec: LaunchSpec) -> Launch:
    """A first start."""
    return Launch((*_program(spec), *_options(spec), *_positional(spec)))


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id; without one the latest of a folder of its own, else Codex's own list."""
    last = () if spec.session_id or not spec.own_folder else ("--last",)
    options = (*_options(spec), *_here(spec), *last)
    argv = (*_program(spec), "resume", *options, *_positional(spec, spec.session_id))
    return Launch(argv, session_id=spec.session_id)


def fork(spec: LaunchSpec) -> Launch | None:
    """Branch off `source_id`."""
    if spec.source_id is None:
        return None
    options = (*_options(spec), *_here(spec))
    return Launch((*_program(spec), "fork", *options, *_positional(spec, spec.source_id)))


def hook_question(spec: LaunchSpec) -> Question | None:
    """What to ask Codex before a start, so that it runs our hooks without a page."""
    return injection.hook_question(_program(spec), spec)


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """The rollout of this pane, and of its subagents their tokens.

    In a folder of the session's own every rollout of the terminal program there is the session's,
    whose id its first line tells. Elsewhere others may work too: there it is read once its id is
    known, by a hook or from before.
    """
    rollouts = _rollouts(spec)
    if rollouts is None:
        return ()
    here = {"payload.cwd": "{worktree}", "payload.source": "cli"}
    own = Feed(Source.TRANSCRIPT, "tail", f"{rollouts}/rollout-*.jsonl", first=here)
    named = Feed(Source.TRANSCRIPT, "tail", f"{rollouts}/rollout-*-{{id}}.jsonl")
    parts = Feed(
        Source.TRANSCRIPT,
        "tail",
        f"{rollouts}/rollout-*.jsonl",
        first={"payload.session_id": "{id}", "payload.thread_source": "subagent"},
        only='"token_usage_record"',
    )
    is_own = spec.own_folder and _here(spec) != ()
    return (own if is_own else named, parts)


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """The facts in one record of `source`."""
    return _PARSERS[source](record, at) if source in _PARSERS else parse_reports(source, record, at)


def conversation(spec: LaunchSpec) -> str | None:
    """The rollout, which Codex begins at the first prompt."""
    rollouts = _rollouts(spec)
    if rollouts is None or not spec.session_id:
        return None
    return f"{rollouts}/rollout-*-{glob.escape(spec.session_id)}.jsonl"


def setup(env: Mapping[str, str]) -> Setup | None:
    """`OPENAI_API_KEY` alone is no sign-in: `codex login status` then says "Not logged in"."""
    home = home_path(env, "CODEX_HOME", ".codex")
    return Setup(
        "codex login", ("CODEX_ACCESS_TOKEN",), (f"{home}/auth.json",), f"{home}/config.toml"
    )


def parse_notes(text: str, repo: str | None) -> Noted:
    """A provider of the person's own needs no sign-in; trust is kept for the main checkout."""
    try:
        notes = tomllib.loads(text)
    except ValueError:
        notes = {}
    projects = notes.get("projects")
    project = projects.get(repo) if isinstance(projects, dict) else None
    is_answered = isinstance(project, dict) and "trust_level" in project
    pending = () if repo is None or is_answered else (f"trust in {repo}",)
    return Noted(notes.get("model_provider", "openai") != "openai", pending)


def _rollouts(spec: LaunchSpec) -> str | None:
    """Glob of the folders with rollouts, one for each day; None when the home is unknown."""
    if not spec.env.get("CODEX_HOME") and "HOME" not in spec.env:
        return None
    return f"{glob.escape(home_path(spec.env, 'CODEX_HOME', '.codex'))}/sessions/*/*/*"


def _program(spec: LaunchSpec) -> tuple[str, ...]:
    return spec.command or PROGRAMS[:1]


def _options(spec: LaunchSpec) -> tuple[str, ...]:
    """The person's arguments behind ours; Codex refuses an option that is given twice."""
    ours = () if names_option(spec.args, "--no-daemon") else ("--no-daemon",)
    return (*ours, *injection.injected(spec), *spec.args)


def _here(spec: LaunchSpec) -> tuple[str, ...]:
    """Keep to the pane's folder; otherwise Codex asks, and offers the conversation's first."""
    return () if names_option(spec.args, "-C", "--cd") else ("-C", ".")


def _positional(spec: LaunchSpec, session_id: str | None = None) -> tuple[str, ...]:
    words = tuple(word for word in (session_id, prompt_argument(spec)) if word)
    return ("--", *words) if words else ()
