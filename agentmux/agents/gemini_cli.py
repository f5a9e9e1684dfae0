"""Gemini CLI: its session id is ours to choose, a task goes into `--prompt-interactive`.

The plain `--prompt` would answer once and end. Tried on version 0.61.0.
"""

import glob
from collections.abc import Mapping

from agentmux.core import facts
from agentmux.core.agent import (
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    has_no_feeds,
    names_option,
    never_forks,
    parse_reports,
    prompt_argument,
    takes_no_notes,
    version_flag,
)

NAME = "gemini"
TITLE = "Gemini CLI"
PROGRAMS: tuple[str, ...] = ("gemini",)
LEVEL = 0
INSTALL = "npm install -g @google/gemini-cli"
CHOOSES_ID = True
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
RANKS = facts.RANKS

_CHOOSE_SESSION = ("--session-id", "--session-file", "--resume", "-r")

version_argv = version_flag
parse_version = find_version
feeds = has_no_feeds
parse = parse_reports
parse_notes = takes_no_notes
fork = never_forks


def launch(spec: LaunchSpec) -> Launch:
    """A first start with the id given, unless the person's own arguments pick a conversation."""
    if spec.session_id is None or names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    return _start(spec, ("--session-id", spec.session_id), spec.session_id)


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id, or without one the latest of a folder of its own."""
    if names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    if spec.session_id is None and not spec.own_folder:
        return None
    return _start(spec, ("--resume", spec.session_id or "latest"), spec.session_id)


def conversation(spec: LaunchSpec) -> str | None:
    """The chat file, named after the first eight characters of the id."""
    if "HOME" not in spec.env or not spec.session_id:
        return None
    name = f"session-*-{glob.escape(spec.session_id[:8])}.jsonl"
    return f"{glob.escape(spec.env['HOME'])}/.gemini/tmp/*/chats/{name}"


def setup(env: Mapping[str, str]) -> Setup | None:
    """A key, Vertex, or the account of a browser sign-in, which its first start offers."""
    files = (f"{env.get('HOME', '')}/.gemini/oauth_creds.json",)
    return Setup("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"), files)


def _start(spec: LaunchSpec, choice: tuple[str, ...], session_id: str | None) -> Launch:
    prompt = prompt_argument(spec)
    task = (f"--prompt-interactive={prompt}",) if prompt else ()
    argv = (*(spec.command or PROGRAMS[:1]), *choice, *spec.args, *task)
    return Launch(argv, session_id=session_id)
