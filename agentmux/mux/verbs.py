"""The table of what may be asked of the leader: one row per verb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agentmux.core import events as e
from agentmux.errors import UsageError
from agentmux.mux import answering, opening, removal, sessions

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

Result = dict[str, e.Json]

VERBS: dict[str, Callable[[Leader, e.Requested], Awaitable[Result]]] = {
    "new": opening.new,
    "fork": opening.fork,
    "answer": answering.answer,
    "dialog": answering.read_dialog,
    "seen": sessions.seen,
    "snooze": sessions.snooze,
    "stop": sessions.stop,
    "resume": sessions.resume,
    "restart": sessions.restart,
    "rename": sessions.rename,
    "remove": removal.remove,
    "trust": sessions.trust,
    "stay": sessions.stay,
    "down": sessions.down,
}


async def act(leader: Leader, request: e.Requested) -> Result:
    """Do what `request` asks; raises AgentmuxError when it is to be refused."""
    verb = VERBS.get(request.verb)
    if verb is None:
        raise UsageError(
            f"This leader does not know the request {request.verb!r}.",
            "It may be older than your command: `agentmux down`, then try again.",
        )
    return await verb(leader, request)
