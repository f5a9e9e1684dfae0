"""When a leader begins what is asked of it, and when it ends by itself."""

import asyncio
from dataclasses import dataclass, field

import pytest

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.mux import leader as leader_module
from agentmux.mux.leader import Leader
from agentmux.mux.mux import Mux
from agentmux.paths import places
from agentmux.tmux.server import Server
from tests.support.events import at, opened


@dataclass(frozen=True)
class Visited(Server):
    """A server that screens come to and leave, one look after the other."""

    visits: list[bool] = field(default_factory=list)

    def has_screens(self) -> bool:
        return self.visits.pop(0)


async def test_a_leader_that_ends_leaves_requests_to_the_next() -> None:
    places().make()
    asked = e.Requested(at=at(), request="r1", verb="rename", session="s1", args={"name": "two"})
    async with Mux(places(), Config()) as mux, asyncio.TaskGroup() as group:
        leader = Leader(mux, Server(places()), group)
        await mux.record(opened(), asked)
        leader.done.set()
        leader.take_requests()
        await mux.settled()
        assert list(mux.fleet.open_requests) == ["r1"]
        leader.done.clear()
        leader.take_requests()
        await mux.settled()
        assert mux.fleet.open_requests == {}
        assert mux.fleet.sessions["s1"].name == "two"


async def test_only_time_without_anybody_in_one_piece_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leader_module, "LOOK_S", 0.01)
    monkeypatch.setattr(leader_module, "IDLE_S", 0.03)
    places().make()
    server = Visited(places(), visits=[False, False, True, False, False, False, False])
    async with Mux(places(), Config()) as mux, asyncio.TaskGroup() as group:
        await Leader(mux, server, group).end_when_idle()
    assert server.visits == [False]
