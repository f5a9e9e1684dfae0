"""Links in a row: the program's own, and addresses in the text, for tmux before 3.4 drops links."""

import re

from textual.strip import Strip

from agentmux.ui.marks import text_between

_URL = re.compile(r"""\b(?:https?|ftp|file)://[^\s<>"'`{}|\\^\x00-\x1f\x7f]+""")
_CLOSERS = {")": "(", "]": "["}


def urls(text: str) -> list[tuple[int, int, str]]:
    """Every address in `text` with the indices of its first and behind its last character.

    Punctuation at its end belongs to the sentence, a bracket only when it was opened before.
    """
    return [(found.start(), found.start() + len(url), url) for found, url in _found(text)]


def url_at(text: str, index: int) -> str | None:
    """The address over the character at `index`."""
    return next((url for start, end, url in urls(text) if start <= index < end), None)


def link_in(strip: Strip, cell: int) -> str | None:
    """The link over a cell of a row: its program's own, else an address in the text."""
    right = 0
    for segment in strip:
        right += segment.cell_length
        if cell < right:
            own = segment.style.link if segment.style else None
            return own or url_at(strip.text, len(text_between(strip, 0, cell)))
    return None


def _found(text: str) -> list[tuple[re.Match[str], str]]:
    return [(found, _trimmed(found.group())) for found in _URL.finditer(text)]


def _trimmed(url: str) -> str:
    while url and (url[-1] in ".,;:!?" or _is_foreign_closer(url)):
        url = url[:-1]
    return url


def _is_foreign_closer(url: str) -> bool:
    opener = _CLOSERS.get(url[-1])
    return opener is not None and url.count(url[-1]) > url.count(opener)
