"""The screen, from the command line: refuse without a terminal, then hand over to `ui`."""

import asyncio
import os
from collections.abc import Mapping

from agentmux.cli.group import is_terminal
from agentmux.cli.ls import repo_around
from agentmux.errors import UsageError


def open_screen(folder: str) -> int:
    """Run the screen for somebody who stands in `folder`, until they leave; its exit code."""
    if not is_terminal():
        raise UsageError(
            "The screen needs a terminal.",
            "Without one: `agentmux ls`, `agentmux demo`, or `agentmux up --headless`.",
        )
    return asyncio.run(_run(folder, repo_around(folder), dict(os.environ)))


async def _run(folder: str, repo: str | None, env: Mapping[str, str]) -> int:
    from agentmux.cli.keys import require_keymap
    from agentmux.ledger.store import Ledger
    from agentmux.mux.surroundings import load_for
    from agentmux.mux.viewer import Viewer
    from agentmux.paths import places
    from agentmux.ui.app import run_screen

    where = places()
    where.make()
    with Ledger.open(where.ledger) as ledger:
        fleet = ledger.load_fleet()
    loaded = load_for(where, fleet, repo, folder, env)
    require_keymap(loaded)
    async with Viewer(where, loaded.config, folder, repo, env) as mux:
        return await run_screen(mux)
