"""aider: a task is typed once its prompt shows, since `--message` would answer it and end.

It keeps its conversation in the working directory, so a session can be resumed there only when
the directory is its own. A log of its own tells when it begins to work, and what it guesses that
took; that it asks, and that it waits again, stands on its screen alone. Flags as of version 0.86.2.
"""

import glob
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from agentmux.core import facts
from agentmux.core import facts as f
from agentmux.core.agent import (
    MODEL_KEYS,
    Feed,
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    names_option,
    never_forks,
    parse_reports,
    takes_no_notes,
    unknown_conversation,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source
from agentmux.core.reading import count_at, entry_at, items_at, money_at, text_at, time_of
from agentmux.core.usage import tokens_beside

NAME = "aider"
TITLE = "aider"
PROGRAMS: tuple[str, ...] = ("aider",)
LEVEL = 1
INSTALL = "pipx install aider-chat"
CHOOSES_ID = False
PROMPT: PromptWay = "typed"
COMPOSER: str | None = r"^[\w-]*(?: ?multi)?> ?$"
DIALECT: Dialect | None = None
RANKS: Mapping[Source, int] = {**facts.RANKS, Source.SCREEN: facts.RANKS[Source.EVENTS]}
"""Its log tells of beginnings, its screen of ends: whichever spoke last is right."""

LOG = "aider.jsonl"
FRESH = timedelta(seconds=2)
_ASK = re.compile(r"(?P<ask>\S.*\?) (?P<options>\(Y\)es/\(N\)o(?:/\([A-Z]\)[A-Za-z' ]+)*) \[\w+\]:")
_RULE = re.compile(r"─{20,}")
_TYPED = re.compile(r"[\w-]*(?: ?multi)?> \S")
_OPTION = re.compile(r"\(([A-Z])\)([A-Za-z' ]+)")

version_argv = version_flag
parse_version = find_version
parse_notes = takes_no_notes
fork = never_forks
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """A first start, without the question about release notes that would take the first keys."""
    return Launch(_argv(spec, ()))


def resume(spec: LaunchSpec) -> Launch | None:
    """Read the folder's chat history again; None when the folder is shared."""
    return Launch(_argv(spec, ("--restore-chat-history",))) if spec.own_folder else None


def setup(env: Mapping[str, str]) -> Setup | None:
    """The key of a provider; without one its first start offers a sign-in."""
    home = env.get("HOME", "")
    files = (f"{home}/.aider.conf.yml", f"{home}/.env", f"{home}/.aider/oauth-keys.env")
    return Setup("aider", MODEL_KEYS, files)


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """Its log, where it is ours."""
    if not spec.folder or _has_log(spec):
        return ()
    return (Feed(source=Source.EVENTS, way="tail", place=glob.escape(f"{spec.folder}/{LOG}")),)


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """A line of its log, or what stands at the end of its screen."""
    if source is Source.EVENTS:
        return _logged(record, at)
    if source is Source.SCREEN:
        return _shown(record, at)
    return parse_reports(source, record, at)


def _logged(record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    at = _time(record, at)
    match record.get("event"):
        case "message_send_starting":
            return [f.Working(at=at)]
        case "message_send":
            return [_usage(entry_at(record, "properties"), at)]
        case "message_send_exception":
            return [f.Errored(at=at, text=text_at(record, "properties", "exception"))]
        case "exit":
            return [f.Ended(at=at, why=text_at(record, "properties", "reason"))]
        case _:
            return []


def _time(record: Mapping[str, Any], at: datetime) -> datetime:
    """The log's own times are whole seconds: one just read happened when it was read."""
    logged = time_of(record.get("time"), at)
    return at if timedelta(0) <= at - logged <= FRESH else logged


def _usage(about: Mapping[str, Any], at: datetime) -> f.Usage:
    """What it counted itself, with a tokenizer that may not be the model's. Its cost counts the
    cached tokens twice, and is nothing for a model it does not know."""
    sent, got = count_at(about, "prompt_tokens"), count_at(about, "completion_tokens")
    provider, _, model = text_at(about, "main_model").rpartition("/")
    return f.Usage(
        at=at,
        response=f"{text_at(about, 'main_model')}:{at.timestamp():.0f}:{sent}:{got}",
        tokens=tokens_beside(sent, got),
        model=model if model not in ("", "REDACTED") else None,
        provider=provider or None,
        own_estimate=True,
        reported_usd=money_at(about, "cost") or None,
    )


def _shown(record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """Whether the last line asks, or is the prompt at which nothing has been typed."""
    lines = [line for line in items_at(record, "lines") if isinstance(line, str)]
    text = [line.rstrip() for line in lines if line.strip()][-2:]
    was_asked = record.get("asked") is True
    if text and (asks := _ASK.fullmatch(text[-1])):
        about = text[0] if len(text) > 1 else ""
        options = tuple(letter + rest for letter, rest in _OPTION.findall(asks["options"]))
        return [f.Asked(at=at, kind="permission", text=asks["ask"], detail=about, options=options)]
    if _waits(lines):
        return [f.TurnEnded(at=at, how="done" if was_asked else "unknown")]
    return [f.Answered(at=at)] if was_asked else []


def _waits(lines: list[str]) -> bool:
    """Whether the screen ends with the rule, the names of the files, and the empty prompt."""
    shown = [line.rstrip() for line in lines if line.strip()]
    rules = [number for number, line in enumerate(shown) if _RULE.fullmatch(line)]
    if not rules or not COMPOSER or not re.search(COMPOSER, shown[-1]):
        return False
    return not any(_TYPED.match(line) for line in shown[rules[-1] :])


def _has_log(spec: LaunchSpec) -> bool:
    return names_option(spec.args, "--analytics-log")


def _argv(spec: LaunchSpec, choice: tuple[str, ...]) -> tuple[str, ...]:
    asked = names_option(spec.args, "--show-release-notes", "--no-show-release-notes")
    quiet = () if asked else ("--no-show-release-notes",)
    is_ours = bool(spec.folder) and not _has_log(spec)
    log = ("--analytics-log", f"{spec.folder}/{LOG}") if is_ours else ()
    return (*(spec.command or PROGRAMS[:1]), *quiet, *log, *choice, *spec.args)
