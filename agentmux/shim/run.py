"""From the spec file to the agent's exit status.

The agent is launched before the relay is imported: the two then load side by side.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from agentmux.shim.launch import LaunchError, launch, require_started
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
    spool = Spool(spec.spool)
    try:
        status = _run(spec, outer, spool)
    except LaunchError as error:
        spool.write({"e": "failed", "message": error.message})
        _say(error.message)
        return error.exit_code
    return _exit_like(status)


def _run(spec: Spec, outer: Outer, spool: Spool) -> int:
    """Launch and relay until the agent has ended; returns its wait status, raises LaunchError."""
    wakeup = listen()
    outer.make_raw()
    try:
        agent = launch(spec, outer)
        # Not at the top: these load while the agent's program is being executed.
        from agentmux.shim.recorder import Recorder
        from agentmux.shim.relay import Relay

        require_started(spec, agent)
        recorder = Recorder(spool, spec.modes, spec.quiet_s)
        recorder.started(agent.pid, time.monotonic())
        return Relay(spec, outer, agent, recorder, wakeup).run()
    finally:
        outer.restore()


def _refuse(message: str) -> int:
    """Say why nothing was started; 2 is the exit code of a wrong call."""
    _say(message)
    return 2


def _say(message: str) -> None:
    """One line on the pane's screen, whatever its locale."""
    os.write(sys.stderr.fileno(), f"{message}\n".encode("utf-8", "replace"))


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
