"""The private tmux server and what should run in it: keeper, leader, agents, and nothing else."""

import shlex
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from agentmux.core.session import Session
from agentmux.mux.checks.check import Check, Subject
from agentmux.mux.clock import now
from agentmux.mux.lease import leader_pid
from agentmux.mux.requests import PATIENCE_S
from agentmux.mux.start import is_leader, private_server
from agentmux.tmux.formats import Pane
from agentmux.tmux.observer import look_at
from agentmux.tmux.run import require_tmux
from agentmux.tmux.server import KEEPER, Server


def check_server(subject: Subject) -> Iterator[Check]:
    """Whether it answers, in which version, and whether its keeper lives."""
    path = subject.places.socket
    if not path.exists():
        yield Check("server", "ok", "No tmux server runs; the first session starts one.")
        return
    if stopped := _stopped_server(path):
        message = f"The tmux server (process {stopped}) is stopped: every pane stands still."
        yield Check("server", "fail", message, f"kill -CONT {stopped}")
        return
    server = private_server(subject.places)
    if not server.is_alive():
        yield _stale_socket(path)
        return
    yield from _check_answering(server)


def _stale_socket(path: Path) -> Check:
    """Every server leaves its socket, after `agentmux down --all` too; the next one replaces it."""

    def remove() -> str:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)
        return f"removed the dead socket {path}"

    message = f"No tmux server runs; the socket {path} is left of one that has ended."
    return Check("server", "ok", message, f"rm {shlex.quote(str(path))}", remove)


def _stopped_server(path: Path) -> int | None:
    """Process id of a server on this socket that was stopped by a signal."""
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or ()
        if process.info["status"] == psutil.STATUS_STOPPED and str(path) in words:
            return process.pid
    return None


def _check_answering(server: Server) -> Iterator[Check]:
    seen = look_at(server)
    program = require_tmux().text
    agents = sum(pane.name != KEEPER and not is_leader(pane.name) for pane in seen.panes)
    if seen.version == program:
        message = f"tmux {program} answers at {server.places.socket}; agents' windows: {agents}."
        yield Check("server", "ok", message)
    else:
        message = f"The server runs tmux {seen.version}, the program is {program} by now."
        yield Check("server", "warn", message, "agentmux down --all")
    if any(pane.name == KEEPER and not pane.dead for pane in seen.panes):
        yield Check("server.keeper", "ok", "The keeper is connected.")
    else:
        message = "The keeper is gone: a killed screen could freeze the agents."
        yield Check("server.keeper", "fail", message, "agentmux doctor --fix", _revive(server))


def _revive(server: Server) -> Callable[[], str]:
    def revive() -> str:
        server.ensure_keeper()
        return "started the keeper again"

    return revive


def check_leader(subject: Subject) -> Iterator[Check]:
    """Whether one leads while there is something to lead, and whether it answers."""
    pid = leader_pid(subject.places.leader_lock)
    log = subject.places.leader_log
    if pid is None and subject.fleet.live:
        message = "No leader runs: sessions go on, but nothing is recorded or started."
        yield Check("leader", "warn", message, "agentmux up --headless")
    elif pid is None:
        yield Check("leader", "ok", "No leader runs and none is needed.")
    elif waiting := _unanswered(subject):
        message = f"The leader (process {pid}) leaves requests waiting: {waiting}; see {log}."
        yield Check("leader", "warn", message, "agentmux down; agentmux up --headless")
    else:
        yield Check("leader", "ok", f"The leader is process {pid}; its log is {log}.")


def _unanswered(subject: Subject) -> int:
    """Requests that have waited longer than any verb takes."""
    asked = subject.fleet.open_requests.values()
    return sum((now() - request.at).total_seconds() > PATIENCE_S for request in asked)


def check_windows(subject: Subject) -> Iterator[Check]:
    """Windows that no session of the ledger knows, and those of leaders that have ended."""
    server = _answering(subject)
    if server is None:
        return
    panes = look_at(server).panes
    known = {s.window_name for s in subject.fleet.present} | {KEEPER}
    for pane in panes:
        if pane.name not in known and not is_leader(pane.name):
            yield _stale_window(server, pane)
    ended = [pane for pane in panes if is_leader(pane.name) and pane.dead]
    if ended:
        message = f"Windows of leaders that have ended: {len(ended)}."
        repair = _close(server, ended)
        yield Check("windows.leader", "warn", message, "agentmux doctor --fix", repair)


def _stale_window(server: Server, pane: Pane) -> Check:
    alive = "its program has ended" if pane.dead else f"process {pane.pid} runs in it"
    message = f"The window {pane.name} belongs to no session ({alive})."
    fix = shlex.join(server.argv("kill-window", "-t", pane.window))
    return Check(f"windows.{pane.name}", "warn", message, fix)


def _close(server: Server, panes: list[Pane]) -> Callable[[], str]:
    def close() -> str:
        for pane in panes:
            server.kill_window(pane.window)
        return f"closed {len(panes)} window{'' if len(panes) == 1 else 's'} of ended leaders"

    return close


def _answering(subject: Subject) -> Server | None:
    """The server, if one is there to be asked."""
    path = subject.places.socket
    if not path.exists() or _stopped_server(path):
        return None
    server = private_server(subject.places)
    return server if server.is_alive() else None


def check_orphans(subject: Subject) -> Iterator[Check]:
    """Processes of sessions that have ended, told by what their environment says."""
    ended = {s.id: s for s in subject.fleet.sessions.values() if not s.is_live}
    found: dict[str, list[int]] = {}
    for process in psutil.process_iter() if ended else ():
        with suppress(psutil.Error, OSError):
            session = ended.get(process.environ().get("AGENTMUX_SESSION", ""))
            if session is not None and _is_of(process, session):
                found.setdefault(session.id, []).append(process.pid)
    for session_id, pids in found.items():
        listed = " ".join(map(str, pids))
        message = f"Processes outlived the agent of {ended[session_id].name}: {listed}."
        yield Check(f"orphans.{session_id}", "warn", message, f"kill {listed}")


def _is_of(process: psutil.Process, session: Session) -> bool:
    """Two homes may both have an `s1`, but not one worktree."""
    return process.environ().get("AGENTMUX_WORKTREE") == session.worktree
