"""What may be asked of an agent adapter: how to start it, resume it, and what to put beside it.

An adapter is a module of constants and pure functions that fits `Agent`; the table of them is
`agents.AGENTS`. Nothing is ever written into a person's own files: whatever an agent needs goes
into files of the session's own folder, named in `Launch.files`. What several adapters do alike
stands below as functions, which an adapter takes over by name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source
from agentmux.core.program_status import parse_status
from agentmux.core.reading import text_at
from agentmux.errors import UsageError

PromptWay = Literal["argv", "typed", "never"]
"""How a task reaches the agent: with its start, pasted once its composer shows, or not at all."""

ARGUMENT_LIMIT = 100_000
"""Bytes of a task on the command line; Linux refuses one argument of 128 KiB or more."""

MODEL_KEYS = (
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
    "GEMINI_API_KEY",
    "DEEPSEEK_API_KEY",
)
"""Keys of the usual providers, for agents that take any of them from the environment."""

_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.+-]+)?)")


@dataclass(frozen=True)
class LaunchSpec:
    """What a start is about; everything an adapter may look at."""

    args: tuple[str, ...] = ()
    """The person's own arguments, from the profile."""
    command: tuple[str, ...] = ()
    """Command in place of the adapter's own: the program as found, a profile's, or after `--`."""
    prompt: str | None = None
    """Task to start with; None starts the agent with an empty composer."""
    session_id: str | None = None
    """The agent's own id to choose (first start) or to resume."""
    source_id: str | None = None
    """The agent's own id of the conversation that a fork branches off."""
    own_folder: bool = False
    """Whether the working directory is this session's alone, so that the latest is its own."""
    folder: str = ""
    """Absolute path of a private folder for `Launch.files`."""
    env: Mapping[str, str] = field(default_factory=dict)
    """The environment the agent will have, to look at."""
    hook: str = ""
    """Shell command that takes a hook's payload on standard input, prints nothing and always
    succeeds; empty: none is to be injected."""
    otlp: str = ""
    """Base address for OTLP over HTTP as JSON, `http://127.0.0.1:4711/TOKEN`; empty: none."""
    port: int | None = None
    """A free port of the loopback interface for the agent's own server."""
    password: str = ""
    """A secret for that server."""
    hook_trust: Mapping[str, str] = field(default_factory=dict)
    """What `AsksFirst.parse_hook_answer` found; empty: nobody asked."""
    notes: str = ""
    """The text of the file that `Setup.notes` names; empty while there is none."""


@dataclass(frozen=True)
class Feed:
    """Something that an agent writes while it runs, and that tells of it."""

    source: Source
    way: Literal["tail", "file", "sse"]
    """A file to which lines are added, a file that is replaced as a whole, or an event stream
    over HTTP. Hooks, OTLP, titles, keys and program status need no feed: they come by way of the
    session's folder, the receiver and the shim."""
    place: str
    """Glob of absolute paths, or the address of the stream. `{id}` in it stands for the agent's
    own id of the conversation, `{pid}` for its process, `{hash}` for the folder of the session:
    the first 12 hex digits of the SHA-256 of its path. What stands for something unknown yet is
    not read yet."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """For the stream, and for what is asked beside it."""
    asked: tuple[str, ...] = ()
    """Addresses whose JSON is asked for whenever the stream has been joined, for a stream tells
    only of what changes. It comes as one record `{"asked": {address: JSON}}`, without those that
    were not answered; `{id}` as in `place`."""
    first: Mapping[str, str] = field(default_factory=dict)
    """What a tailed file must say in its first line, or else it is another session's and not
    read: path into its JSON, `payload.cwd` → the text there. `{worktree}` in it stands for the
    folder of the session, `{id}` as in `place`. A file last written before the session was
    created is not opened."""
    only: str = ""
    """Text without which a line of a tailed file is passed over unread; empty: all are read."""


@dataclass(frozen=True)
class Launch:
    """How to start the program."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables to add to the person's environment."""
    files: Mapping[str, str] = field(default_factory=dict)
    """File name in `LaunchSpec.folder` → its text, written 0600 before the start."""
    session_id: str | None = None
    """The id this start will have, when the adapter can choose it."""
    feeds: tuple[Feed, ...] = ()
    """What the adapter's `feeds` said; filled in by whoever asks for the start."""


@dataclass(frozen=True)
class Question:
    """A short run of an agent's own program before a start, to learn what only it can tell."""

    argv: tuple[str, ...]
    stdin: str
    """To be written at once; the input stays open until the answer is there."""
    until: str
    """Text of the line that ends the answer: then the input is closed, and the program leaves."""


@dataclass(frozen=True)
class Setup:
    """Where an agent keeps what a person set up for it, so that `doctor` need not start it."""

    sign_in: str
    """The command that signs in."""
    variables: tuple[str, ...] = ()
    """Variables of which each counts as signed in."""
    files: tuple[str, ...] = ()
    """Absolute paths of which each counts as signed in once it is there; they are not opened."""
    notes: str | None = None
    """Absolute path of the file in which the agent notes what it was answered; None: unknown."""


@dataclass(frozen=True)
class Noted:
    """What an agent's own notes say."""

    signed_in: bool = False
    """Whether they name an account, or a provider that needs none."""
    pending: tuple[str, ...] = ()
    """The dialogs that the next start begins with, `trust in this repository`."""


