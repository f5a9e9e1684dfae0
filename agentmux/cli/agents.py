"""`agentmux agents`: the coding agents found on this machine, and how to install the others."""

import os
from pathlib import Path

import click

from agentmux.agents import AGENTS
from agentmux.cli import output
from agentmux.core.agent import LaunchSpec
from agentmux.mux.detect import Installation, detect
from agentmux.paths import places


@click.command("agents", short_help="list the agents found on this machine")
@click.option("--again", is_flag=True, help="Ask agents again that did not tell their version.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(again: bool, as_json: bool) -> None:
    """List the agents agentmux knows: version and place, or the command that installs one."""
    found = (*detect(AGENTS, os.environ, places().cache, again=again), _own_shell())
    if as_json:
        rows: list[dict[str, object]] = [
            {
                "name": one.agent,
                "title": AGENTS[one.agent].TITLE,
                "installed": one.program is not None,
                "path": str(one.program) if one.program else None,
                "version": one.version,
                "level": AGENTS[one.agent].LEVEL,
                "install": AGENTS[one.agent].INSTALL or None,
            }
            for one in found
        ]
        output.data_rows("agents", rows)
        return
    for one in found:
        agent = AGENTS[one.agent]
        if one.program:
            asked = f"{one.version or 'version unknown'}  " if agent.PROGRAMS else ""
            told = f"{asked}{one.program}"
        else:
            told = f"not found; {agent.INSTALL}" if agent.INSTALL else "not found"
        output.data(f"{one.agent:10} {agent.TITLE:14} {told}")


def _own_shell() -> Installation:
    """The person's shell: a row of its own, for there is no program to look for."""
    program = Path(AGENTS["shell"].launch(LaunchSpec(env=os.environ)).argv[0])
    return Installation("shell", program if program.is_file() else None)
