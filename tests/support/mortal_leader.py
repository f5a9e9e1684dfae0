"""A leader that is killed with -9 right after its Nth call to git, tmux or the ledger.

Calls count from the first request on. Between one call and the next nothing outside changes, so
"after call N" is also "before call N + 1".
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from agentmux.git import run as git_run
from agentmux.ledger.store import Ledger
from agentmux.mux import leader, verbs
from agentmux.mux.lease import Lease
from agentmux.mux.start import private_server
from agentmux.paths import places
from agentmux.tmux import run as tmux_run
from agentmux.tmux import server as tmux_server


class Fate:
    """How many calls are left."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.counting = False

    def after(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, and then the end, when it was the last one."""

        def fated(*args: Any, **kwargs: Any) -> Any:
            try:
                return call(*args, **kwargs)
            finally:
                if self.counting:
                    self.calls -= 1
                    if self.calls < 0:
                        os.kill(os.getpid(), signal.SIGKILL)

        return fated

    def begin_with(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """`act`, counting from now on."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.counting = True
            return act(*args, **kwargs)

        return counted


def main(calls: int) -> None:
    fate = Fate(calls)
    git_run._run = fate.after(git_run._run)
    tmux_server.run_program = fate.after(tmux_run.run_program)  # type: ignore[attr-defined]
    Ledger.append = fate.after(Ledger.append)  # type: ignore[method-assign]
    verbs.act = fate.begin_with(verbs.act)
    where = places()
    where.make()
    lease = Lease.take_patiently(where.leader_lock)
    assert lease is not None
    private_server(where).start()
    asyncio.run(leader.lead(where, stay=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
