"""The private server: its life, the windows agents run in, and text in and out of their panes.

All windows stand in the session `hub`. Its first window is the keeper: a control client that
runs inside the server and is sent no output. Without it tmux stops reading the panes as soon as
every other client has stopped reading, and the agents freeze (12 of 16 times; 0 of 22 with it).
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from agentmux.errors import TmuxError
from agentmux.paths import Places
from agentmux.tmux.conf import SIZE, configuration
from agentmux.tmux.formats import PANE, SCREEN, Pane, Screen, parse_pane, parse_screen, require_id
from agentmux.tmux.paste import strip_paste
from agentmux.tmux.run import pane_command, run_program

HUB = "hub"
KEEPER = "keeper"
KEYS_A_LINE = 1024
"""Bytes one `send-keys -H` carries; above 9,900 tmux refuses the whole line."""

# `exec`: the pane's process is the client, so the pane is dead exactly when the client is.
_KEEPER_SCRIPT = (
    'exec env -u TMUX -u TMUX_PANE "$1" -S "$2" -C attach-session -f no-output -t hub '
    ">/dev/null 2>&1"
)
_GONE = ("no server running", "error connecting to", "can't find", "server exited", "lost server")


@dataclass(frozen=True)
class Server:
    """The tmux server of one state directory. Each method is one run of tmux, about 8 ms long."""

    places: Places
    program: str = field(default_factory=lambda: os.environ.get("AGENTMUX_TMUX") or "tmux")

    def argv(self, *words: str) -> list[str]:
        """A tmux command line that never starts a server: an attach to none would, for good.

        `-u` because in a plain locale formats (`display-message -p`, `list-panes -F`) come with
        `_` for what is not ASCII; captures are UTF-8 either way.
        """
        return [self.program, "-u", "-N", "-S", str(self.places.socket), *words]

    def run(self, *words: str, stdin: bytes | None = None) -> bytes:
        """What tmux prints; TmuxError when it refuses. `words` are constants and ids of ours."""
        return run_program(self.argv(*words), stdin)

    # --- life

    def start(self, history: int = 20_000) -> None:
        """Make sure the server runs and has its keeper; changes nothing when all is well.

        `history` is the scrollback of panes in lines; a server that runs already keeps its own
        figure. The socket a dead server left behind is no obstacle.
        """
        if self._answers("has-session", "-t", f"={HUB}"):
            self.ensure_keeper()
            return
        self._write_conf(configuration(history))
        where = ("-S", str(self.places.socket), "-f", str(self.places.tmux_conf))
        window = ("new-session", "-d", "-s", HUB, "-n", KEEPER, *_sized(SIZE), *self._keeper())
        try:
            run_program([self.program, "-u", *where, *window])
        except TmuxError as error:
            if "duplicate session" not in error.message:  # another process was faster: fine
                raise

    def is_alive(self) -> bool:
        """Whether a server answers on the socket."""
        return self._answers("display-message", "-p", "")

    def ensure_keeper(self) -> bool:
        """Start the keeper again if it is gone; True when it had to be."""
        keeper = next((pane for pane in self._panes() if pane.name == KEEPER), None)
        if keeper is None:
            self.run("new-window", "-d", "-t", f"={HUB}:", "-n", KEEPER, *self._keeper())
        elif keeper.dead:
            self.run("respawn-pane", "-t", keeper.id, *self._keeper())
        return keeper is None or keeper.dead

    def has_screens(self) -> bool:
        """Whether anybody but the keeper is connected: a screen, or a person's full-screen view."""
        listed = self.run("list-clients", "-F", "#{client_flags}").decode()
        return any("no-output" not in flags.split(",") for flags in listed.splitlines())

    def identity(self) -> str:
        """Which life of the server this is, `pid:start time`; ids mean nothing in another one."""
        return self.run("display-message", "-p", "#{pid}:#{start_time}").decode().strip()

    def kill(self) -> None:
        """End the server and every pane; fine when none runs."""
        self._answers("kill-server")

    # --- windows

    def open_window(self, name: str, argv: Sequence[str], size: tuple[int, int] = SIZE) -> Pane:
        """Start `argv` without a shell in a new window of `size` (columns, lines), in folder `/`.

        `name` is an id of ours (`s7-1`) and `argv` our own launcher: text from outside reaches
        an agent through the launcher's file, never through tmux. The program sees its true size
        from the first moment. The window stays, with what it last showed, when the program ends.
        """
        if not name.isascii() or not name.replace("-", "").isalnum():
            raise TmuxError(f"{name!r} cannot name a window: only an id of ours may.")
        default_size = ("set-option", "-t", f"={HUB}:", "default-size")
        made = self.run(
            *(*default_size, "{}x{}".format(*size), ";"),
            *("new-window", "-d", "-P", "-F", PANE, "-t", f"={HUB}:", "-n", name, "-c", "/"),
            *(*pane_command(argv), ";"),
            # Only a window sized by hand keeps its size when a view attaches to its session.
            *("resize-window", "-t", f"={HUB}:={name}", *_sized(size), ";"),
            *(*default_size, "{}x{}".format(*SIZE)),
        )
        return parse_pane(made.splitlines()[0])

    def windows(self) -> list[Pane]:
        """The panes agents run or ran in, in order of opening; TmuxError when no server runs."""
        return [pane for pane in self._panes() if pane.name != KEEPER]

    def find_window(self, name: str) -> Pane | None:
        """The pane in the window of this name; None when there is none or no server."""
        if not self._answers("has-session", "-t", f"={HUB}"):
            return None
        return next((pane for pane in self.windows() if pane.name == name), None)

    def kill_window(self, window: str) -> None:
        """End a window and its program; fine when it is gone already."""
        self._answers("kill-window", "-t", require_id(window))

    def resize_window(self, window: str, cols: int, lines: int) -> None:
        """Give a window this size; it keeps it, whatever attaches."""
        self.run("resize-window", "-t", require_id(window), *_sized((cols, lines)))

    # --- text

    def capture(
        self,
        pane: str,
        lines: int | None = None,
        *,
        history: bool = False,
        ansi: bool = False,
        joined: bool = False,
    ) -> list[bytes]:
        """The rows a pane shows now, without the blank ones at its end.

        `history` adds the scrollback in front, `lines` keeps that many of the last rows, `ansi`
        keeps colours as SGR sequences, and `joined` makes one row of each wrapped line.
        """
        words = ["capture-pane", "-p", "-t", require_id(pane)]
        words += ["-S", "-"] * history + ["-e", "-N"] * ansi + ["-J"] * joined
        rows = self.run(*words).split(b"\n")
        while rows and not rows[-1].strip():
            rows.pop()
        return rows if lines is None else rows[max(0, len(rows) - lines) :]

    def pane_status(self, pane: str) -> Screen:
        """Size, cursor, modes and title of a pane; TmuxError when it is gone."""
        said = self.run("display-message", "-p", "-t", require_id(pane), SCREEN)
        screen = parse_screen(said.rstrip(b"\n"))
        if screen is None:
            raise TmuxError(f"There is no pane {pane} any more.")
        return screen

    def send_bytes(self, pane: str, data: bytes) -> None:
        """Type `data` into a pane as it is, all 256 byte values included."""
        for start in range(0, len(data), KEYS_A_LINE):
            keys = data[start : start + KEYS_A_LINE].hex(" ").split()
            self.run("send-keys", "-H", "-t", require_id(pane), *keys)

    def paste(self, pane: str, data: bytes, *, bracketed: bool = True) -> None:
        """Paste `data` of any size, ESC and C1 stripped; TmuxError when the pane is gone.

        With `bracketed` it is marked as a paste exactly when the program has asked for that.
        """
        text = strip_paste(data)
        if not text:  # tmux keeps no empty buffer
            return
        buffer = f"agentmux-{secrets.token_hex(8)}"
        self.run("load-buffer", "-b", buffer, "-", stdin=text)
        marks = ["-p"] * bracketed
        try:
            self.run("paste-buffer", *marks, "-r", "-d", "-b", buffer, "-t", require_id(pane))
        except TmuxError:
            self._answers("delete-buffer", "-b", buffer)
            raise

    # --- inside

    def _panes(self) -> list[Pane]:
        listed = self.run("list-panes", "-s", "-t", f"={HUB}", "-F", PANE)
        return [parse_pane(line) for line in listed.splitlines()]

    def _keeper(self) -> list[str]:
        socket = str(self.places.socket)
        words = ["/bin/sh", "-c", _KEEPER_SCRIPT, KEEPER, self.program, socket]
        return ["-c", "/", *pane_command(words)]

    def _answers(self, *words: str) -> bool:
        """Run a command; False when its target or the whole server is gone."""
        try:
            self.run(*words)
        except TmuxError as error:
            if any(reason in error.message for reason in _GONE):
                return False
            raise
        return True

    def _write_conf(self, text: str) -> None:
        """Put the file in place in one step: another process or thread may be reading it."""
        conf = self.places.tmux_conf
        draft = conf.with_name(f"{conf.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(text)
        draft.replace(conf)


def _sized(size: tuple[int, int]) -> tuple[str, ...]:
    return ("-x", str(size[0]), "-y", str(size[1]))
