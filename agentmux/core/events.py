"""The closed list of facts worth keeping; the only thing the ledger stores.

Sent by: the leader (everything but `Requested`) and any process with a wish (`Requested`).
Received by: every process that shows or acts, through `fleet.apply`. The counterpart of a
`Requested` is exactly one `Completed` or `Refused` with the same `request`.
Each is frozen and holds only str, int, float, bool, None, datetime, tuples and JSON objects of
those. Text from outside is kept as it came (paths as `os.fsdecode` gives them) and cleaned when
shown.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TypeAlias

from agentmux.core.charges import BudgetCrossed as BudgetCrossed
from agentmux.core.charges import BudgetReserved as BudgetReserved
from agentmux.core.charges import UsageReported as UsageReported
from agentmux.core.facts import AnyFact
from agentmux.core.recorded import Json as Json
from agentmux.core.recorded import Recorded as Recorded
from agentmux.core.records import record
from agentmux.core.state import SessionState
from agentmux.core.waiting import Dequeued as Dequeued
from agentmux.core.waiting import Enqueued as Enqueued
from agentmux.core.waiting import PresenceChanged as PresenceChanged
from agentmux.core.waiting import QueueSampled as QueueSampled
from agentmux.core.waiting import Slept as Slept
from agentmux.core.waiting import WaitReason as WaitReason


@record
class Requested(Recorded):
    """Somebody asks the leader for something; answered by `Completed` or `Refused`."""

    request: str
    """Random id, chosen by the asker."""
    verb: str
    args: Mapping[str, Json] = field(default_factory=dict)
    by: str = "cli"
    """`cli` or `screen`."""


@record
class Completed(Recorded):
    """The request is done."""

    request: str
    result: Mapping[str, Json] = field(default_factory=dict)


@record
class Refused(Recorded):
    """The request was not done; nothing changed, or what changed was taken back."""

    request: str
    message: str
    hint: str | None = None
    exit_code: int = 1


@record
class SessionOpened(Recorded):
    """The intent: everything about a session is decided, nothing outside is touched yet."""

    request: str
    name: str
    slot: int
    agent: str
    repo: str
    worktree: str
    argv: tuple[str, ...]
    profile: str | None = None
    task: str | None = None
    branch: str | None = None
    base: str | None = None
    base_commit: str | None = None
    here: bool = False
    agent_session_id: str | None = None
    source_id: str | None = None
    """The agent's own id of the conversation this session branches off."""
    size: tuple[int, int] = (120, 40)
    key: str | None = None


@record
class WorktreePrepared(Recorded):
    """Worktree, branch, carried and included files stand; the setup hook has run or failed."""

    setup_failed: str | None = None


@record
class LaunchIntended(Recorded):
    """Run number `run` is about to be started; a window named `s7-<run>` is its only trace."""

    request: str
    run: int
    slot: int
    resume: bool = False


@record
class Launched(Recorded):
    """The pane of run `run` exists in tmux."""

    run: int
    pane: str
    window: str
    server: str
    """Which life of the tmux server: its pid and start time."""


@record
class AgentStarted(Recorded):
    """The shim started the agent's program."""

    run: int
    pid: int
    pgid: int
    shim_pid: int
    spool_offset: int
    shim_start: int | None = None
    """Start time of the shim in clock ticks since boot: with the pid, it names one process."""
    reports: bool = False
    """Whether the agent tells its own state; until it does it is starting."""


@record
class AgentIdentified(Recorded):
    """The agent's own session id became known or changed."""

    agent_session_id: str
    why: str


@record
class StateChanged(Recorded):
    """The session is now in state `to`, says `source`."""

    to: SessionState
    source: str
    certain: bool = True
    why: str = ""
    kind: str | None = None
    """Kind of the ask, cause of the failure."""
    sub: str | None = None
    """`retrying` while working, `background` while resting."""
    until: datetime | None = None
    """Of a limit: when it ends."""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    spool_offset: int | None = None
    """Set when read from the spool: bytes of it consumed."""


@record
class Reported(Recorded):
    """What one source of the agent said of run `run`, in one look at it."""

    run: int
    source: str
    facts: tuple[AnyFact, ...] = ()
    feed: str | None = None
    """Name of what was read, a file or stream, for a source that is read by offset."""
    offset: int | None = None
    """Bytes of it consumed with this row."""
    files: tuple[str, ...] = ()
    """Files consumed with this row, of a source that comes as one file for each record."""
    spool_offset: int | None = None
    """Set when read from the spool: bytes of it consumed."""


