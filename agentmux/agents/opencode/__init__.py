"""opencode: it names its sessions itself, so only an id learnt from it can be resumed.

Its `--continue` takes the latest session of the whole repository, whatever the worktree, and is
therefore never used. What it does is told by its own server, which is given a port and a
password; a plugin would tell the same, and costs a minute at a start without a network. Tried on
version 1.18.33.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.opencode.events import parse_event
from agentmux.core import facts
from agentmux.core.agent import (
    MODEL_KEYS,
    Feed,
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    home_path,
    names_option,
    parse_reports,
    prompt_argument,
    takes_no_notes,
    unknown_conversation,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.reading import text_at

NAME = "opencode"
TITLE = "opencode"
PROGRAMS: tuple[str, ...] = ("opencode",)
LEVEL = 3
INSTALL = "npm install -g opencode-ai"
CHOOSES_ID = False
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = None
RANKS = facts.RANKS

PASSWORD = "OPENCODE_SERVER_PASSWORD"
USER = "OPENCODE_SERVER_USERNAME"
ASKED = (
    "/session/status",
    "/permission",
    "/question",
    "/session/{id}/children",
    "/session/{id}/message?limit=50",
)
"""What tells how it stands, for a stream that is joined in the middle."""
TITLED = "OC | "
"""What the terminal's title begins with once the conversation has a name."""

version_argv = version_flag
parse_version = find_version
parse_notes = takes_no_notes
conversation = unknown_conversation


def launch(spec: LaunchSpec) -> Launch:
    """A first start."""
    return _start(spec, ())


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id; None without one."""
    if spec.session_id is None:
        return None
    return _start(spec, (f"--session={spec.session_id}",), spec.session_id)


def fork(spec: LaunchSpec) -> Launch | None:
    """Branch off `source_id`."""
    if spec.source_id is None:
        return None
    return _start(spec, (f"--session={spec.source_id}", "--fork"))


def setup(env: Mapping[str, str]) -> Setup | None:
    """Its own store of keys, or the key of a provider that it finds in the environment."""
    data = home_path(env, "XDG_DATA_HOME", ".local/share")
    return Setup("opencode auth login", MODEL_KEYS, (f"{data}/opencode/auth.json",))


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """The stream of its server; nothing when the person's arguments say where that listens."""
    if not _has_server(spec):
        return ()
    base = f"http://127.0.0.1:{spec.port}"
    user = spec.env.get(USER) or "opencode"
    secret = base64.b64encode(f"{user}:{_password(spec)}".encode()).decode()
    return (
        Feed(
            source=facts.Source.EVENTS,
            way="sse",
            place=f"{base}/event",
            headers={"Authorization": f"Basic {secret}"},
            asked=tuple(base + path for path in ASKED),
        ),
    )


def parse(source: facts.Source, record: Mapping[str, Any], at: datetime) -> list[facts.AnyFact]:
    """What its server tells, and the name in its title."""
    if source is facts.Source.EVENTS:
        return parse_event(record, at)
    if source is facts.Source.TITLE:
        title = text_at(record, "text")
        named = title.removeprefix(TITLED) if title.startswith(TITLED) else ""
        return [facts.Titled(at=at, title=named)] if named else []
    return parse_reports(source, record, at)


def _start(spec: LaunchSpec, choice: tuple[str, ...], session_id: str | None = None) -> Launch:
    prompt = prompt_argument(spec)
    task = (f"--prompt={prompt}",) if prompt else ()
    server = (f"--port={spec.port}",) if _has_server(spec) else ()
    argv = (*(spec.command or PROGRAMS[:1]), *choice, *server, *spec.args, *task)
    return Launch(argv, {PASSWORD: _password(spec)} if server else {}, session_id=session_id)


def _has_server(spec: LaunchSpec) -> bool:
    given = (*spec.command[1:], *spec.args)
    return bool(spec.port and spec.password) and not names_option(given, "--port", "--hostname")


def _password(spec: LaunchSpec) -> str:
    """The person's own, which they may need for something else, or ours."""
    return spec.env.get(PASSWORD) or spec.password
