"""Whose files changed: worktrees whose names begin alike are told apart."""

import asyncio
from pathlib import Path

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.mux.feeds.files import WorktreeWatch
from agentmux.mux.gauges import Gauges
from agentmux.mux.mux import Mux
from agentmux.paths import places
from tests.support.events import at, opened
from tests.support.repo import make_repo, write
from tests.support.tmux import until


async def test_a_change_counts_for_the_worktree_it_is_in_alone(tmp_path: Path) -> None:
    places().make()
    trees = {"s1": tmp_path / "fix", "s2": tmp_path / "fix-2"}
    async with Mux(places(), Config()) as mux:
        for slot, (session, tree) in enumerate(trees.items(), 1):
            make_repo(tree)
            await mux.record(
                opened(session, slot=slot, worktree=str(tree)),
                e.WorktreePrepared(at=at(), session=session, setup_failed=None),
            )
        gauges = Gauges(mux)
        running = asyncio.ensure_future(WorktreeWatch(mux, gauges).run())
        numbers = iter(range(1_000_000))

        def changed() -> bool:
            """Changes it until the watch has begun and tells of it."""
            write(trees["s2"] / "new.txt", str(next(numbers)))
            return gauges.get("s2").last_change is not None

        await until(changed)
        await until(lambda: gauges.get("s1").head is not None)
        assert gauges.get("s2").dirty == 1
        assert gauges.get("s1").dirty == 0
        assert gauges.get("s1").last_change is None
        running.cancel()
        await asyncio.wait([running])
