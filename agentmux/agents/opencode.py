"""opencode: it names its sessions itself, so only an id learnt from it can be resumed.

Its `--continue` takes the latest session of the whole repository, whatever the worktree, and is
therefore never used. Tried on version 1.18.33.
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
    home_path,
    parse_reports,
    prompt_argument,
    takes_no_notes,
    unknown_conversation,
    version_flag,
)
from agentmux.core.dialogs import Dialect

NAME = "opencode"
TITLE = "opencode"
PROGRAMS: tuple[str, ...] = ("opencode",)
LEVEL = 0
INSTALL = "npm install -g opencode-ai"
CHOOSES_ID = False
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = None
RANKS = facts.RANKS

version_argv = version_flag
parse_version = find_version
feeds = has_no_feeds
parse = parse_reports
parse_notes = takes_no_notes
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """A first start."""
    return Launch(_argv(spec, ()))


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id; None without one."""
    if spec.session_id is None:
        return None
    return Launch(_argv(spec, (f"--session={spec.session_id}",)), session_id=spec.session_id)


def fork(spec: LaunchSpec) -> Launch | None:
    """Branch off `source_id`."""
    if spec.source_id is None:
        return None
    return Launch(_argv(spec, (f"--session={spec.source_id}", "--fork")))


def setup(env: Mapping[str, str]) -> Setup | None:
    """Its own store of keys, or the key of a provider that it finds in the environment."""
    data = home_path(env, "XDG_DATA_HOME", ".local/share")
    return Setup("opencode auth login", MODEL_KEYS, (f"{data}/opencode/auth.json",))


def _argv(spec: LaunchSpec, choice: tuple[str, ...]) -> tuple[str, ...]:
    prompt = prompt_argument(spec)
    task = (f"--prompt={prompt}",) if prompt else ()
    return (*(spec.command or PROGRAMS[:1]), *choice, *spec.args, *task)
