"""Mistral Vibe: it reports its own state in the terminal, and no more is heard of it.

It has neither hooks nor a record that could be told from those of its other sessions while it
runs, so tokens stay unknown. Its asks are a second late by its own choice: it waits for a pause in
typing before it shows one. Read off version 3.0.2.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts
from agentmux.core.agent import (
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    has_no_feeds,
    home_path,
    names_option,
    never_forks,
    parse_reports,
    prompt_argument,
    takes_no_notes,
    unknown_conversation,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source, Titled
from agentmux.core.reading import text_at

NAME = "vibe"
TITLE = "Mistral Vibe"
PROGRAMS: tuple[str, ...] = ("vibe",)
LEVEL = 2
INSTALL = "uv tool install mistral-vibe"
CHOOSES_ID = False
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = None
RANKS = facts.RANKS

_CHOOSE_SESSION = ("--resume", "--continue", "-c")

version_argv = version_flag
parse_version = find_version
parse_notes = takes_no_notes
feeds = has_no_feeds
fork = never_forks
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """A first start; whether its folder is trusted is asked of the person."""
    return _start(spec, ())


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id, or the latest conversation of a folder that is the session's alone."""
    if names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, ())
    if spec.session_id is not None:
        return _start(spec, ("--resume", spec.session_id))
    return _start(spec, ("--continue",)) if spec.own_folder else None


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """Its own reports, and what it calls the conversation."""
    if source is Source.TITLE:
        title = text_at(record, "text").strip()
        return [Titled(at=at, title=title)] if title not in ("", "Vibe") else []
    return parse_reports(source, record, at)


def setup(env: Mapping[str, str]) -> Setup | None:
    """The vendor's key, in the environment or in its own file."""
    home = home_path(env, "VIBE_HOME", ".vibe")
    return Setup("vibe --setup", ("MISTRAL_API_KEY",), (f"{home}/.env",))


def _start(spec: LaunchSpec, choice: tuple[str, ...]) -> Launch:
    prompt = prompt_argument(spec)
    task = ("--", prompt) if prompt else ()
    return Launch((*(spec.command or PROGRAMS[:1]), *choice, *spec.args, *task))