@record
class Seen(Recorded):
    """The person looked at what the agent had done: `done` is `idle` from now on."""


@record
class Snoozed(Recorded):
    """The person does not want to be told of what this session asks until then."""

    until: datetime


@record
class TurnStarted(Recorded):
    """The agent began to work on a prompt."""

    turn: int
    """Counted from 1 over the whole session."""
    by: str = "unknown"
    """Who prompted: `person`, `queue`, `task`, `unknown`."""
    source: str = ""


@record
class TurnEnded(Recorded):
    """The turn is over."""

    turn: int
    outcome: str
    """`done`, `interrupted` (by a person) or `failed`."""
    cause: str | None = None
    """Unless done: `you`, `api_error`, `limit`, `crash` or `cap`."""
    certain: bool = True
    source: str = ""
    why: str = ""


@record
class AskOpened(Recorded):
    """The agent waits for the person; again with the same id when more of it became known."""

    ask: int
    """Counted from 1 over the whole session."""
    kind: str
    """`permission`, `question`, `plan`, `login` or `setup`."""
    text: str = ""
    tool: str = ""
    call: str | None = None
    options: tuple[str, ...] = ()
    detail: str = ""
    source: str = ""
    certain: bool = True


@record
class AskClosed(Recorded):
    """The ask is over."""

    ask: int
    how: str = "unknown"
    """`allowed`, `denied`, `answered`, `gone` (the agent ended) or `unknown`."""
    by: str = "unknown"


@record
class AnswerSent(Recorded):
    """An option of the agent's own menu was typed for the person; `AskClosed` says it was taken."""

    ask: int
    choice: int
    """Number of the option, from 1."""
    label: str
    """The agent's own words for it."""
    by: str = "cli"
    """`cli` or `screen`."""


@record
class Exited(Recorded):
    """The agent's process ended: by itself with `code`, by `signal`, or unseen (both None)."""

    run: int
    code: int | None = None
    signal: int | None = None
    source: str = "shim"
    certain: bool = True
    why: str = ""
    last_lines: tuple[str, ...] = ()
    spool_offset: int | None = None


@record
class SpoolRead(Recorded):
    """Much of the spool of run `run` was read and said nothing that is kept."""

    run: int
    spool_offset: int


@record
class Renamed(Recorded):
    """The person gave the session another name; branch and worktree keep theirs."""

    name: str


@record
class RemovalIntended(Recorded):
    """The session is about to be removed; `kept_ref` already holds what would be lost."""

    request: str
    kept_ref: str | None = None
    keep_branch: bool = False
    not_kept: tuple[str, ...] = ()
    """Paths in the worktree that `kept_ref` does not hold, `.git` of inner repositories too."""


@record
class SessionRemoved(Recorded):
    """Worktree and window are gone; what was not merged is under `kept_ref`."""

    kept_ref: str | None = None


@record
class TrustGranted(Recorded):
    """The person accepted the repository file `path` with exactly this content."""

    path: str
    sha256: str


@record
class LeaderStarted(Recorded):
    """A leader took the lease."""

    pid: int
    version: str
    server: str | None = None
    """Which life of the tmux server it leads in."""


@record
class LeaderEnded(Recorded):
    """A leader let the lease go on its own (one killed says nothing)."""

    pid: int
    why: str


Event: TypeAlias = (
    Requested
    | Completed
    | Refused
    | SessionOpened
    | WorktreePrepared
    | LaunchIntended
    | Launched
    | AgentStarted
    | AgentIdentified
    | StateChanged
    | Reported
    | Seen
    | Snoozed
    | TurnStarted
    | TurnEnded
    | AskOpened
    | AskClosed
    | AnswerSent
    | UsageReported
    | BudgetReserved
    | BudgetCrossed
    | Enqueued
    | WaitReason
    | Dequeued
    | QueueSampled
    | PresenceChanged
    | Slept
    | Exited
    | SpoolRead
    | Renamed
    | RemovalIntended
    | SessionRemoved
    | TrustGranted
    | LeaderStarted
    | LeaderEnded
)

SpoolFact: TypeAlias = AgentStarted | StateChanged | Reported | Exited
"""What a shim's spool says."""
