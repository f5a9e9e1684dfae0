"""The one error family: what happened, what to type next, and the exit code that says so.

    AgentmuxError (1)
    ├── UsageError (2)        the command line or a key press asks for something impossible
    ├── ConfigError (2)       a configuration file cannot be used
    ├── MissingTool (3)       tmux, git or an agent is absent or too old
    ├── NotFound (4)          no session, ref or file of that name
    ├── NeedsConfirmation (7) work would be lost, or a file is not trusted yet
    ├── TmuxError (1)         tmux refused or is gone
    ├── GitError (1)          git refused
    ├── LedgerError (1)       the record cannot be read or written
    └── AgentError (1)        the agent's program could not be started or has ended

They become words in `cli.main`, on the screen, and in the `Refused` row of a request. Anything
else is a fault of ours; where it is stopped: `docs/design/leader.md` 5.
"""


class AgentmuxError(Exception):
    """Something the person can act on: `message` says what happened, `hint` what to type next."""

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AgentmuxError):
    """The command line or a key press asks for something impossible."""

    exit_code = 2


class ConfigError(AgentmuxError):
    """A configuration file cannot be used; the message names file, line and key."""

    exit_code = 2


class MissingTool(AgentmuxError):
    """A program that agentmux needs is absent or too old."""

    exit_code = 3


class NotFound(AgentmuxError):
    """No session, ref or file of that name; the hint names the nearest one."""

    exit_code = 4


class NeedsConfirmation(AgentmuxError):
    """Work would be lost, or a file is not trusted yet: nothing was done."""

    exit_code = 7


class TmuxError(AgentmuxError):
    """tmux refused a command or its server is gone."""


class GitError(AgentmuxError):
    """git refused a command."""


class LedgerError(AgentmuxError):
    """The ledger cannot be read or written."""


class AgentError(AgentmuxError):
    """The agent's program could not be started or has ended."""


def error_for(exit_code: int, message: str, hint: str | None) -> AgentmuxError:
    """The error a refused request stands for, so that a verb fails alike wherever it ran."""
    kinds: dict[int, type[AgentmuxError]] = {
        2: UsageError,
        3: MissingTool,
        4: NotFound,
        7: NeedsConfirmation,
    }
    return kinds.get(exit_code, AgentmuxError)(message, hint)
