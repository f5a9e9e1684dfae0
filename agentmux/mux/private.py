"""What the ledger must not hold and is needed all the same: private files beside it.

Rows are kept for ever, so secrets are blotted out of a task and a command before they are
recorded. The words as they were written lie in a 0600 file: first with the request, then with the
session, for as long as it can be started again (`docs/design/safety.md` 7).
"""

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.core.secrets import BLOT, redact, secret_values
from agentmux.core.session import Session
from agentmux.errors import AgentError, AgentmuxError
from agentmux.mux import arguments
from agentmux.paths import Places, make_private


@dataclass(frozen=True)
class Words:
    """What a person wrote for an agent to be started with."""

    task: str | None
    argv: tuple[str, ...] = ()

    @property
    def is_blotted(self) -> bool:
        """Whether something stands here in another's place (or looks so)."""
        return any(BLOT in word for word in (self.task or "", *self.argv))

    def blotted(self, known: Collection[str]) -> "Words":
        """The words as the ledger may hold them."""
        task = None if self.task is None else redact(self.task, known)
        return Words(task, tuple(redact(word, known) for word in self.argv))


def words_of(args: Mapping[str, e.Json]) -> Words:
    """The words among the arguments of a request."""
    return Words(arguments.text(args, "task"), arguments.words(args, "command"))


def leave_request(
    places: Places, request: str, args: Mapping[str, e.Json], env: Mapping[str, str]
) -> dict[str, e.Json]:
    """Leave the asker's environment and words for the leader; returns the arguments to record.

    OSError when they cannot be written.
    """
    words = words_of(args)
    told = words.blotted(secret_values(env))
    private = {"env": dict(env), **_fields(words)}
    write_private(places.request_env(request), json.dumps(private))
    return _with(args, told)


def load_environment(places: Places, request: str) -> dict[str, str] | None:
    """The environment left with a request; None when it is gone."""
    private = _load(places.request_env(request))
    return None if private is None else {str(k): str(v) for k, v in private["env"].items()}


def require_words(places: Places, request: e.Requested) -> e.Requested:
    """`request` with the words that were written; AgentmuxError when they are gone."""
    if not words_of(request.args).is_blotted:
        return request
    private = _load(places.request_env(request.request))
    if private is None:
        raise AgentmuxError(
            "What was asked for held a secret, which is kept no more.", "Ask again."
        )
    return replace(request, args=_with(request.args, _words(private)))


def keep_words(places: Places, session_id: str, words: Words, told: Words) -> None:
    """Keep `words` for further starts of a session, if `told`, which is recorded, lacks some."""
    path = places.words(session_id)
    if not told.is_blotted:
        path.unlink(missing_ok=True)  # of one that came to nothing before it was recorded
        return
    try:
        write_private(path, json.dumps(_fields(words)))
    except OSError as error:
        raise AgentmuxError(
            f"Nothing was started: {path.parent} cannot be written ({error.strerror}).",
            "Free some space, then try again.",
        ) from error


def with_words(places: Places, session: Session) -> Session:
    """`session` with the task and command that were written; AgentError when they are gone."""
    if not Words(session.task, session.argv).is_blotted:
        return session
    private = _load(places.words(session.id))
    if private is None:
        raise AgentError(
            f"Task or command of {session.name!r} held a secret, which is kept no more.",
            "Start another session: `agentmux new`.",
        )
    words = _words(private)
    return replace(session, task=words.task, argv=words.argv)


def keep_secrets(places: Places, session: Session, env: Mapping[str, str]) -> None:
    """Keep the secret values that the session's present run knows until it has ended."""
    values = secret_values(env)
    if values:
        write_private(places.run_secrets(session.id, session.run), json.dumps(sorted(values)))


def load_secrets(places: Places, session: Session) -> frozenset[str]:
    """The secret values that the session's present run knows."""
    return frozenset(_load(places.run_secrets(session.id, session.run)) or ())


def forget_ended(places: Places, fleet: Fleet) -> None:
    """Unlink the secrets of runs that have ended, and the words of sessions that are removed.

    What cannot be unlinked now is tried again at the next look.
    """
    live = {session.window_name for session in fleet.live}
    with suppress(OSError):
        for path in places.run_secrets("s", 1).parent.iterdir():
            if _subject(path) not in live:
                path.unlink(missing_ok=True)
        for path in places.words("s").parent.iterdir():
            session = fleet.sessions.get(_subject(path))  # none yet: it is being opened
            if session is not None and session.removed:
                path.unlink(missing_ok=True)


def write_private(path: Path, content: str) -> None:
    """Write 0600, whole or not at all; OSError when it cannot be."""
    make_private(path.parent)
    draft = path.with_name(path.name + ".new")
    try:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _load(path: Path) -> Any:
    """What a private file holds; None when it is gone, or was lost in a power cut."""
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
    except (OSError, ValueError):
        return None


def _subject(path: Path) -> str:
    """The session or window a private file, or a draft of it, is about."""
    return path.name.partition(".")[0]


def _fields(words: Words) -> dict[str, e.Json]:
    return {"task": words.task, "argv": list(words.argv)}


def _words(private: Mapping[str, Any]) -> Words:
    return Words(private["task"], tuple(private["argv"]))


def _with(args: Mapping[str, e.Json], words: Words) -> dict[str, e.Json]:
    """`args` with these words in the place of theirs."""
    given: dict[str, e.Json] = {"task": words.task, "command": list(words.argv)}
    return {**args, **{name: value for name, value in given.items() if value}}
