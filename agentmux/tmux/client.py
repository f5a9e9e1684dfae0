"""One control-mode connection on the event loop: keys in, captures and notifications out.

The child is given a parent-death signal: a control client whose owner was killed while a pane
flooded stayed alive in 13 of 16 runs, unread, and the agent stood still for good. It comes only
when the *thread* that started the child ends, so the loop must run in the main thread.
"""

import asyncio
import ctypes
import fcntl
import secrets
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from agentmux.errors import TmuxError
from agentmux.tmux.buffers import BUFFER, ESCAPED_PROBE, PROBE, unescape
from agentmux.tmux.formats import SCREEN, STATUS, Screen, parse_screen, require_id
from agentmux.tmux.protocol import Exited, Notification, Parser, Reply
from agentmux.tmux.run import environment
from agentmux.tmux.server import HUB, KEYS_A_LINE, Server

PIPE_BYTES = 1 << 20
ATTACH_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1

# Loaded here because the forked child must not import; PyDLL because it must not drop the GIL.
_LIBC = ctypes.PyDLL(None) if sys.platform == "linux" else None

T = TypeVar("T")
Replies = list[Reply]
Done = Callable[[Replies | None], None]
"""Takes the replies to one line; fewer than its commands when the last one failed, None when the
connection was lost first."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A pane's screen and rows, taken in one moment."""

    screen: Screen
    rows: tuple[bytes, ...]
    """As tmux printed them: SGR carried from row to row, blank ones at the end left out."""


@dataclass(slots=True)
class _Asked:
    """One line sent, and what has come back for it so far."""

    commands: int
    done: Done
    replies: Replies = field(default_factory=list)


