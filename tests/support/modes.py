"""File modes that count for root too: tests may run as root, who could write anywhere."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator

_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1 << 1, 1 << 2


@contextlib.contextmanager
def modes_apply() -> Iterator[None]:
    """Inside, this thread may do only what the modes allow the owner of a file."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        yield
        return
    effective = _capabilities()
    _set_effective(effective & ~(_DAC_OVERRIDE | _DAC_READ_SEARCH))
    try:
        yield
    finally:
        _set_effective(effective)


def obey_modes() -> None:
    """For `preexec_fn`: the program to come, and all it starts, may do no more than that either.

    Root gets its privileges back with every program it executes, but for what is bounded.
    """
    if os.geteuid() == 0 and sys.platform.startswith("linux"):
        for privilege in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            _libc.prctl(_PR_CAPBSET_DROP, privilege, 0, 0, 0)


_PR_CAPBSET_DROP = 24
_libc = ctypes.CDLL(None, use_errno=True)
_Words = ctypes.c_uint32 * 6  # effective, permitted, inheritable: low words, then high words
_Header = ctypes.c_uint32 * 2


def _read() -> "ctypes.Array[ctypes.c_uint32]":
    words = _Words()
    if _libc.capget(_Header(_VERSION_3, 0), words):
        raise OSError(ctypes.get_errno(), "capget")
    return words


def _capabilities() -> int:
    return int(_read()[0])


def _set_effective(low: int) -> None:
    words = _read()
    words[0] = low
    if _libc.capset(_Header(_VERSION_3, 0), words):
        raise OSError(ctypes.get_errno(), "capset")
