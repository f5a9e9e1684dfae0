"""Leaders that are killed with -9 between two calls to git, tmux or the ledger.

Calls are counted in groups: calls one after the other of one kind, those of feeds left out.
Between one call and the next nothing outside changes, so the end of a group is both after its
last call and before the first of the next. The program forks them, for it takes half a second to
get ready: for each number of groups it reads, it answers with the pid of a leader that lives so
long, or for good with 0.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from agentmux.core.events import AgentStarted
from agentmux.git import run as git_run
from agentmux.mux import leader, verbs
from agentmux.mux.lease import Lease
from agentmux.mux.mux import Mux
from agentmux.mux.start import private_server
from agentmux.paths import places
from agentmux.tmux import run as tmux_run
from agentmux.tmux import server as tmux_server

acts: ContextVar[bool] = ContextVar("acts", default=False)
"""Whether this task, or the thread that works for it, does what was asked."""


class Fate:
    """Ends the process where the group of calls begins that it is not to see; 0: none such."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        self.seen: list[str] = []

    def before(self, call: Callable[..., Any], kind: Callable[..., str]) -> Callable[..., Any]:
        """`call`, unless the end comes first."""

        def fated(*args: Any, **kwargs: Any) -> Any:
            self.meet(kind(*args))
            return call(*args, **kwargs)

        return fated

    def meet(self, kind: str) -> None:
        """A call of this kind is about to be made; the shim's word of a start counts always."""
        if (acts.get() or kind == AgentStarted.__name__) and self.seen[-1:] != [kind]:
            if self.groups and len(self.seen) == self.groups:
                os.kill(os.getpid(), signal.SIGKILL)
            self.seen.append(kind)


def _git_kind(_folder: object, argv: tuple[str, ...], *_: object) -> str:
    return " ".join(argv[:2]) if argv[0] == "worktree" else argv[0]


def _tmux_kind(argv: list[str], *_: object) -> str:
    return argv[5]


def _record_kind(_mux: Mux, *events: object) -> str:
    return " ".join(type(event).__name__ for event in events)


def _acting(act: Callable[..., Any]) -> Callable[..., Any]:
    """`act`, with all that it calls counted."""

    def acting(*args: Any) -> Any:
        acts.set(True)
        return act(*args)

    return acting


def lead(groups: int) -> None:
    """Lead for as long as `groups` last."""
    fate = Fate(groups)
    git_run._run = fate.before(git_run._run, _git_kind)
    tmux_server.run_program = fate.before(  # type: ignore[attr-defined]
        tmux_run.run_program, _tmux_kind
    )
    Mux.record = fate.before(Mux.record, _record_kind)  # type: ignore[method-assign]
    verbs.act = _acting(verbs.act)
    lease = Lease.take_patiently(places().leader_lock)
    assert lease is not None
    asyncio.run(leader.lead(places(), stay=True))


def main() -> None:
    """Fork a leader for each line read."""
    private_server(places()).start()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # from here on nobody waits for a child
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            lead(int(line))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


class Leaders:
    """The program above, asked for leaders; ending it leaves the last one alone."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self, groups: int = 0) -> int:
        """The pid of a new leader."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{groups}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()  # the last leader may have it open still
        self._process.wait()


if __name__ == "__main__":
    main()
