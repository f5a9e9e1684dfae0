"""Text on its way into a pane as a paste, with what could break out of the paste taken away."""

import re

# ESC, C1 controls, and single bytes of the C1 range that belong to no character.
_BREAKS_OUT = re.compile("[\x1b\x80-\x9f\udc80-\udc9f]")


def strip_paste(data: bytes) -> bytes:
    """`data` without ESC and C1 controls, all other bytes untouched, valid UTF-8 or not.

    An `ESC[201~` inside a bracketed paste ends it, and what follows is typed and submitted.
    """
    text = data.decode(errors="surrogateescape")
    return _BREAKS_OUT.sub("", text).encode(errors="surrogateescape")
