"""aider: a task is typed once its prompt shows, since `--message` would answer it and end.

It keeps its conversation in the working directory, so a session can be resumed there only when
the directory is its own. Flags as of version 0.86.2.
"""

from collections.abc import Mapping

from agentmux.core import facts
from agentmux.core.agent import (
    MODEL_KEYS,
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    has_no_feeds,
    names_option,
    never_forks,
    parse_reports,
    takes_no_notes,
    unknown_conversation,
    version_flag,
)
from agentmux.core.dialogs import Dialect

NAME = "aider"
TITLE = "aider"
PROGRAMS: tuple[str, ...] = ("aider",)
LEVEL = 0
INSTALL = "pipx install aider-chat"
CHOOSES_ID = False
PROMPT: PromptWay = "typed"
COMPOSER: str | None = r"^[\w-]*(?: ?multi)?> ?$"
DIALECT: Dialect | None = None
RANKS = facts.RANKS

version_argv = version_flag
parse_version = find_version
feeds = has_no_feeds
parse = parse_reports
parse_notes = takes_no_notes
fork = never_forks
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """A first start, without the question about release notes that would take the first keys."""
    return Launch(_argv(spec, ()))


def resume(spec: LaunchSpec) -> Launch | None:
    """Read the folder's chat history again; None when the folder is shared."""
    return Launch(_argv(spec, ("--restore-chat-history",))) if spec.own_folder else None


def setup(env: Mapping[str, str]) -> Setup | None:
    """The key of a provider; without one its first start offers a sign-in."""
    home = env.get("HOME", "")
    files = (f"{home}/.aider.conf.yml", f"{home}/.env", f"{home}/.aider/oauth-keys.env")
    return Setup("aider", MODEL_KEYS, files)


def _argv(spec: LaunchSpec, choice: tuple[str, ...]) -> tuple[str, ...]:
    asked = names_option(spec.args, "--show-release-notes", "--no-show-release-notes")
    quiet = () if asked else ("--no-show-release-notes",)
    return (*(spec.command or PROGRAMS[:1]), *quiet, *choice, *spec.args)
