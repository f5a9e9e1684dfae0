"""Kimi Code: it keeps a record of each conversation in a folder named after the working directory.

That record tells of states, asks and usage alike. Its hooks can only be set up in the person's
own configuration, so none are used. Read off version 2.1.0.
"""

import glob
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.kimi.wire import parse_wire
from agentmux.core import facts
from agentmux.core.agent import (
    Feed,
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    home_path,
    names_option,
    never_forks,
    parse_reports,
    takes_no_notes,
    unknown_conversation,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source, Titled
from agentmux.core.reading import text_at

NAME = "kimi"
TITLE = "Kimi Code"
PROGRAMS: tuple[str, ...] = ("kimi",)
LEVEL = 3
INSTALL = "npm install -g @moonshot-ai/kimi-code"
CHOOSES_ID = False
PROMPT: PromptWay = "typed"
COMPOSER: str | None = r"context: \d+% \([\d.]+k?/[\d.]+[kM]\)\s*$"
DIALECT: Dialect | None = Dialect("digit", "▶")
RANKS = facts.RANKS

_CHOOSE_SESSION = ("--session", "-S", "--resume", "-r", "--continue", "-c", "-C")

version_argv = version_flag
parse_version = find_version
parse_notes = takes_no_notes
fork = never_forks
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """A first start; its id is known only to itself."""
    return Launch((*(spec.command or PROGRAMS[:1]), *spec.args))


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id, or the latest conversation of a folder that is the session's alone."""
    choice: tuple[str, ...] = ()
    if names_option(spec.args, *_CHOOSE_SESSION):
        pass
    elif spec.session_id is not None:
        choice = ("--session", spec.session_id)
    elif spec.own_folder:
        choice = ("--continue",)
    else:
        return None
    return Launch((*(spec.command or PROGRAMS[:1]), *choice, *spec.args))


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """The records of all conversations in the folder, subagents' too."""
    home = _home(spec.env)
    if not home:
        return ()
    place = f"{glob.escape(home)}/sessions/wd_*_{{hash}}/*/agents/*/wire.jsonl"
    return (Feed(source=Source.EVENTS, way="tail", place=place),)


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """What stands in its record, and the name of the conversation."""
    if source is Source.EVENTS:
        return parse_wire(record, at)
    if source is Source.TITLE:
        title = text_at(record, "text").strip()
        return [Titled(at=at, title=title)] if title else []
    return parse_reports(source, record, at)


def setup(env: Mapping[str, str]) -> Setup | None:
    """A key of the vendor's, or what its sign-in left."""
    files = (f"{_home(env)}/credentials/kimi-code.json",)
    return Setup("kimi login", ("KIMI_API_KEY", "MOONSHOT_API_KEY"), files)


def _home(env: Mapping[str, str]) -> str:
    """Absolute; empty when nothing says where it is."""
    if not env.get("KIMI_CODE_HOME") and not env.get("HOME"):
        return ""
    return home_path(env, "KIMI_CODE_HOME", ".kimi-code")
