"""The command line: one table of verbs, one error boundary.

`ls` is asked by prompts, status lines and completions many times a minute, so its plain forms go
round click, whose import alone costs more than `ls` may (76 of 82 ms measured).
"""

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from agentmux.errors import AgentmuxError

if TYPE_CHECKING:
    import click

COMMANDS: dict[str, str] = {
    "new": "start a session",
    "ls": "list the sessions",
    "send": "send text or bytes to a session",
    "screen": "print what a session shows now",
    "wait": "wait until sessions reach a state",
    "explain": "print why a session is in its state",
    "answer": "answer what a session asks",
    "snooze": "say nothing of what a session asks for a while",
    "report": "print waits, turns, tokens and cost",
    "budget": "print what was spent, and what may be",
    "watch": "follow what happens, line by line",
    "events": "print what happened",
    "ledger": "check or export the record",
    "attach": "open a session in plain full-screen tmux",
    "stop": "end a session's agent, keep its worktree",
    "resume": "continue an exited session",
    "restart": "start a session's agent afresh",
    "rename": "give a session another name",
    "fork": "start a second session from where one stands",
    "rm": "remove a session and its worktree",
    "up": "start the leader without a screen",
    "down": "end the leader; sessions run on",
    "demo": "watch a simulated fleet",
    "doctor": "check this machine",
    "trust": "show and accept a repository's configuration",
    "keys": "print the keys",
    "config": "print the configuration and where it comes from",
    "agents": "list the agents found on this machine",
    "profiles": "list the profiles",
    "themes": "list the themes",
    "completions": "print a shell's completion script",
}
"""Verb → what it does in a few words. Each is `command` in the module `agentmux.cli.<verb>`."""


def main(argv: list[str] | None = None) -> int:
    """Run one command line; returns the exit code. The one place where errors become words."""
    argv = sys.argv[1:] if argv is None else argv
    from agentmux.cli import output
    from agentmux.paths import settle

    try:
        settle(os.environ)
        code = _run(argv)
        output.finish()
        return code
    except AgentmuxError as error:
        output.complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader went away: `agentmux ls | head`
        return 1
    except Exception as error:
        if os.environ.get("AGENTMUX_TRACEBACK"):
            raise
        output.complain(
            AgentmuxError(
                f"This is a fault of agentmux ({type(error).__name__}: {error}).",
                "Please report it; with AGENTMUX_TRACEBACK=1 the same command shows where.",
            )
        )
        return 1


def _run(argv: list[str]) -> int:
    if argv[:1] == ["ls"] and set(argv[1:]) <= {"--json", "--all"}:
        from agentmux.cli.ls import list_sessions

        list_sessions(everything="--all" in argv, as_json="--json" in argv)
        return 0
    from agentmux.cli.group import run

    return run(argv)


def load_command(verb: str) -> "click.Command":
    """The click command of a verb."""
    command: click.Command = import_module(f"agentmux.cli.{verb}").command
    return command
