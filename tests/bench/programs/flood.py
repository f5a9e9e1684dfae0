"""Prints so many megabytes of coloured lines at each SIGUSR1 and writes down how long that took."""

import os
import signal
import sys
import termios
import time
from pathlib import Path

CHUNK = 1 << 16
CHUNKS = 40
"""So many differ: a screen that knew every line already would have nothing to do."""


def chunk(at: int) -> bytes:
    """About 64 KiB of lines, counted from `at`, as a build log prints them in colour."""
    lines = []
    size = 0
    while size < CHUNK:
        line = (
            f"\x1b[2m{at:06}\x1b[0m \x1b[38;5;{16 + at % 200}mcompile\x1b[0m "
            f"src/part_{at % 97}/module_{at % 13}.c \x1b[1;32mok\x1b[0m "
            f"in \x1b[33m{at % 9}.{at % 7}s\x1b[0m with the usual warnings\r\n"
        )
        lines.append(line)
        size += len(line)
        at += 1
    return "".join(lines).encode()


def main(number: str, folder: str, megabytes: str) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    place = Path(folder) / f"flood-{int(number)}"
    place.with_suffix(".pid").write_text(str(os.getpid()))
    os.write(1, f"ready:{int(number):03}\r\n".encode())
    chunks = [chunk(each * 1000) for each in range(CHUNKS)]
    times = int(megabytes) * (1 << 20) // CHUNK
    while True:
        signal.sigwait([signal.SIGUSR1])
        began = time.monotonic()
        for at in range(times):
            rest = memoryview(chunks[at % CHUNKS])
            while rest:
                rest = rest[os.write(1, rest) :]
        termios.tcdrain(1)
        done = place.with_suffix(".new")
        done.write_text(repr(time.monotonic() - began))
        done.replace(place.with_suffix(".took"))


main(*sys.argv[1:])
