"""Captured text by way of a buffer: what `show-buffer` prints, back as it was.

`capture-pane -p` to a control client is never freed by tmux before 3.6: 30 captures a second of a
full screen made the server grow by 700 MB an hour. A buffer that is captured into is replaced.
tmux 3.3a prints a buffer with control characters and backslashes escaped, others do not; each
connection asks once which kind it talks to.
"""

import re
from collections.abc import Sequence

BUFFER = "agentmux-capture"
"""Written and read within one line of commands, so that all connections can share it."""
PROBE = (f"set-buffer -b {BUFFER} '\\'", f"show-buffer -b {BUFFER}")
"""Puts one backslash into the buffer and shows it."""
ESCAPED_PROBE = b"\\\\"
"""What a tmux that escapes answers to it."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


def unescape(rows: Sequence[bytes]) -> list[bytes]:
    """The rows of a buffer from a tmux that escapes."""
    parts = b"\n".join(rows).split(b"\\\\")
    # Nearly all of them are the start of a colour; a replacement of all at once is far quicker.
    plain = (part.replace(b"\\033", b"\x1b") for part in parts)
    return b"\\".join(_OCTAL.sub(_byte, part) if b"\\" in part else part for part in plain).split(
        b"\n"
    )


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8) & 0xFF])
