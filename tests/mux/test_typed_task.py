"""A task is typed into the run it was meant for, and into no other."""

import asyncio
from pathlib import Path

import pytest

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.secrets import BLOT
from agentmux.mux.leader import Leader
from agentmux.mux.mux import Mux
from agentmux.mux.private import Words, keep_words
from agentmux.mux.typed_task import type_task
from agentmux.tmux.server import Server
from tests.support.events import at, launch, opened
from tests.support.tmux import run_shell, server, wait_for_text

__all__ = ["server"]

pytestmark = pytest.mark.tmux


@pytest.mark.parametrize(("run", "is_typed"), [(2, True), (1, False)])
async def test_a_later_run_gets_no_task_of_an_earlier(
    server: Server, tmp_path: Path, run: int, is_typed: bool
) -> None:
    pane = run_shell(server, "printf '> '; cat > \"$1\"", str(tmp_path / "got"), name="s1-2")
    wait_for_text(server, pane.id, b">")
    async with Mux(server.places, Config()) as mux, asyncio.TaskGroup() as group:
        await mux.record(
            opened(agent="aider", task="fix the tests"),
            launch("s1", 2),
            e.Launched(at=at(), session="s1", run=2, pane=pane.id, window=pane.window, server="1"),
        )
        await type_task(Leader(mux, server, group), "s1", run)
        server.send_bytes(pane.id, b"\rthe end\r")
        wait_for_text(server, pane.id, b"the end")
    assert is_typed == any(b"fix the tests" in row for row in server.capture(pane.id))


async def test_a_task_is_typed_as_it_was_written(server: Server, tmp_path: Path) -> None:
    """The ledger has it without its secrets."""
    pane = run_shell(server, "printf '> '; cat > \"$1\"", str(tmp_path / "got"), name="s1-1")
    wait_for_text(server, pane.id, b">")
    words = Words("log in with 12345678")
    keep_words(server.places, "s1", words, words.blotted({"12345678"}))
    async with Mux(server.places, Config()) as mux, asyncio.TaskGroup() as group:
        await mux.record(
            opened(agent="aider", task=f"log in with {BLOT}"),
            launch("s1", 1),
            e.Launched(at=at(), session="s1", run=1, pane=pane.id, window=pane.window, server="1"),
        )
        await type_task(Leader(mux, server, group), "s1", 1)
    wait_for_text(server, pane.id, b"log in with 12345678")
