"""The person's own shell, in a worktree like any agent.

Not a login shell: it gets the environment of whoever asked for the session, and a profile run
on top of that would double its entries or leave the worktree. On a terminal a shell without
arguments is interactive, whichever shell it is.
"""

from agentmux.core import facts
from agentmux.core.agent import (
    Launch,
    LaunchSpec,
    PromptWay,
    find_version,
    has_no_feeds,
    needs_no_setup,
    never_forks,
    never_resumes,
    no_version,
    parse_reports,
    takes_no_notes,
    unknown_conversation,
)
from agentmux.core.dialogs import Dialect

NAME = "shell"
TITLE = "shell"
PROGRAMS: tuple[str, ...] = ()
LEVEL = 0
INSTALL = ""
CHOOSES_ID = False
# A task is what the session is for; typed into a shell it would be run as a command.
PROMPT: PromptWay = "never"
COMPOSER: str | None = None
DIALECT: Dialect | None = None
RANKS = facts.RANKS

version_argv = no_version
parse_version = find_version
feeds = has_no_feeds
parse = parse_reports
setup = needs_no_setup
parse_notes = takes_no_notes
resume = never_resumes
fork = never_forks
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """`$SHELL`, or `/bin/sh` where that is not an absolute path."""
    named = spec.env.get("SHELL", "")
    own = (named,) if named.startswith("/") else ("/bin/sh",)
    return Launch((*(spec.command or own), *spec.args))
