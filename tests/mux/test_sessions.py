"""Verbs on a session that stands, where no agent is needed to see what they do."""

import asyncio

import pytest

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.errors import UsageError
from agentmux.mux.leader import Leader
from agentmux.mux.mux import Mux
from agentmux.mux.sessions import rename
from agentmux.paths import places
from agentmux.tmux.server import Server
from tests.support.events import at, opened


async def test_a_name_may_be_given_again_to_its_owner_and_to_nobody_else() -> None:
    places().make()

    async def ask(name: str) -> None:
        request = e.Requested(
            at=at(), request="r1", verb="rename", session="s1", args={"name": name}
        )
        await rename(leader, request)

    async with Mux(places(), Config()) as mux, asyncio.TaskGroup() as group:
        leader = Leader(mux, Server(places()), group)
        await mux.record(opened("s1", name="one"), opened("s2", slot=2, name="two"))
        await ask("one")
        with pytest.raises(UsageError, match="s2 is called 'two' already"):
            await ask("two")
        await ask("three")
        assert [s.name for s in mux.fleet.present] == ["three", "two"]
