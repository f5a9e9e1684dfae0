"""The leader's log, kept short without losing a line that is being written.

A file that others append to cannot be cut in place: what they write between reading and cutting
would be gone. So it is put aside under another name, where whoever has it open writes on.
"""

import asyncio
import os
from pathlib import Path

LIMIT = 1 << 20
"""Bytes after which a log is put aside; the last one put aside is kept, so twice this in all."""
LOOK_S = 60.0
OUTPUTS = (1, 2)


async def keep_short(log: Path) -> None:
    """Put `log` aside now if it is too long, and whenever it becomes so."""
    while True:
        put_aside(log)
        await asyncio.sleep(LOOK_S)


def put_aside(log: Path) -> None:
    """Begin `log` anew once it is longer than `LIMIT`, and write this process's output there."""
    try:
        seen = log.stat()
    except FileNotFoundError:
        return
    if seen.st_size <= LIMIT:
        return
    ours = [fd for fd in OUTPUTS if os.path.samestat(os.fstat(fd), seen)]
    log.replace(log.with_name(f"{log.name}.1"))
    new = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for fd in ours:
        os.dup2(new, fd)
    os.close(new)
