"""Any other program, as given after `--` or by a profile: first-class, and left alone.

Nothing is known of it, so a task is never typed into it: that could answer a dialog.
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
from agentmux.errors import UsageError

NAME = "command"
TITLE = "command"
PROGRAMS: tuple[str, ...] = ()
LEVEL = 0
INSTALL = ""
CHOOSES_ID = False
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
    """The command as given; UsageError when there is none."""
    if not spec.command:
        raise UsageError("No command was given.", "Give one after --: agentmux new -- COMMAND")
    return Launch((*spec.command, *spec.args))
