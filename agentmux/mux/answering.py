"""Answering an agent from elsewhere: never blindly, and seen to be taken.

An answer goes out only while the agent asks by its own word, the screen shows the same menu that
the person saw, and nobody else is answering; then it is waited for that the ask ends. If it does
not, the answer is "not taken" and the person is told to look.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.dialogs import Dialect, Menu, answer_keys, read_menu
from agentmux.core.session import Ask, Session
from agentmux.core.state import SessionState
from agentmux.errors import AgentError, UsageError
from agentmux.mux import arguments
from agentmux.tmux.keys import ENTER

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

TAKEN_S = 2.0
"""Seconds in which an answer must have its effect."""
YOUNG_S = 0.4
"""A dialog that has only just appeared swallows keys."""
SETTLE_S = 0.5
"""Between a message and its Enter: agents swallow an Enter that comes with the paste."""
LOOK = "Look at it: `agentmux attach` or the pane."


async def answer(leader: Leader, request: e.Requested) -> dict[str, e.Json]:
    """Take one of the agent's own options for the person, and say whether it was taken."""
    session = arguments.require_session(leader.mux.fleet, request)
    async with leader.locks[session.id]:
        session, ask = _require_ask(leader, request)
        menu, dialect = await _require_menu(leader, session)
        _require_same(request, ask, menu)
        index = _require_option(menu, arguments.text(request.args, "choice") or "")
        young = YOUNG_S - (leader.mux.now() - ask.at).total_seconds()
        if young > 0:
            await asyncio.sleep(young)
        await _send(leader, session, answer_keys(menu, index, dialect))
        await leader.mux.record(
            e.AnswerSent(
                at=leader.mux.now(),
                session=session.id,
                ask=ask.number,
                choice=index + 1,
                label=menu.options[index],
                by=request.by,
            )
        )
        if not await _is_over(leader, session.id, ask):
            raise AgentError(
                f"Not taken: {session.name!r} still asks {TAKEN_S:.0f} s after the answer.", LOOK
            )
        if message := arguments.text(request.args, "message"):
            await _say(leader, session, message)
    return {"answer": "taken", "ask": ask.number, "choice": index + 1, "label": menu.options[index]}


def _require_ask(leader: Leader, request: e.Requested) -> tuple[Session, Ask]:
    session = arguments.require_session(leader.mux.fleet, request)
    if session.state is not SessionState.ASKING or session.ask is None or session.pane is None:
        raise AgentError(f"Not taken: {session.name!r} asks nothing now.", LOOK)
    if session.ask.kind in ("setup", "login"):
        raise AgentError(
            f"{session.name!r} shows a page of its start ({session.ask.kind}), which is yours alone"
            " to answer.",
            "Answer it in the pane.",
        )
    return session, session.ask


async def _require_menu(leader: Leader, session: Session) -> tuple[Menu, Dialect]:
    dialect = AGENTS[session.agent].DIALECT
    rows = await asyncio.to_thread(leader.server.capture, session.pane or "")
    lines = [row.decode(errors="replace") for row in rows]
    menu = read_menu(lines, dialect) if dialect is not None else None
    if menu is None or dialect is None:
        raise AgentError(
            f"Not taken: the screen of {session.name!r} shows no menu that agentmux can answer.",
            "Answer it in the pane.",
        )
    return menu, dialect


def _require_same(request: e.Requested, ask: Ask, menu: Menu) -> None:
    """What the asker saw is what stands there; who saw nothing answers what stands there."""
    seen = request.args.get("ask")
    fingerprint = arguments.text(request.args, "fingerprint")
    if seen not in (None, ask.number) or fingerprint not in (None, menu.fingerprint):
        raise AgentError("Not taken: another question stands there by now.", LOOK)


def _require_option(menu: Menu, choice: str) -> int:
    index = menu.index_of(choice)
    if index is None:
        listed = " · ".join(f"{n} {option}" for n, option in enumerate(menu.options, 1))
        raise UsageError(f"There is no single option {choice!r}.", f"There are: {listed}")
    return index


async def _send(leader: Leader, session: Session, keys: bytes) -> None:
    await asyncio.to_thread(leader.server.send_bytes, session.pane or "", keys)


async def _is_over(leader: Leader, session_id: str, ask: Ask) -> bool:
    """Whether the ask ends in time."""
    over = asyncio.Event()

    def look(_fleet: object = None) -> None:
        now = leader.mux.fleet.sessions[session_id].ask
        if now is None or now.number != ask.number:
            over.set()

    unsubscribe = leader.mux.subscribe(look)
    look()
    try:
        async with asyncio.timeout(TAKEN_S):
            await over.wait()
        return True
    except TimeoutError:
        return False
    finally:
        unsubscribe()


async def _say(leader: Leader, session: Session, message: str) -> None:
    """Type a message into the composer that the answer has led back to."""
    await asyncio.sleep(SETTLE_S)
    await asyncio.to_thread(leader.server.paste, session.pane or "", message.encode())
    await asyncio.sleep(SETTLE_S)
    await _send(leader, session, ENTER)


async def read_dialog(leader: Leader, request: e.Requested) -> dict[str, e.Json]:
    """The options of the menu that stands there, for who is about to choose."""
    session, ask = _require_ask(leader, request)
    menu, _ = await _require_menu(leader, session)
    return {
        "ask": ask.number,
        "options": list(menu.options),
        "marked": menu.marked + 1,
        "fingerprint": menu.fingerprint,
        "question": list(menu.question),
    }
