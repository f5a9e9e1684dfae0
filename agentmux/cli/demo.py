"""`agentmux demo`: a simulated fleet on real tmux, git and worktrees, in a temporary home."""

import asyncio
import os
from collections.abc import Sequence
from threading import Event

import click

from agentmux.cli import output
from agentmux.cli.group import is_terminal
from agentmux.cli.number import Number
from agentmux.demo.headless import Summary, kept, run_headless
from agentmux.demo.personas import PERSONAS
from agentmux.demo.stage import Stage, stage
from agentmux.git.run import require_git
from agentmux.tmux.run import require_tmux


@click.command("demo", short_help="watch a simulated fleet")
@click.option("--headless", is_flag=True, help="Without a screen, at speed; prints a summary.")
@click.option("--sessions", type=click.IntRange(1, len(PERSONAS)), default=6, metavar="N")
@click.option("--seed", type=int, default=1, metavar="N", help="The same seed, the same run.")
@click.option("--speed", type=Number(1, 50), metavar="X", help="Times faster.")
@click.option("--scenario", type=click.Choice(["tour"]), default="tour", show_default=True)
@click.option("--keep", is_flag=True, help="Leave the temporary home for a look around.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    headless: bool,
    sessions: int,
    seed: int,
    speed: float | None,
    scenario: str,
    keep: bool,
    as_json: bool,
) -> int:
    """Show agentmux at work: real tmux, git, worktrees and ledger, only the agents are simulated.

    Never touches this repository or your own sessions. Without a terminal it runs headless.
    """
    require_tmux()
    require_git()
    if headless or as_json or not is_terminal():
        return _headless(sessions, seed, speed or 20.0, keep=keep, as_json=as_json)
    output.talk("setting the stage: a repository, worktrees and simulated agents in /tmp …")
    with stage(keep=keep) as made:
        cast = [(name, seed, speed or 1.0) for name in list(PERSONAS)[:sessions]]
        made.start(*cast[0], stay=True)
        code = asyncio.run(_show(made, cast[1:]))
    if keep:
        output.talk(kept(made.root))
    return code


def _headless(sessions: int, seed: int, speed: float, *, keep: bool, as_json: bool) -> int:
    summary = run_headless(sessions, seed, speed, keep=keep, say=output.talk)
    if as_json:
        output.data_json(summary.as_json())
    else:
        _print(summary)
    return 1 if any(summary.left.values()) else 0


def _print(summary: Summary) -> None:
    agents = "simulated agent" + ("" if summary.sessions == 1 else "s")
    output.data(f"agentmux demo: {summary.sessions} {agents}, {summary.seconds:.1f} s")
    output.data("")
    for line in summary.table:
        output.data(line)
    output.data("")
    output.data(f"states seen      {', '.join(sorted(summary.states_seen))}")
    output.data(f"asks answered    {summary.answered}")
    output.data(f"paths changed    {summary.changed_paths}, each in its session's own worktree")
    left = ", ".join(f"{count} {what}" for what, count in summary.left.items())
    output.data(f"left behind      {left or 'kept'}")
    output.data("")
    output.data("In a terminal the same command shows the screen: ./run demo")


async def _show(made: Stage, cast: Sequence[tuple[str, int, float]]) -> int:
    """The screen on the stage, with the tour; the rest of the cast enters meanwhile."""
    from agentmux.config import Config
    from agentmux.demo.tour import TOUR
    from agentmux.mux.viewer import Viewer
    from agentmux.ui.app import run_screen

    left = Event()

    def enter() -> None:
        for persona in cast:
            if not left.is_set():
                made.start(*persona, stay=True)

    repo = str(made.repo)
    async with Viewer(made.places, Config(), repo, repo, dict(os.environ)) as mux:
        entering = asyncio.get_running_loop().run_in_executor(None, enter)
        try:
            return await run_screen(mux, TOUR)
        finally:
            left.set()
            await entering
