"""Asking the leader from a program without a loop: append a request, wait for its outcome.

A request is a row, so it survives the death of whoever asked and of the leader that was to act;
the next leader finds it without an outcome and acts on it by reading back what was begun.
"""

import os
import time
from collections.abc import Callable, Mapping
from uuid import uuid4

from agentmux.core import events as e
from agentmux.errors import AgentmuxError, error_for
from agentmux.ledger.store import Ledger
from agentmux.mux.clock import now
from agentmux.mux.lease import Lease
from agentmux.mux.private import leave_request
from agentmux.paths import Places

PATIENCE_S = 120.0
"""How long an asker waits; setup hooks and a fetch may take their time."""
TEND_S = 0.3
"""Seconds between two looks whether a leader lives."""


STARTING = frozenset({"new", "fork", "resume", "restart", "remove"})
"""Verbs that run the person's programs, and so need the person's environment; the others work on
a full disk too."""


def leave_private(
    places: Places, request: str, verb: str, args: Mapping[str, e.Json], env: Mapping[str, str]
) -> Mapping[str, e.Json]:
    """Leave for the leader what must not be recorded; returns the arguments that may be."""
    if verb not in STARTING:
        return args
    try:
        return leave_request(places, request, args, env)
    except OSError as error:
        folder = places.request_env(request).parent
        raise AgentmuxError(
            f"Nothing was started: {folder} cannot be written ({error.strerror}).",
            "Free some space, then try again; sessions that run go on.",
        ) from error


def ask(
    ledger: Ledger,
    places: Places,
    verb: str,
    args: Mapping[str, e.Json],
    *,
    session: str | None = None,
    keep_leader: Callable[[], object],
) -> e.Completed:
    """Append a request and wait for what comes of it; a refusal is raised as its error.

    `keep_leader` starts a leader when none runs, and raises when none comes up: then nothing is
    asked. It is called again while waiting, because a leader may be killed half-way.
    """
    keep_leader()
    request = uuid4().hex
    told = leave_private(places, request, verb, args, os.environ)
    asked = e.Requested(at=now(), session=session, request=request, verb=verb, args=told)
    seq = ledger.append(asked)[-1]
    deadline = time.monotonic() + PATIENCE_S
    checked = time.monotonic()
    while time.monotonic() < deadline:
        if time.monotonic() - checked > TEND_S:
            _keep_or_take_back(ledger, places, asked, keep_leader)
            checked = time.monotonic()
        for row, event in ledger.since(seq):
            seq = row
            if isinstance(event, e.Completed | e.Refused) and event.request == request:
                return _answer(event)
        time.sleep(0.01)
    raise AgentmuxError(
        f"The leader did not answer within {PATIENCE_S:.0f} s; the request stays in the ledger.",
        "Look at `agentmux ls`, or at the leader's log that `agentmux doctor` names.",
    )


def _keep_or_take_back(
    ledger: Ledger, places: Places, asked: e.Requested, keep_leader: Callable[[], object]
) -> None:
    """`keep_leader`; where none comes up the request is taken back, and the reason is raised."""
    try:
        keep_leader()
    except AgentmuxError as error:
        lease = Lease.take(places.leader_lock)
        if lease is None:  # one leads after all
            return
        try:
            _take_back(ledger, places, asked, error)
        finally:
            lease.release()
        raise


def _take_back(ledger: Ledger, places: Places, asked: e.Requested, error: AgentmuxError) -> None:
    """Refuse a request that nobody has begun, so that no leader begins it later, unasked.

    For whoever holds the lease. What was begun is left for the next leader to finish.
    """
    fleet = ledger.load_fleet()
    begun = {i for s in fleet.sessions.values() for i in (s.opened_by, s.started_by, s.removed_by)}
    if asked.request not in fleet.open_requests or asked.request in begun:
        return
    ledger.append(
        e.Refused(
            at=now(),
            session=asked.session,
            request=asked.request,
            message=error.message,
            hint=error.hint,
            exit_code=error.exit_code,
        )
    )
    places.request_env(asked.request).unlink(missing_ok=True)


def _answer(outcome: e.Completed | e.Refused) -> e.Completed:
    if isinstance(outcome, e.Refused):
        raise error_for(outcome.exit_code, outcome.message, outcome.hint)
    return outcome