class Agent(Protocol):
    """One coding agent. `NAME` is its row in `AGENTS` and the word the person types."""

    NAME: str
    TITLE: str
    """How people write it, `Claude Code`."""
    PROGRAMS: tuple[str, ...]
    """Executable names to look for, first found wins; empty when there is nothing to look for."""
    LEVEL: int
    """0 pane only · 1 screen rules · 2 hooks · 3 usage as well."""
    INSTALL: str
    """The one command that installs it; empty when there is nothing to install."""
    CHOOSES_ID: bool
    """Whether a session id can be given at the first start."""
    PROMPT: PromptWay
    """How a task reaches it."""
    COMPOSER: str | None
    """For a typed task: the pattern of the last non-empty line once the composer is ready."""

    def version_argv(self) -> tuple[str, ...]:
        """Arguments that make the program print its version; empty when it has none."""

    def parse_version(self, text: str) -> str | None:
        """The version in what `version_argv` printed; None when there is none."""

    def launch(self, spec: LaunchSpec) -> Launch:
        """A first start."""

    def resume(self, spec: LaunchSpec) -> Launch | None:
        """A start that continues `spec.session_id`, or without one the folder's latest
        conversation; None when this agent cannot."""

    def fork(self, spec: LaunchSpec) -> Launch | None:
        """A start that branches off `spec.source_id`; None when this agent cannot."""

    def conversation(self, spec: LaunchSpec) -> str | None:
        """A glob that matches a file once `spec.session_id` can be resumed; None: unknown.

        Before its first prompt a session has nothing to resume, and resuming it fails: then
        `launch` with the same id is right.
        """

    def setup(self, env: Mapping[str, str]) -> Setup | None:
        """Where to look for a sign-in; None when there is nothing to sign in to."""

    DIALECT: Dialect | None
    """How its menus look and are answered; None: its asks are answered in the pane alone."""
    RANKS: Mapping[Source, int]
    """Which of its sources is believed; `facts.RANKS` unless this agent differs."""

    def feeds(self, spec: LaunchSpec) -> tuple[Feed, ...]:
        """What to read beside the pane, asked once at each start; `spec.session_id` is not used,
        for it may change. A transcript that a `ConversationNamed` tells the path of is read too."""

    def parse(self, source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
        """The facts in one record of `source`; `at` is when it was read or written down.

        Records: a hook's payload; a line of a tailed file, an event of a stream or the whole of
        a file as JSON; of OTLP `{"name": …, "attributes": {…}, "resource": {…}}` for each log
        record; `{"text": …}` of a title; `{"data": …}` of a program status report;
        `{"lines": […]}` of the screen, from top to bottom without blanks at their ends.
        What is not understood gives nothing, or one `Strange`; it never raises.
        """

    def parse_notes(self, text: str, repo: str | None) -> Noted:
        """What the file `Setup.notes` says, `text` being empty while there is none; `repo` is the
        root of the main checkout around the person."""


@runtime_checkable
class AsksFirst(Protocol):
    """An `Agent` that injects hooks only when its program was asked about them before."""

    def hook_question(self, spec: LaunchSpec) -> Question | None:
        """What to run, in the session's folder and environment; None: this start needs no
        answer. It takes half a second; an answer holds for the same program and `spec.hook`."""

    def parse_hook_answer(self, text: str) -> Mapping[str, str]:
        """`LaunchSpec.hook_trust` from what it printed; empty when that is no answer."""


def version_flag() -> tuple[str, ...]:
    """The arguments by which most programs print their version."""
    return ("--version",)


def no_version() -> tuple[str, ...]:
    """There is no version to ask for."""
    return ()


def find_version(text: str) -> str | None:
    """The first thing in `text` that looks like a version: `codex-cli 0.169.0` → `0.169.0`."""
    found = _VERSION.search(text)
    return found.group(1) if found else None


def never_resumes(spec: LaunchSpec) -> Launch | None:
    """This agent keeps nothing that a later start could continue."""
    return None


def never_forks(spec: LaunchSpec) -> Launch | None:
    """This agent cannot branch off a conversation."""
    return None


def unknown_conversation(spec: LaunchSpec) -> str | None:
    """Whether there is anything to resume cannot be seen from outside."""
    return None


def has_no_feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """Nothing is to be read beside the pane."""
    return ()


def parse_reports(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """What any program may say of itself: program status reports."""
    if source is Source.OSC7501:
        return parse_status(text_at(record, "data"), at)
    return []


def needs_no_setup(env: Mapping[str, str]) -> Setup | None:
    """There is nothing to sign in to."""
    return None


def takes_no_notes(text: str, repo: str | None) -> Noted:
    """Nothing is known of where this agent notes its answers."""
    return Noted()


def home_path(env: Mapping[str, str], variable: str, default: str) -> str:
    """The folder that `variable` names, or else `default` below the home; absolute."""
    return env.get(variable) or f"{env.get('HOME', '')}/{default}"


def names_option(args: tuple[str, ...], *names: str) -> bool:
    """Whether the person's own arguments hold one of these options, as `--name` or `--name=…`."""
    options = args[: args.index("--")] if "--" in args else args
    return any(arg == name or arg.startswith(f"{name}=") for arg in options for name in names)


def prompt_argument(spec: LaunchSpec) -> str | None:
    """The task as one command-line argument, None for none; UsageError when it cannot be one."""
    prompt = spec.prompt or None
    if prompt and "\0" in prompt:
        raise UsageError("The task holds a NUL character.", "Remove it and try again.")
    if prompt and len(prompt.encode(errors="surrogateescape")) > ARGUMENT_LIMIT:
        raise UsageError(
            f"The task is longer than {ARGUMENT_LIMIT:,} bytes, the most a start can carry.",
            "Put it into a file in the repository and name that file in the task.",
        )
    return prompt
