"""Starting a leader: one comes up, and one that cannot says why at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from agentmux.errors import AgentmuxError
from agentmux.mux.start import START_S, ensure_leader, is_leader
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


def test_nine_who_start_a_leader_at_once_get_the_same_one(server: Server) -> None:
    server.places.make()
    with ThreadPoolExecutor(9) as pool:
        pids = list(pool.map(lambda _: ensure_leader(server.places), range(9)))
    assert len(set(pids)) == 1
    windows = [pane.name for pane in server.windows() if is_leader(pane.name)]
    assert len(windows) == len(set(windows))
