"""No way out: this process and all it starts see loopback and nothing else.

A network namespace is entered before the first thread exists, so every thread, agent and tmux
server of the run is inside. Where the system has none (macOS) or forbids it, the agents' proxies
point at a closed port instead, and the run says so.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x41

CLOSED = "http://127.0.0.1:9"
PROXIES = {
    "HTTP_PROXY": CLOSED,
    "HTTPS_PROXY": CLOSED,
    "ALL_PROXY": CLOSED,
    "NO_PROXY": "127.0.0.1,localhost",
}
"""For an agent's environment where there is no namespace."""


def enter_loopback_only() -> bool:
    """Whether the process is now cut off; afterwards there is no way back."""
    if sys.platform != "linux":
        return False
    user, group = os.getuid(), os.getgid()
    kinds = _CLONE_NEWNET if user == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    if ctypes.CDLL(None).unshare(kinds) != 0:
        return False
    if user != 0:
        # Files keep their owner: in the new namespace we are who we were.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _raise_loopback()
    return True


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP_RUNNING))
