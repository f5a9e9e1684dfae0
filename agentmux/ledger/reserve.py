"""A quarter of a megabyte kept beside the ledger, given back to a full disk for the last records.

Without it the one thing that could not be written on a full disk would be why everything stopped.
"""

import contextlib
import os
from pathlib import Path

SIZE = 256 * 1024
_ROOM = 8 * SIZE
"""Free bytes the file system must have before the reserve is taken (back)."""


def reserve_path(ledger: Path) -> Path:
    return ledger.with_name(ledger.name + ".reserve")


def is_spent(ledger: Path) -> bool:
    """Whether the reserve was given up and the disk has had no room for it since."""
    return not reserve_path(ledger).exists()


def make(ledger: Path) -> None:
    """Take the reserve if the disk has room for it; random bytes, so that no system packs them."""
    path = reserve_path(ledger)
    with contextlib.suppress(OSError):
        space = os.statvfs(path.parent)
        if path.exists() or space.f_bavail * space.f_frsize < _ROOM:
            return
        taken = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            if os.write(taken, os.urandom(SIZE)) < SIZE:
                path.unlink()
            os.fsync(taken)
        except OSError:
            path.unlink()
        finally:
            os.close(taken)


def free(ledger: Path) -> bool:
    """Give the reserve to whoever writes next; False when there was none left."""
    try:
        reserve_path(ledger).unlink()
    except OSError:
        return False
    return True
