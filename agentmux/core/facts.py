"""What one source says of one agent at one moment: the words adapters speak.

An adapter's `parse(source, record, at)` turns a record of one of its sources into facts; the
reducer (`core/truth.py`) merges those of all sources. Facts are frozen and pure; `at` is when it
happened by the record's own clock where it has one, else when it was read. A record that an
adapter does not understand gives no fact (`docs/design/truth.md`).
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

from agentmux.core.records import Records, record
from agentmux.core.usage import Tokens


class Source(StrEnum):
    """Where a fact came from. `RANKS` says which one is believed."""

    PROCESS = "process"
    """The process itself: started, ended; told by the shim or found gone."""
    OSC7501 = "osc7501"
    """The agent's own in-band status reports."""
    EVENTS = "events"
    """A structured stream made for others: opencode's events, Copilot's, Qwen's and Kimi's."""
    REGISTRY = "registry"
    """A file in which the agent keeps its status current."""
    HOOK = "hook"
    TRANSCRIPT = "transcript"
    """The record the agent keeps of its conversation (a rollout, a chat file)."""
    OTLP = "otlp"
    STATUSLINE = "statusline"
    TITLE = "title"
    """The terminal's title."""
    SCREEN = "screen"
    """The text of the pane."""
    KEYS = "keys"
    """Esc and Ctrl+C as they went to the agent, seen by the shim."""
    OUTPUT = "output"
    """Whether the pane shows output at all."""


RANKS: Mapping[Source, int] = {
    Source.PROCESS: 9,
    Source.OSC7501: 8,
    Source.EVENTS: 8,
    Source.REGISTRY: 7,
    Source.HOOK: 6,
    Source.TRANSCRIPT: 5,
    Source.OTLP: 4,
    Source.STATUSLINE: 4,
    Source.TITLE: 3,
    Source.SCREEN: 2,
    Source.OUTPUT: 1,
    Source.KEYS: 0,
}
"""A higher source outranks a lower one; `KEYS` never says a state by itself."""

AskKind: TypeAlias = Literal["permission", "question", "plan", "login", "setup"]
By: TypeAlias = Literal["person", "queue", "task", "unknown"]
"""Who submitted a prompt: the person (or somebody's `send`), a prompt queued in the agent, the
agent itself after a background task."""


@record
class Fact(metaclass=Records):
    """What every fact carries."""

    at: datetime
    """Aware UTC."""
    conversation: str | None = None
    """The agent's own id of the conversation it is of, where one source tells of several: what a
    subagent does in one of its own is not the session's state. None: that in the pane."""


@record
class Ready(Fact):
    """The agent waits for a prompt and nothing is under way; after work: it was interrupted."""


@record
class PromptSubmitted(Fact):
    """A prompt reached the agent. While it works this only queues the prompt."""

    text: str = ""
    by: By = "unknown"


@record
class Working(Fact):
    """The agent works; `activity` in its own words."""

    activity: str = ""


@record
class Asked(Fact):
    """The agent waits for the person."""

    kind: AskKind | None
    """None: the source does not tell; another may, and else it is taken for a permission."""
    text: str = ""
    """What it asks about: the command, the question, the page."""
    tool: str = ""
    call: str | None = None
    """The tool call's id, where the source tells it."""
    options: tuple[str, ...] = ()
    """The agent's own choices in its order, where the source tells them."""
    detail: str = ""
    """More of it: the diff or the tool's input as text."""
    only_told: bool = False
    """Whether the source tells only what is asked about, should another say that it is asked."""
    request: str | None = None
    """Its own id, where the source says by it when it is over; several may be open at a time, and
    until then nothing else that the source tells of the work ends it."""


@record
class Answered(Fact):
    """An ask is over."""

    decision: Literal["allowed", "denied", "answered", "unknown"] = "unknown"
    by: Literal["person", "rule", "unknown"] = "unknown"
    call: str | None = None
    request: str | None = None
    """Which one, as `Asked.request`; None: all that were open."""


@record
class ToolStarted(Fact):
    """The agent calls a tool."""

    tool: str
    call: str | None = None
    input: str = ""
    """As text: JSON, or the command."""
    paths: tuple[str, ...] = ()
    """Files it says it will write."""
    agent: str | None = None
    """The subagent that calls it; None for the main one."""


@record
class ToolEnded(Fact):
    """A tool call is over."""

    tool: str = ""
    call: str | None = None
    ok: bool | None = None
    """None: the source does not say."""
    error: str = ""
    duration_s: float | None = None
    """Without the time the person took."""
    agent: str | None = None
    input: str = ""
    """As `ToolStarted.input`, from a source that tells of a call only when it is over."""
    paths: tuple[str, ...] = ()
    """Files it wrote, from such a source."""


