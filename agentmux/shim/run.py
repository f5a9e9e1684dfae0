"""From the spec file to the agent's exit status.

The agent is launched before the relay is imported: its own start, the slowest part, then runs
beside ours.
"""

from __future__ import annotations

import os
import signal
import sys

from agentmux.shim.launch import Agent, LaunchError, launch
from agentmux.shim.outer import Outer, OuterError, open_outer
from agentmux.shim.signals import listen
from agentmux.shim.spec import Spec, SpecError, load_spec
from agentmux.shim.spool import Spool

USAGE = "usage: python -m agentmux.shim SPEC_FILE"


def main(args: list[str]) -> int:
    """Run one agent to its end; returns its exit code, or dies by the signal that ended it."""
    if len(args) != 1:
        return _refuse(USAGE)
    try:
        outer = open_outer()
        spec = load_spec(args[0])
    except (OuterError, SpecError) as error:
        return _refuse(str(error))
    wakeup = listen()
    spool = Spool(spec.spool)
    try:
        outer.make_raw()
        agent = launch(spec, outer)
    except LaunchError as error:
        outer.restore()
        spool.write({"e": "failed", "message": error.message})
        os.write(sys.stderr.fileno(), f"{error.message}\n".encode("utf-8", "replace"))
        return error.exit_code
    try:
        status = _relay(spec, outer, agent, spool, wakeup)
    finally:
        outer.restore()
    return _exit_like(status)


def _relay(spec: Spec, outer: Outer, agent: Agent, spool: Spool, wakeup: int) -> int:
    """Relay until the agent has ended and its last words are out; returns the wait status."""
    from agentmux.shim.recorder import Recorder
    from agentmux.shim.relay import Relay

    recorder = Recorder(spool, spec.modes, spec.quiet_s)
    recorder.started(agent.pid)
    return Relay(spec, outer, agent, recorder, wakeup).run()


def _refuse(message: str) -> int:
    """Say why nothing was started; 2 is the exit code of a wrong call."""
    os.write(sys.stderr.fileno(), f"{message}\n".encode("utf-8", "replace"))
    return 2


def _exit_like(status: int) -> int:
    """The agent's exit code; after a death by signal, die of the same one, as tmux reports it."""
    if not os.WIFSIGNALED(status):
        return os.waitstatus_to_exitcode(status)
    import resource

    number = os.WTERMSIG(status)
    # The agent has left its core file if it wanted one; ours would say nothing.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number
