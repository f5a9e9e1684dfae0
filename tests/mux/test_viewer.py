"""What a screen asks is asked of a leader that runs, or not at all."""

import asyncio
import os

import pytest

from agentmux.config import Config
from agentmux.errors import AgentmuxError
from agentmux.mux.viewer import Viewer
from agentmux.tmux.server import Server
from tests.support.tmux import PATIENCE_S, server

__all__ = ["server"]

pytestmark = pytest.mark.tmux


async def test_nothing_is_asked_of_a_leader_that_cannot_be_started(server: Server) -> None:
    server.places.leader_lock.mkdir()
    async with Viewer(server.places, Config(), "/", None, os.environ) as mux:
        with pytest.raises(AgentmuxError, match="leader"):
            async with asyncio.timeout(PATIENCE_S):
                await mux.request("new", None, command=["sleep", "600"])
        assert mux.ledger.since(0) == []
        assert list(server.places.request_env("x").parent.iterdir()) == []