class ControlClient:
    """One `tmux -C` child attached to the hub.

    `notify` gets every notification that is not a reply, `lost` one call when a connection that
    was made ends without `close`; both are called from within the read that brought the news.
    """

    def __init__(
        self, server: Server, notify: Callable[[Notification], None], lost: Callable[[], None]
    ) -> None:
        self._server = server
        self._notify = notify
        self._lost = lost
        self._parser = Parser(secrets.token_hex(8))
        self._asked: deque[_Asked] = deque()
        self._attached: asyncio.Future[None] | None = None
        self._is_started = False
        self._escapes = False
        """Whether this tmux escapes the text of a buffer when it shows it."""
        self._child: subprocess.Popen[bytes] | None = None
        self._input: asyncio.WriteTransport | None = None
        self._output: asyncio.ReadTransport | None = None
        self._held: list[bytes] | None = None
        """Lines that `together` holds back."""

    # --- life

    async def start(self) -> None:
        """Attach, switch flow control on and subscribe to the panes' statuses."""
        loop = asyncio.get_running_loop()
        self._attached = loop.create_future()
        child = self._child = _spawn(self._server)
        self._output, _ = await loop.connect_read_pipe(lambda: _Output(self), child.stdout)
        self._input, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, child.stdin)
        try:
            # What is sent before the attach is done is refused: "no current client".
            async with asyncio.timeout(ATTACH_SECONDS):
                await self._attached
            await self.command("refresh-client -f pause-after=1")
            await self.command(f"refresh-client -B 'status:%*:{STATUS}'")
            shown = (await self.command(*PROBE))[-1]
            self._escapes = shown.lines[:1] == (ESCAPED_PROBE,)
        except TimeoutError as error:
            await self.close()
            raise TmuxError("tmux did not let the screen attach.") from error
        except TmuxError:
            await self.close()
            raise
        self._is_started = True

    async def close(self) -> None:
        """End the connection. It is killed: with unsent output a client hangs on a plain exit."""
        child, self._child = self._child, None
        for transport in (self._input, self._output):
            if transport is not None:
                transport.close()
        if child is not None:
            child.kill()
            child.wait()
        self._forget()

    # --- asking

    def submit(self, commands: Sequence[str], done: Done) -> None:
        """Send one line now; tmux runs its commands in one go, nothing else in between.

        Commands are constants, numbers and ids: text from outside could end one and begin another.
        """
        if self._input is None or self._child is None:
            done(None)
            return
        self._asked.append(_Asked(len(commands), done))
        line = " ; ".join(commands).encode() + b"\n"
        if self._held is None:
            self._input.write(line)
        else:
            self._held.append(line)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send all lines asked for meanwhile in one go, so that tmux wakes up once."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            if held and self._input is not None:
                self._input.write(b"".join(held))

    async def command(self, *commands: str) -> Replies:
        """The replies to one line of commands; TmuxError when one fails."""
        answer: asyncio.Future[Replies | None] = asyncio.get_running_loop().create_future()
        self.submit(commands, deliver(answer))
        replies = await answer
        if replies is None:
            raise TmuxError("The connection to tmux was lost.")
        if not replies[-1].ok:
            raise TmuxError(f"tmux refused: {_said(replies[-1])}.")
        return replies

    def capture(
        self,
        pane: str,
        done: Callable[[Capture | None], None],
        *,
        resume: bool = False,
        options: str = "-eN",
    ) -> None:
        """Ask for a pane's screen now; `done` gets None when the pane or the connection is gone.

        `resume` first lets a paused pane's output flow again, so that whatever is printed after
        the capture rings. `options` are those of capture-pane.
        """
        target = require_id(pane)
        first = [f"refresh-client -A '{target}:continue'"] if resume else []
        rows_at = len(first) + 2

        def read(replies: Replies | None) -> None:
            done(_read_capture(replies, rows_at, len(self._parser.opening), self._escapes))

        self.submit(
            [
                *first,
                f"capture-pane {options} -b {BUFFER} -t {target}",
                f"display-message -p -t {target} '{self._parser.opening}{SCREEN}'",
                f"show-buffer -b {BUFFER}",
                f"display-message -p '{self._parser.closing}'",
            ],
            read,
        )

    async def read(self, pane: str, options: str) -> tuple[bytes, ...]:
        """The rows capture-pane gives with these options; TmuxError when the pane is gone."""
        taken: asyncio.Future[Capture | None] = asyncio.get_running_loop().create_future()
        self.capture(pane, deliver(taken), options=options)
        capture = await taken
        if capture is None:
            raise TmuxError(f"There is no pane {pane} any more.")
        return capture.rows

    def send(self, pane: str, data: bytes) -> None:
        """Type `data` into a pane now, as it is; a pane that is gone gets nothing."""
        target = require_id(pane)
        for start in range(0, len(data), KEYS_A_LINE):
            keys = data[start : start + KEYS_A_LINE].hex(" ")
            self.submit((f"send-keys -H -t {target} {keys}",), _ignore)

    def pause(self, panes: Sequence[str]) -> None:
        """Ask for no more output of these panes, until a capture resumes it."""
        if panes:
            each = (f"-A '{require_id(pane)}:pause'" for pane in panes)
            self.submit((f"refresh-client {' '.join(each)}",), _ignore)

    # --- hearing

    def receive(self, data: bytes) -> None:
        """Hand what tmux said to whoever asked for it."""
        for heard in self._parser.feed(data):
            if isinstance(heard, Reply):
                self._answer(heard)
            elif not isinstance(heard, Exited):
                self._notify(heard)

    def ended(self) -> None:
        """The server is gone, or has let us go."""
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        self._child = None
        self._forget()
        if self._is_started:
            self._lost()

    def _answer(self, reply: Reply) -> None:
        if not reply.own:
            self._attach(reply)
            return
        asked = self._asked[0]
        asked.replies.append(reply)
        if not reply.ok or len(asked.replies) == asked.commands:
            self._asked.popleft()
            asked.done(asked.replies)

    def _attach(self, reply: Reply) -> None:
        """The first reply is to the attach itself; later ones tell of other clients' commands."""
        if self._attached is None or self._attached.done():
            return
        if reply.ok:
            self._attached.set_result(None)
        else:
            self._attached.set_exception(TmuxError(f"tmux refused: {_said(reply)}."))

    def _forget(self) -> None:
        """Tell everybody who waits that no answer will come."""
        if self._attached is not None and not self._attached.done():
            self._attached.set_exception(TmuxError("There is no tmux server to attach to."))
        while self._asked:
            self._asked.popleft().done(None)


def deliver(answer: asyncio.Future[T]) -> Callable[[T], None]:
    """A callback that gives its argument to whoever awaits `answer`, if anybody still does."""

    def done(value: T) -> None:
        if not answer.done():
            answer.set_result(value)

    return done


class _Output(asyncio.Protocol):
    """The child's output, in reads of up to 256 KiB."""

    def __init__(self, client: ControlClient) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        self._client.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.ended()


def _read_capture(
    replies: Replies | None, rows_at: int, mark: int, is_escaped: bool
) -> Capture | None:
    if replies is None or len(replies) != rows_at + 2:
        return None
    screen = parse_screen(replies[rows_at - 1].lines[0][mark:])
    if screen is None:
        return None
    rows = replies[rows_at].lines[:-1]  # the buffer ends in a newline, and so does the reply
    return Capture(screen, tuple(unescape(rows) if is_escaped else rows))


def _spawn(server: Server) -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(
        server.argv("-C", "attach-session", "-t", f"={HUB}"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env=environment(),
        process_group=0,  # a ctrl+c on the terminal is not for it
        preexec_fn=_die_with_parent,
    )
    if sys.platform == "linux":
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):  # over the person's limit for pipes: the usual 64 KiB will do
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # type: ignore[arg-type]
    return child


def _die_with_parent() -> None:
    """Runs in the forked child. macOS has no such signal; there the keeper alone must do."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _said(reply: Reply) -> str:
    return b" ".join(reply.lines).decode(errors="replace")


def _ignore(_: Replies | None) -> None:
    """For commands whose failure only means that a pane is gone; its status says so."""
