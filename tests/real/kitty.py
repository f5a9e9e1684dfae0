"""A terminal with Kitty's keyboard protocol, for a program under test: between its pty and ours.

    python kitty.py LOG COMMAND ARG...

tmux draws what the program writes but knows nothing of that protocol; this relay answers in its
place. Every flag change goes into LOG, one number a line, so that a test can see which modes the
terminal was left in. Standard library only, since it runs inside a pane.
"""

import fcntl
import os
import pty
import re
import select
import signal
import sys
import termios
import tty

_KITTY = re.compile(rb"\x1b\[([?>=<])([\d;]*)u")
_HALF = re.compile(rb"\x1b(\[([?>=<][\d;]*)?)?$")


class Keyboard:
    """The protocol's stack of flags, and what the terminal answers."""

    def __init__(self, log: str) -> None:
        self.stack = [0]
        self.log = log
        self.rest = b""

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """What is for the screen, and what the program is answered."""
        data = self.rest + data
        half = _HALF.search(data)
        self.rest = half.group() if half else b""
        answers: list[bytes] = []
        shown = _KITTY.sub(
            lambda found: self._obey(found, answers), data[: len(data) - len(self.rest)]
        )
        return shown, b"".join(answers)

    def _obey(self, found: "re.Match[bytes]", answers: list[bytes]) -> bytes:
        kind, numbers = found.group(1), [int(n) for n in found.group(2).split(b";") if n]
        first = numbers[0] if numbers else 0
        if kind == b"?":
            answers.append(b"\x1b[?%du" % self.stack[-1])
            return b""
        if kind == b">":
            self.stack.append(first)
        elif kind == b"<":
            self.stack = self.stack[: max(1, len(self.stack) - (first or 1))]
        else:
            how = numbers[1] if len(numbers) > 1 else 1
            now = self.stack[-1]
            self.stack[-1] = {1: first, 2: now | first, 3: now & ~first}[how]
        with open(self.log, "a") as out:
            out.write(f"{self.stack[-1]}\n")
        return b""


def copy_size(master: int) -> None:
    """Give the program the size of our own terminal."""
    fcntl.ioctl(master, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))


def relay(master: int, keyboard: Keyboard) -> None:
    """Copy both ways until the program's end of the pty closes."""
    while True:
        ready = select.select([0, master], [], [])[0]
        if master in ready:
            try:
                data = os.read(master, 65_536)
            except OSError:
                return
            if not data:
                return
            shown, answers = keyboard.take(data)
            _write(1, shown)
            _write(master, answers)
        if 0 in ready:
            _write(master, os.read(0, 65_536))


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def main() -> int:
    """Run the command; its exit code is ours."""
    log, *argv = sys.argv[1:]
    child, master = pty.fork()
    if child == 0:
        os.execvp(argv[0], argv)
    copy_size(master)
    signal.signal(signal.SIGWINCH, lambda *_: copy_size(master))
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        relay(master, Keyboard(log))
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
