"""Every setting: one documented field each, with its default.

The reference page, the check of unknown keys and `agentmux config` follow from these classes. A
list of strings may be written as a single string, numbers are never negative, and a pair of
numbers is a size, written `"120x40"`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Worktree:
    """Where sessions work."""

    root: str | None = None
    """Path of a new worktree, relative to the main checkout; may use `{repo}`, `{slug}`, `{branch}`
    and `{slot}`. Unset: beside the repository, `../{repo}.worktrees/{slug}`."""
    branch_template: str = "agentmux/{slug}"
    """Name of a new branch; may use `{repo}`, `{slug}` and `{slot}`."""
    base: str = "auto"
    """What a branch is cut from: `auto` (the remote's default branch, fresh when it can be fetched,
    else the local one), `head` (what is checked out), or the name of a branch or commit."""
    fetch: bool = True
    """Whether `auto` may ask the remote, for at most 10 s."""


@dataclass(frozen=True)
class Hooks:
    """Commands around a session's life, each run by `sh -e` in its worktree."""

    setup: tuple[str, ...] = ()
    """Once a worktree is made; a failure marks the session and keeps the worktree."""
    launch: tuple[str, ...] = ()
    """Before each start of the agent; a failure keeps it from starting."""
    teardown: tuple[str, ...] = ()
    """Before a worktree is removed."""
    timeout_s: float = 60.0
    """Seconds after which a command is ended and counts as failed."""


@dataclass(frozen=True)
class Budget:
    """What may be spent, at list prices; a limit that is not set limits nothing."""

    day_usd: Decimal | None = None
    """US dollars from midnight to midnight; `agentmux budget` warns at 80 % of them and says when
    they are spent. Nothing waits for it yet. For a profile, what all its sessions may spend."""
    session_usd: Decimal | None = None
    """US dollars for one session. For a profile, in place of the general limit."""
    reserve_usd: Decimal | None = None
    """US dollars set aside for a task before it starts, while fewer than five past tasks of its
    profile tell what one costs. Unset: 1 dollar; for a profile, the general one."""


@dataclass(frozen=True)
class Price:
    """Prices in US dollars for a million tokens, in place of those of the built-in list.

    They hold for every service tier and length of prompt. What is unset stays as the list has it;
    for a model that is not in the list, tokens of a cache then cost what other input does.
    """

    input_usd: Decimal | None = None
    """Input that is neither read from a cache nor written into one. NAME is the model's; `*` in it
    stands for anything, `[prices."my-model*"]`; of several that fit, the longest counts."""
    cache_read_usd: Decimal | None = None
    """Input read from a cache."""
    cache_write_5m_usd: Decimal | None = None
    """Input written into a cache for five minutes, or for a time that is not told."""
    cache_write_1h_usd: Decimal | None = None
    """Input written into a cache for an hour."""
    output_usd: Decimal | None = None
    """Output, reasoning included."""


@dataclass(frozen=True)
class Profile:
    """A named way to start an agent."""

    agent: str | None = None
    """The agent it starts; unset with a command of its own."""
    command: tuple[str, ...] | None = None
    """Program and arguments in place of the agent's own command, one string for each word."""
    args: tuple[str, ...] = ()
    """Arguments added to the agent's command."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables set for the agent (model, endpoint, configuration folder)."""
    deny_env: tuple[str, ...] = ()
    """Names of variables that are kept from the agent."""
    task: str | None = None
    """Task to start with when none is given."""
    budget: Budget = Budget()


@dataclass(frozen=True)
class Panes:
    """The terminals the agents run in."""

    size: tuple[int, int] = (120, 40)
    """Columns and rows of a new pane."""
    history_limit: int = 20000
    """Lines of scrollback kept for each pane."""
    quiet_s: float = 2.0
    """Seconds without output after which a session is quiet."""
    memory_reserve_mb: int = 512
    """MiB that must stay free besides a new agent."""
    agent_memory_mb: int = 400
    """MiB one more agent is thought to need."""


@dataclass(frozen=True)
class Config:
    """What may be set in `config.toml`, and in a repository's `.agentmux.toml` and private
    `.agentmux.local.toml`; the nearest file wins, the environment wins over all files."""

    leader: tuple[str, ...] = ("ctrl+q",)
    """Keys that lead from typing back to the fleet; the only ones an agent does not get."""
    enter: Literal["type", "attach"] = "type"
    """What Enter does on a session: type into its pane here, or attach the whole terminal to it."""
    reserve_scroll: bool = False
    """Whether Shift+PageUp and Shift+PageDown scroll while typing; else they go to the agent."""
    theme: str = "auto"
    """A theme's name; `auto` goes by the terminal's background."""
    layout: Literal["auto", "list", "main", "wall", "quad", "focus"] = "auto"
    """The layout at the start; `auto` goes by the terminal's size."""
    glyphs: Literal["ascii", "unicode"] = "ascii"
    """Signs for states: ASCII shows everywhere."""
    default_agent: str | None = None
    """The agent of a new session when none is named."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other keys for actions, by the action's id: `stop = ["x"]`."""
    worktree: Worktree = Worktree()
    hooks: Hooks = Hooks()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    panes: Panes = Panes()
    budget: Budget = Budget()
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Prices of your own, by the model's name or a pattern for it."""