@record
class Usage(Fact):
    """What one response took. Said again under the same `response`, the newest counts."""

    response: str
    """Id of the response; the same in every source that tells of it."""
    tokens: Tokens
    model: str | None = None
    """As the vendor names it; None: that of the newest `ModelChosen` of the same source."""
    provider: str | None = None
    """`anthropic`, `openai`, `google`; None: found by the model's name."""
    side: str | None = None
    """What it was for when it was not a turn: `title`, `compaction`, `routing`, `suggestion`."""
    agent: str | None = None
    """The subagent it was for."""
    tier: str | None = None
    """Service tier when not the standard one: `priority`, `batch`, `flex`."""
    fast: bool = False
    """Whether the agent asked for its fast mode."""
    complete: bool = True
    """False for a response that was cut off: its figures are "at least"."""
    own_estimate: bool = False
    """Whether the agent only guessed the figures (aider)."""
    reported_usd: Decimal | None = None
    """What the agent says this response cost."""
    conversation: str = ""
    """The agent's own id of the conversation, where two sources tell of responses without an id
    in common: of one conversation only what the highest-ranked source tells counts."""


@record
class UsageTotal(Fact):
    """The agent's own running total; it may fall back to nothing, and is never ours."""

    usd: Decimal | None = None
    tokens: Tokens | None = None
    scope: str = ""
    """The conversation it is the total of."""


@record
class ModelChosen(Fact):
    """Which model is used from now on, and how."""

    model: str
    tier: str | None = None
    """Service tier, `standard` for the usual one; None: not told, it stays what it was."""
    fast: bool = False
    agent: str | None = None
    """The subagent that uses it; None: the main one, and every subagent of which none is told."""


@record
class Retrying(Fact):
    """A request failed and is tried again."""

    attempt: int | None = None
    next: datetime | None = None
    text: str = ""


@record
class Limited(Fact):
    """The vendor's limit is reached."""

    until: datetime | None = None
    text: str = ""


@record
class Quota(Fact):
    """How much of a limit's window is used."""

    window: str
    """`five_hour`, `seven_day`, in the vendor's words."""
    used_pct: float
    resets: datetime | None = None


@record
class Errored(Fact):
    """The turn ended by an error that is not a limit."""

    kind: str = ""
    """The vendor's word: `server_error`, `billing_error`, `context_window_exceeded`."""
    text: str = ""


@record
class TurnEnded(Fact):
    """The turn is over."""

    how: Literal["done", "interrupted", "unknown"]
    """`unknown`: nothing is under way any more, and the source cannot tell how it ended. What
    others say of that moment decides (a key, an error, a limit), and else it is done."""
    text: str = ""
    """The agent's last words, as far as the source gives them."""


@record
class Background(Fact):
    """So many tasks go on behind the turn."""

    tasks: tuple[str, ...] = ()
    """What they are, in the agent's words."""


@record
class SubagentStarted(Fact):
    """A subagent works."""

    agent: str
    title: str = ""


@record
class SubagentEnded(Fact):
    """A subagent is done."""

    agent: str


@record
class ConversationNamed(Fact):
    """The agent's own id of the conversation in this pane, from now on."""

    id: str
    why: str = ""
    """`startup`, `resume`, `clear`, `fork`."""
    path: str | None = None
    """Its transcript."""


@record
class Compacted(Fact):
    """The agent shortened its context."""

    automatic: bool | None = None


@record
class Titled(Fact):
    """The agent's own name for what it does, without its status glyphs."""

    title: str


@record
class Ended(Fact):
    """The agent says that it leaves."""

    why: str = ""


@record
class KeyPressed(Fact):
    """A key that may interrupt went to the agent."""

    key: Literal["esc", "ctrl-c"]


@record
class Strange(Fact):
    """A record of a kind or version this adapter does not know; counted, reported once."""

    what: str = field(default="")


AnyFact: TypeAlias = (
    Ready
    | PromptSubmitted
    | Working
    | Asked
    | Answered
    | ToolStarted
    | ToolEnded
    | Usage
    | UsageTotal
    | ModelChosen
    | Retrying
    | Limited
    | Quota
    | Errored
    | TurnEnded
    | Background
    | SubagentStarted
    | SubagentEnded
    | ConversationNamed
    | Compacted
    | Titled
    | Ended
    | KeyPressed
    | Strange
)
