"""One word for what a session does, and which may follow which.

The words are those of the command line. A plain command, which reports nothing, is only seen to
print (`running`) or not (`quiet`); an agent that reports has the others.
"""

from enum import StrEnum


class SessionState(StrEnum):
    """One word for what a session does; the same word on the screen, in JSON and in the ledger."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    QUIET = "quiet"
    WORKING = "working"
    ASKING = "asking"
    IDLE = "idle"
    DONE = "done"
    LIMITED = "limited"
    FAILED = "failed"
    EXITED = "exited"
    PARKED = "parked"
    PAUSED = "paused"
    UNKNOWN = "unknown"


LIVE_STATES = frozenset(SessionState) - {
    SessionState.QUEUED,
    SessionState.EXITED,
    SessionState.PARKED,
}
"""States in which the agent's process is alive."""

S = SessionState
_AWAKE = frozenset({S.WORKING, S.ASKING, S.IDLE, S.DONE, S.LIMITED, S.FAILED})
"""What an agent tells of itself while it runs; each may follow each."""
_ENDS = frozenset({S.EXITED, S.PARKED})
TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    S.QUEUED: frozenset({S.STARTING, S.EXITED}),
    S.STARTING: frozenset({S.RUNNING, S.QUIET, *_AWAKE, S.EXITED}),
    S.RUNNING: frozenset({S.QUIET, *_AWAKE, S.EXITED, S.STARTING}),
    S.QUIET: frozenset({S.RUNNING, *_AWAKE, S.EXITED, S.STARTING}),
    **{state: (_AWAKE - {state}) | _ENDS | {S.STARTING, S.PAUSED} for state in sorted(_AWAKE)},
    S.PAUSED: _AWAKE | _ENDS,
    S.PARKED: frozenset({S.STARTING}),
    S.EXITED: frozenset({S.STARTING}),
}
"""What usually follows what. A surprise is kept and shown, never raised: agents are observed."""
