"""Reading the arguments of a request: JSON values with the type a verb needs."""

from collections.abc import Mapping

from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.core.session import Session
from agentmux.errors import NotFound, UsageError


def text(args: Mapping[str, e.Json], name: str) -> str | None:
    """A string argument, or None when it is absent, null or empty."""
    value = args.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise UsageError(f"The argument {name} is not text.")
    return value


def flag(args: Mapping[str, e.Json], name: str) -> bool:
    """A boolean argument; absent means False."""
    return args.get(name) is True


def words(args: Mapping[str, e.Json], name: str) -> tuple[str, ...]:
    """A list of strings; absent means none."""
    value = args.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise UsageError(f"The argument {name} is not a list of words.")
    return tuple(str(word) for word in value)


def require_session(fleet: Fleet, request: e.Requested) -> Session:
    """The session a request is about, also when it was removed meanwhile (for a replay)."""
    session = fleet.sessions.get(request.session or "")
    if session is None:
        raise NotFound(
            f"There is no session {request.session or '?'}.", "`agentmux ls` names them."
        )
    return session
