"""Start the agent on a terminal of its own, so that it dies with us and tells why it cannot start.

The shim keeps one descriptor of the agent's side open: the terminal then never looks hung up
while the agent lives, whatever the agent does with its own descriptors.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import termios
from collections.abc import Callable

from agentmux.shim.outer import Outer
from agentmux.shim.signals import forget
from agentmux.shim.spec import Spec

PR_SET_PDEATHSIG = 1
NOT_FOUND, NOT_EXECUTABLE = 127, 126


class LaunchError(Exception):
    """The program could not be executed: a sentence for the person and the exit code for tmux."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code


class Agent:
    """The agent: its process, both ends of its terminal, and word of its start."""

    def __init__(self, pid: int, master: int, slave: int, report: int) -> None:
        self.pid = pid
        self.master = master
        self.slave = slave
        self.report = report
        """Yields `STEP ERRNO` when the program cannot be executed, and nothing once it is."""

    def signal(self, number: int) -> None:
        """Send a signal to the agent's group and to the one in the foreground of its terminal."""
        for group in {self.pid, _foreground(self.master, self.pid)}:
            for each in (number, signal.SIGCONT):  # a stopped process must wake up to die
                _signal_group(group, each)


def launch(spec: Spec, outer: Outer) -> Agent:
    """Start `spec.argv` in its own session on a new terminal; raises LaunchError."""
    try:
        master, slave = os.openpty()
        termios.tcsetattr(slave, termios.TCSANOW, outer.attributes)
        outer.copy_size(master)
        os.set_blocking(master, False)
        reader, writer = os.pipe()
        shim = os.getpid()
        pid = os.fork()
    except (OSError, termios.error) as error:
        raise _explain(spec, f"terminal {error.args[0]}") from None
    if pid == 0:
        _become(spec, slave, writer, shim)
    os.close(writer)
    return Agent(pid, master, slave, reader)


def require_started(spec: Spec, agent: Agent) -> None:
    """Wait until the agent's program runs; raises LaunchError if it cannot."""
    with open(agent.report, "rb") as report:
        failure = report.read()
    if failure:
        os.waitpid(agent.pid, 0)
        raise _explain(spec, failure.decode("ascii"))


def _foreground(master: int, default: int) -> int:
    """The process group in the foreground of the agent's terminal."""
    try:
        return os.tcgetpgrp(master) or default
    except OSError:
        return default


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return  # it has ended, or made itself another user's


def _become(spec: Spec, slave: int, report: int, shim: int) -> None:
    """In the child: become the agent, or report and end. Does not return."""
    step = "terminal"
    try:
        forget()
        os.login_tty(slave)
        _die_with(shim)
        _offer_to_oom_killer(spec.oom_score)
        step = "cwd"
        os.chdir(_encode(spec.cwd))
        step = "program"
        env = {_encode(name): _encode(text) for name, text in spec.env.items()}
        os.execvpe(_encode(spec.argv[0]), [_encode(word) for word in spec.argv], env)
    except OSError as error:
        os.write(report, f"{step} {error.errno}".encode())
    except ValueError:  # a NUL, or an environment name with "="
        os.write(report, f"{step} {errno.EINVAL}".encode())
    finally:
        os._exit(NOT_FOUND)


def _die_with(shim: int) -> None:
    """Have the kernel kill this process when the shim dies, by SIGKILL too (Linux only).

    `ctypes` costs 4 ms, here in the child only; elsewhere the terminal's hangup has to do.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != shim:  # it died before the call
        os.kill(os.getpid(), signal.SIGKILL)


def _offer_to_oom_killer(score: int) -> None:
    """Under memory pressure the agent goes before tmux and the screen."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(str(score))
    except OSError:
        return  # not Linux, or already higher


def _encode(text: str) -> bytes:
    """The bytes the leader had: UTF-8 with surrogates, whatever the locale of this pane."""
    return text.encode("utf-8", "surrogateescape")


def _explain(spec: Spec, failure: str) -> LaunchError:
    step, number = failure.split()
    reason = os.strerror(int(number))
    program = spec.argv[0].encode("utf-8", "replace").decode()
    if step == "cwd":
        return LaunchError(f"The folder {spec.cwd} cannot be entered: {reason}.", NOT_EXECUTABLE)
    if step == "terminal":
        return LaunchError(f"{program} got no terminal: {reason}.", NOT_EXECUTABLE)
    if int(number) not in (errno.ENOENT, errno.ENOTDIR):
        return LaunchError(f"{program} cannot be executed: {reason}.", NOT_EXECUTABLE)
    if "/" in program and os.path.exists(_encode(os.path.join(spec.cwd, spec.argv[0]))):
        return LaunchError(f"{program} names an interpreter that does not exist.", NOT_FOUND)
    return LaunchError(f"{program} was not found.", NOT_FOUND)
