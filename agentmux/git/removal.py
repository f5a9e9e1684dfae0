"""Remove a folder that an agent has worked in, read-only folders included.

Tools leave folders without write permission behind (Go's module cache, Bazel's outputs), and a
process that is still ending may add a file while we remove. Both are met by trying again.
"""

import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from agentmux.errors import GitError
from agentmux.git.run import shown

TRIES = 3


def remove_tree(folder: Path) -> None:
    """Remove `folder` and all that is in it, never following a link; a missing one is no error."""
    for attempt in range(TRIES):
        try:
            _remove(folder)
            return
        except FileNotFoundError:
            continue
        except OSError as error:
            if attempt == TRIES - 1:
                raise GitError(
                    f"{shown(error.filename or folder)} cannot be removed: {error.strerror}.",
                    "End what uses it, then try again.",
                ) from error


def _remove(folder: Path) -> None:
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink()
    elif sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=_open_up)
    else:
        shutil.rmtree(folder, onerror=lambda call, path, seen: _open_up(call, path, seen[1]))


def _open_up(call: Callable[..., object], path: str, error: BaseException) -> None:
    """Give ourselves the permission that was missing, and go on."""
    if not isinstance(error, PermissionError):
        raise error
    _own(Path(path).parent)
    if stat.S_ISDIR(os.lstat(path).st_mode):
        _own(Path(path))
        shutil.rmtree(path)
    else:
        Path(path).unlink()


def _own(folder: Path) -> None:
    folder.chmod(stat.S_IMODE(folder.lstat().st_mode) | stat.S_IRWXU)
