"""What the facts say of one agent at work."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from agentmux.core.bill import Bill, ModelUse
from agentmux.core.records import Records, frozen
from agentmux.core.state import LIVE_STATES, SessionState
from agentmux.core.truth import Truth


@frozen
class Gauge(metaclass=Records):
    """Volatile readings of one session: overwritten in place, never part of the record."""

    head: str | None = None
    """Commit the worktree stands on, full hex."""
    branch: str | None = None
    """Branch checked out now; None when detached."""
    ahead: int | None = None
    """Commits on the branch and not on its base."""
    behind: int | None = None
    """Commits on the base and not on the branch."""
    dirty: int | None = None
    """Changed, staged, deleted and untracked paths."""
    last_change: datetime | None = None
    """When a file of the worktree last changed."""
    cpu_pct: float | None = None
    """Per cent of one core, all processes of the session."""
    rss_mb: float | None = None
    """Resident memory in MiB, all processes of the session."""
    processes: int | None = None
    """Living processes of the session, the shim not counted."""
    note: str | None = None
    """Why a reading is missing, in words ("worktree is gone")."""


@frozen
class Ask(metaclass=Records):
    """What an agent waits for the person with."""

    number: int
    """Counted from 1 over the whole session."""
    at: datetime
    kind: str
    """`permission`, `question`, `plan`, `login` or `setup`."""
    text: str = ""
    tool: str = ""
    call: str | None = None
    options: tuple[str, ...] = ()
    detail: str = ""
    certain: bool = True


@frozen
class Deed(metaclass=Records):
    """One thing that happened in a session, for who looks at it next."""

    at: datetime
    what: str
    """The tool, or `you` for a prompt."""
    text: str = ""


@frozen
class Session(metaclass=Records):
    """One agent at work: slot, agent, worktree and pane."""

    id: str
    """`s7`; never used again."""
    name: str
    """What the person calls it; unique among sessions that are not removed."""
    agent: str
    """Row of the AGENTS table, or `command` for anything started with `--`."""
    created: datetime
    """When it was opened."""
    repo: str
    """Absolute path of the main repository's root."""
    worktree: str
    """Absolute path the agent works in; equals `repo` (or the folder named) with `here`."""
    slot: int | None = None
    """1-9, also the digit key; None when another session took it after this one exited."""
    profile: str | None = None
    """Profile of the configuration it was started with."""
    task: str | None = None
    """First prompt."""
    argv: tuple[str, ...] = ()
    """The agent's command as first started, without what is injected."""
    branch: str | None = None
    """Branch it was given; what is checked out now is a reading."""
    base: str | None = None
    """Name of the branch or commit it was cut from."""
    base_commit: str | None = None
    """Commit the branch was cut from, full hex."""
    here: bool = False
    """Works in the person's own checkout: no worktree or branch of ours to remove."""
    agent_session_id: str | None = None
    """The agent's own id, for resume."""
    source_id: str | None = None
    """The agent's own id of the conversation its first run branches off."""
    size: tuple[int, int] = (120, 40)
    """Columns and rows the pane was started with."""
    key: str | None = None
    """Idempotency key of `new --key`."""
    state: SessionState = SessionState.STARTING
    """One word for what it does."""
    state_since: datetime | None = None
    """When that began."""
    state_source: str = "launch"
    """What told it: `launch`, `shim` or `process`."""
    state_certain: bool = True
    """Whether that was seen, or only concluded."""
    state_why: str = ""
    """What was seen, in words."""
    state_kind: str | None = None
    """Kind of an ask, cause of a failure."""
    state_sub: str | None = None
    """`retrying` while working, `background` while resting."""
    state_until: datetime | None = None
    """When a limit ends."""
    reports: bool = False
    """Whether its agent tells its own state."""
    truth: Truth = field(default_factory=Truth)
    """What each source says of this run."""
    feeds: Mapping[str, int] = field(default_factory=dict)
    """Name of what is read by offset → bytes of it that are in the record, over all runs."""
    titled: str = ""
    """What its terminal's title said last, as facts without their times."""
    titled_at: datetime | None = None
    transcripts: tuple[str, ...] = ()
    """Absolute paths of the transcripts its agent named, oldest first."""
    taken: tuple[str, ...] = ()
    """The hook files that were recorded last, which may not have been cleared away yet."""
    snoozed_until: datetime | None = None
    """Until when the person does not want to hear of what it asks."""
    recent: tuple[Deed, ...] = ()
    """What it did last, oldest first."""
    seen_at: datetime | None = None
    """When the person last looked at what it had done."""
    turn: int = 0
    """How many turns it has begun."""
    turn_since: datetime | None = None
    """When the turn under way began; None between turns."""
    turn_at: datetime | None = None
    """When its newest turn began."""
    models: Mapping[str, ModelUse] = field(default_factory=dict)
    """Source, and conversation where one tells of several → the model it says is used."""
    bill: Bill = field(default_factory=Bill)
    """What it took and cost."""
    ask: Ask | None = None
    """What the agent waits for now."""
    asks: int = 0
    """How many asks it has had."""
    opened_by: str = ""
    """Request that opened it: a replayed request finds what it began by this."""
    prepared: bool = False
    """Worktree, branch and carried files stand."""
    started_by: str = ""
    """Request of the newest run."""
    removed_by: str = ""
    """Request that intends to remove it, once that is recorded."""
    run_at: datetime | None = None
    """When the newest run was begun."""
    run: int = 0
    """How often the agent was started; the window is called `s7-1` in run 1."""
    pane: str | None = None
    """tmux's id of the pane of this run, `%4`; kept after exit while the pane can be read."""
    window: str | None = None
    """tmux's id of its window, `@4`."""
    server: str | None = None
    """Which life of the tmux server the pane belongs to."""
    pid: int | None = None
    """The agent's process, not the shim's."""
    pgid: int | None = None
    shim_pid: int | None = None
    shim_start: int | None = None
    """Start time of the shim in clock ticks since boot: tells a reused pid from the old one."""
    spool_offset: int = 0
    """Bytes of this run's spool already turned into events."""
    exit_code: int | None = None
    """Of an agent that ended by itself."""
    exit_signal: int | None = None
    """Number of the signal that ended it."""
    stopped: bool = False
    """Whether somebody had asked for the end it came to."""
    last_lines: tuple[str, ...] = ()
    """What the pane showed last, cleaned, when the agent exited."""
    setup_failed: str | None = None
    """First line of what the setup hook said, when it failed."""
    removed: bool = False
    """Its row is history; worktree and pane are gone."""
    kept_ref: str | None = None
    """Ref under which removed work can be found again."""
    not_kept: tuple[str, ...] = ()
    """Paths in the worktree that `kept_ref` does not hold, `.git` of inner repositories too."""
    gauge: Gauge = field(default_factory=Gauge)

    @property
    def is_live(self) -> bool:
        """Whether the agent's process is thought to be alive."""
        return not self.removed and self.state in LIVE_STATES

    @property
    def window_name(self) -> str:
        """The name of this run's window: an id of ours, never outside text."""
        return f"{self.id}-{self.run}"
