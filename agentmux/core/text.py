"""Text from outside, made safe to show: the one cleaner that everything passes through."""

import re
import unicodedata

# C0 without tab and newline, DEL, C1, bidi controls, zero-width marks that hide text, surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean(text: str, *, one_line: bool = False) -> str:
    """`text` with every control, bidi control and surrogate as a visible escape.

    With `one_line`, tabs and newlines are escaped too. Source: `docs/design/safety.md` 3.
    """
    text = _UNSAFE.sub(_escape, text)
    if one_line:
        text = text.replace("\n", "\\n").replace("\t", "\\t")
    return text


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, as os.fsdecode keeps it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def slug(text: str, limit: int = 40) -> str:
    """A short name for branch, folder and session: ASCII letters, digits, dashes; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return words[:limit].strip("-") or "task"
