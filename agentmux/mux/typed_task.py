"""A task for an agent that takes none on its command line: pasted once its composer shows.

Only adapters that say how their composer looks get one, and only while the last line of the pane
is exactly that: a start-up question is never answered by a task.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from agentmux.agents import AGENTS
from agentmux.errors import AgentmuxError
from agentmux.mux.private import with_words
from agentmux.tmux.keys import ENTER

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

PATIENCE_S = 120.0
LOOK_S = 0.5
SETTLE_S = 0.5
"""Between the paste and its Enter: agents swallow an Enter that comes with the paste."""


def needs_typing(agent: str, task: str | None) -> bool:
    """Whether a task has to be typed into this agent."""
    return bool(task) and AGENTS[agent].PROMPT == "typed" and AGENTS[agent].COMPOSER is not None


async def type_task(leader: Leader, session_id: str, run: int) -> None:
    """Wait for the composer of this run, then paste the task and press Enter; once, or never."""
    composer = re.compile(AGENTS[leader.mux.fleet.sessions[session_id].agent].COMPOSER or "(?!)")
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while asyncio.get_running_loop().time() < deadline and not leader.done.is_set():
        session = leader.mux.fleet.sessions[session_id]
        if session.run != run or not session.is_live or session.pane is None:
            return
        try:
            if await _shows(leader, session.pane, composer):
                task = with_words(leader.mux.places, session).task or ""
                await asyncio.to_thread(leader.server.paste, session.pane, task.encode())
                await asyncio.sleep(SETTLE_S)
                await asyncio.to_thread(leader.server.send_bytes, session.pane, ENTER)
                return
        except AgentmuxError:
            return
        await asyncio.sleep(LOOK_S)


async def _shows(leader: Leader, pane: str, composer: re.Pattern[str]) -> bool:
    rows = await asyncio.to_thread(leader.server.capture, pane)
    return bool(rows) and composer.search(rows[-1].decode(errors="replace")) is not None
