"""Codex CLI: always without its daemon, so that ending the pane ends the agent.

By default Codex starts a server that outlives the pane and goes on working. Its session id
cannot be chosen; Codex keeps its latest conversation by folder, which is exact in a worktree of
the session's own. Everything below was tried on version 0.169.0.
"""

import glob
import tomllib
from collections.abc import Mapping

from agentmux.core import facts
from agentmux.core.agent import (
    Launch,
    LaunchSpec,
    Noted,
    PromptWay,
    Setup,
    find_version,
    has_no_feeds,
    home_path,
    names_option,
    parse_reports,
    prompt_argument,
    version_flag,
)

NAME = "codex"
TITLE = "Codex CLI"
PROGRAMS: tuple[str, ...] = ("codex",)
LEVEL = 0
INSTALL = "npm install -g @openai/codex"
CHOOSES_ID = False
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
RANKS = facts.RANKS

version_argv = version_flag
parse_version = find_version
feeds = has_no_feeds
parse = parse_reports


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


def conversation(spec: LaunchSpec) -> str | None:
    """The rollout, which Codex begins at the first prompt."""
    home = spec.env.get("CODEX_HOME")
    if not home and "HOME" in spec.env:
        home = f"{spec.env['HOME']}/.codex"
    if not home or not spec.session_id:
        return None
    name = f"rollout-*-{glob.escape(spec.session_id)}.jsonl"
    return f"{glob.escape(home)}/sessions/*/*/*/{name}"


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


def _program(spec: LaunchSpec) -> tuple[str, ...]:
    return spec.command or PROGRAMS[:1]


def _options(spec: LaunchSpec) -> tuple[str, ...]:
    """The person's arguments behind ours; Codex refuses an option that is given twice."""
    ours = () if names_option(spec.args, "--no-daemon") else ("--no-daemon",)
    return (*ours, *spec.args)


def _here(spec: LaunchSpec) -> tuple[str, ...]:
    """Keep to the pane's folder; otherwise Codex asks, and offers the conversation's first."""
    return () if names_option(spec.args, "-C", "--cd") else ("-C", ".")


def _positional(spec: LaunchSpec, session_id: str | None = None) -> tuple[str, ...]:
    words = tuple(word for word in (session_id, prompt_argument(spec)) if word)
    return ("--", *words) if words else ()
