"""Starting a leader: one comes up, and one that cannot says why at once."""

import time

import pytest

from agentmux.errors import AgentmuxError
from agentmux.mux.start import START_S, ensure_leader
from agentmux.tmux.server import Server
from tests.support.tmux import server

__all__ = ["server"]

pytestmark = pytest.mark.tmux


def test_a_leader_that_ends_at_its_start_is_told_at_once(server: Server) -> None:
    server.places.leader_lock.mkdir()
    began = time.monotonic()
    with pytest.raises(AgentmuxError) as raised:
        ensure_leader(server.places)
    assert time.monotonic() - began < START_S
    assert "The leader ended at its start" in raised.value.message
    assert "leader.lock cannot be opened: Is a directory" in raised.value.message
    assert raised.value.hint == f"What it said is in {server.places.leader_log}."
